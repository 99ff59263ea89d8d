//! GameRegistry, 4680 bytes (interface, section 2.5).

use super::{Array, Field};
use crate::error::CoreError;

pub const SIZE: usize = 4680;
pub const DISCRIMINATOR: [u8; 8] = [0x18, 0x58, 0xb6, 0x7d, 0x95, 0xa3, 0x09, 0x47];

pub const AUTHORITY: Field<[u8; 32], SIZE, 8> = Field::NEW;
/// 0 to 20; only that many entries are valid.
pub const GAME_COUNT: Field<u8, SIZE, 40> = Field::NEW;
/// Entries, read through [`game`].
pub const GAMES: Array<[u8; GAME_SIZE], SIZE, 48, MAX_GAMES> = Array::NEW;
pub const LAST_UPDATED: Field<i64, SIZE, 4672> = Field::NEW;

pub const MAX_GAMES: usize = 20;
pub const GAME_SIZE: usize = 231;

/// One GameDefinition; offsets within its 231 bytes.
pub mod game {
    use super::{Field, GAME_SIZE};

    pub const GAME_ID: Field<u8, GAME_SIZE, 0> = Field::NEW;
    pub const NAME: Field<[u8; 20], GAME_SIZE, 1> = Field::NEW;
    pub const MIN_PLAYERS: Field<u8, GAME_SIZE, 21> = Field::NEW;
    pub const MAX_PLAYERS: Field<u8, GAME_SIZE, 22> = Field::NEW;
    pub const RULE_ENGINE_URL: Field<[u8; 200], GAME_SIZE, 23> = Field::NEW;
    pub const VERSION: Field<u8, GAME_SIZE, 223> = Field::NEW;
    pub const ENABLED: Field<u8, GAME_SIZE, 224> = Field::NEW;
}

/// The entry of a game, without copying it: `None` for an unknown id, or beyond [`GAME_COUNT`].
#[must_use]
pub fn find_game(registry: &[u8; SIZE], game_id: u8) -> Option<&[u8; GAME_SIZE]> {
    let count = usize::from(GAME_COUNT.get(registry)).min(MAX_GAMES);
    (0..count)
        .filter_map(|index| registry.get(GAMES.offset(index)..)?.first_chunk::<GAME_SIZE>())
        .find(|entry| game::GAME_ID.get(entry) == game_id)
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
