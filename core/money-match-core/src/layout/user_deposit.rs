//! UserDepositAccount, 128 bytes (interface, section 2.3).

use super::Field;
use crate::error::CoreError;

pub const SIZE: usize = 128;
pub const DISCRIMINATOR: [u8; 8] = [0x63, 0xd8, 0x71, 0x99, 0xb7, 0x75, 0x89, 0x14];

/// Owner: the wallet, or a custody key acting for the user.
pub const AUTHORITY: Field<[u8; 32], SIZE, 8> = Field::NEW;
pub const BUMP: Field<u8, SIZE, 40> = Field::NEW;
pub const TOTAL_DEPOSITED: Field<u64, SIZE, 48> = Field::NEW;
pub const AVAILABLE: Field<u64, SIZE, 56> = Field::NEW;
/// Unreliable: never released for losers (H-04).
pub const IN_PLAY: Field<u64, SIZE, 64> = Field::NEW;
/// Fees excluded.
pub const WITHDRAWN: Field<u64, SIZE, 72> = Field::NEW;
/// Unix seconds, 0 while not locked.
pub const LOCKED_UNTIL: Field<i64, SIZE, 80> = Field::NEW;
pub const FLAGS: Field<u8, SIZE, 88> = Field::NEW;

/// Bits of [`FLAGS`]. No instruction sets them (H-26).
pub mod flag {
    pub const FROZEN: u8 = 1;
    pub const ENHANCED_REVIEW: u8 = 1 << 1;
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
