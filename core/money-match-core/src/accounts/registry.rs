use alloc::string::String;
use alloc::vec::Vec;

use super::{boolean, text};
use crate::error::CoreError;
use crate::json::write::ObjectWriter;
use crate::layout::registry::{self as at, game};

/// The games that matches can be made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryAccount {
    pub authority: [u8; 32],
    /// The valid entries only.
    pub games: Vec<GameDefinition>,
    pub last_updated: i64,
}

/// Minimum and maximum are read again at every join and start: a change acts on matches that already exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GameDefinition {
    pub game_id: u8,
    pub name: String,
    pub min_players: u8,
    pub max_players: u8,
    pub rule_engine_url: String,
    pub version: u8,
    pub enabled: bool,
}

/// # Errors
/// `bad_length`, `bad_discriminator`, `invalid_text`; `invalid_account` for more than 20 games or a switch that is
/// neither on nor off.
pub fn decode_registry(data: &[u8]) -> Result<RegistryAccount, CoreError> {
    let account = at::view(data)?;
    let count = usize::from(at::GAME_COUNT.get(account));
    if count > at::MAX_GAMES {
        return Err(CoreError::InvalidAccount);
    }
    let entries = (0..count).filter_map(|index| at::GAMES.get(account, index));
    Ok(RegistryAccount {
        authority: at::AUTHORITY.get(account),
        games: entries.map(|entry| decode_game(&entry)).collect::<Result<_, _>>()?,
        last_updated: at::LAST_UPDATED.get(account),
    })
}

fn decode_game(entry: &[u8; at::GAME_SIZE]) -> Result<GameDefinition, CoreError> {
    Ok(GameDefinition {
        game_id: game::GAME_ID.get(entry),
        name: text(&game::NAME.get(entry))?,
        min_players: game::MIN_PLAYERS.get(entry),
        max_players: game::MAX_PLAYERS.get(entry),
        rule_engine_url: text(&game::RULE_ENGINE_URL.get(entry))?,
        version: game::VERSION.get(entry),
        enabled: boolean(game::ENABLED.get(entry))?,
    })
}

impl RegistryAccount {
    #[must_use]
    pub fn to_json(&self) -> String {
        ObjectWriter::default()
            .key("authority", &self.authority)
            .list("games", &self.games, |out, game| out.push_str(&game.to_json()))
            .signed_decimal("lastUpdated", self.last_updated)
            .end()
    }
}

impl GameDefinition {
    fn to_json(&self) -> String {
        ObjectWriter::default()
            .number("gameId", self.game_id)
            .text("name", &self.name)
            .number("minPlayers", self.min_players)
            .number("maxPlayers", self.max_players)
            .text("ruleEngineUrl", &self.rule_engine_url)
            .number("version", self.version)
            .boolean("enabled", self.enabled)
            .end()
    }
}
