//! Match, 1512 bytes (interface, section 2.1).

use super::{Array, Field};
use crate::MAX_PLAYERS;
use crate::error::CoreError;

pub const SIZE: usize = 1512;
pub const USER_ID_LEN: usize = 64;
pub const DISCRIMINATOR: [u8; 8] = [0xec, 0x3f, 0xa9, 0x26, 0x0f, 0x38, 0xc4, 0xa2];

/// All 36 characters, though only 31 take part in the address.
pub const MATCH_ID: Field<[u8; 36], SIZE, 8> = Field::NEW;
/// `1.0.0`, NUL-padded.
pub const VERSION: Field<[u8; 10], SIZE, 48> = Field::NEW;
/// Copied from the registry, NUL-padded.
pub const GAME_NAME: Field<[u8; 20], SIZE, 58> = Field::NEW;
/// The registry's `game_id`.
pub const GAME_TYPE: Field<u8, SIZE, 78> = Field::NEW;
/// Low 32 bits of the argument (H-30).
pub const SEED: Field<u32, SIZE, 80> = Field::NEW;
pub const PHASE: Field<u8, SIZE, 84> = Field::NEW;
pub const CURRENT_PLAYER: Field<u8, SIZE, 85> = Field::NEW;
pub const PLAYER_COUNT: Field<u8, SIZE, 86> = Field::NEW;
/// User ids by slot, NUL-padded.
pub const PLAYER_IDS: Array<[u8; USER_ID_LEN], SIZE, 88, MAX_PLAYERS> = Array::NEW;
pub const MOVE_COUNT: Field<u16, SIZE, 728> = Field::NEW;
/// Unix seconds.
pub const CREATED_AT: Field<i64, SIZE, 736> = Field::NEW;
/// Unix seconds, 0 while not ended.
pub const ENDED_AT: Field<i64, SIZE, 744> = Field::NEW;
/// All zero while unset.
pub const MATCH_HASH: Field<[u8; 32], SIZE, 752> = Field::NEW;
/// NUL-padded, all zero while unset.
pub const HOT_URL: Field<[u8; 200], SIZE, 784> = Field::NEW;
/// The creator: the coordinator that alone may start and end the match.
pub const AUTHORITY: Field<[u8; 32], SIZE, 984> = Field::NEW;
pub const DECLARED_SUITS: Field<[u8; 5], SIZE, 1016> = Field::NEW;
pub const FLAGS: Field<u8, SIZE, 1021> = Field::NEW;
pub const FLOOR_CARD_HASH: Field<[u8; 32], SIZE, 1024> = Field::NEW;
pub const HAND_SIZES: Field<[u8; 10], SIZE, 1056> = Field::NEW;
pub const COMMITTED_HAND_HASHES: Array<[u8; 32], SIZE, 1066, MAX_PLAYERS> = Array::NEW;
pub const LAST_NONCE: Array<u64, SIZE, 1392, MAX_PLAYERS> = Array::NEW;
/// Lamports, 0 for a free match.
pub const ENTRY_FEE: Field<u64, SIZE, 1472> = Field::NEW;
/// Gross, for a full table, fixed at creation: never what a winner gets (H-10).
pub const PRIZE_POOL: Field<u64, SIZE, 1480> = Field::NEW;
pub const MATCH_TYPE: Field<u8, SIZE, 1488> = Field::NEW;
pub const PAYMENT_METHOD: Field<u8, SIZE, 1489> = Field::NEW;
/// All zero for none.
pub const TOURNAMENT_ID: Field<[u8; 16], SIZE, 1496> = Field::NEW;

/// Values of [`PHASE`].
pub mod phase {
    pub const DEALING: u8 = 0;
    pub const PLAYING: u8 = 1;
    pub const ENDED: u8 = 2;
}

/// Values of [`MATCH_TYPE`].
pub mod match_type {
    pub const FREE: u8 = 0;
    pub const PAID: u8 = 1;
}

/// Values of [`PAYMENT_METHOD`].
pub mod payment_method {
    pub const WALLET: u8 = 0;
    pub const PLATFORM: u8 = 1;
}

/// Bits of [`FLAGS`].
pub mod flag {
    pub const FLOOR_CARD_REVEALED: u8 = 1;
    pub const ALL_PLAYERS_JOINED: u8 = 1 << 1;
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
