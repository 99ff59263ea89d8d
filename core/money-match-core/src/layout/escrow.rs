//! EscrowAccount, 192 bytes (interface, section 2.2).

use super::{Array, Field};
use crate::MAX_PLAYERS;
use crate::error::CoreError;

pub const SIZE: usize = 192;
pub const DISCRIMINATOR: [u8; 8] = [0x24, 0x45, 0x30, 0x12, 0x80, 0xe1, 0x7d, 0x87];

pub const MATCH_PDA: Field<[u8; 32], SIZE, 8> = Field::NEW;
pub const BUMP: Field<u8, SIZE, 40> = Field::NEW;
/// Sum of the fees collected; both settlements force it to 0 (H-10).
pub const TOTAL_ENTRY: Field<u64, SIZE, 48> = Field::NEW;
/// Set by distribute, if the fee is above 0.
pub const PLATFORM_FEE: Field<u64, SIZE, 56> = Field::NEW;
/// Was paid, not is owed (H-19).
pub const TREASURY_DUE: Field<u64, SIZE, 64> = Field::NEW;
/// By slot; zeroed by a refund, not by a distribution.
pub const PLAYER_STAKES: Array<u64, SIZE, 72, MAX_PLAYERS> = Array::NEW;
pub const STATUS_FLAGS: Field<u8, SIZE, 152> = Field::NEW;
/// 0 to 9, [`NOT_ABANDONED`] for none.
pub const ABANDONED_INDEX: Field<u8, SIZE, 153> = Field::NEW;

pub const NOT_ABANDONED: u8 = 255;

/// Bits of [`STATUS_FLAGS`]. The reason means something only together with `CANCELLED`.
pub mod status {
    pub const FUNDED: u8 = 1;
    pub const DISTRIBUTED: u8 = 1 << 1;
    pub const CANCELLED: u8 = 1 << 2;
    pub const REASON_SHIFT: u8 = 3;
    pub const REASON_MASK: u8 = 0b111;

    /// The cancellation reason, 0 to 7.
    #[must_use]
    pub const fn reason(flags: u8) -> u8 {
        (flags >> REASON_SHIFT) & REASON_MASK
    }
}

/// The account's bytes to read.
///
/// # Errors
/// `bad_length`, `bad_discriminator`.
pub fn view(data: &[u8]) -> Result<&[u8; SIZE], CoreError> {
    super::view(data, &DISCRIMINATOR)
}

/// The account's bytes to write.
///
/// # Errors
/// `bad_length`, `bad_discriminator`.
pub fn view_mut(data: &mut [u8]) -> Result<&mut [u8; SIZE], CoreError> {
    super::view_mut(data, &DISCRIMINATOR)
}
