use alloc::string::String;
use alloc::vec::Vec;

use super::{text, unless_zero};
use crate::MAX_PLAYERS;
use crate::error::CoreError;
use crate::json::write::{ObjectWriter, push_string};
use crate::layout::match_account as at;
use crate::text::hex_encode;

/// A match as the chain holds it, without the card game's own fields. Lamports; Unix seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchAccount {
    pub match_id: String,
    pub version: String,
    pub game_name: String,
    pub game_type: u8,
    pub seed: u32,
    pub phase: u8,
    pub current_player: u8,
    /// One a seat taken, by slot.
    pub player_ids: Vec<String>,
    pub move_count: u16,
    pub created_at: i64,
    pub ended_at: i64,
    pub match_hash: Option<[u8; 32]>,
    pub hot_url: Option<String>,
    pub authority: [u8; 32],
    pub flags: u8,
    pub entry_fee: u64,
    pub prize_pool: u64,
    pub match_type: u8,
    pub payment_method: u8,
    pub tournament_id: Option<[u8; 16]>,
}

/// # Errors
/// `bad_length`, `bad_discriminator`, `invalid_text`; `invalid_account` for an unknown phase or more than ten players.
pub fn decode_match(data: &[u8]) -> Result<MatchAccount, CoreError> {
    let account = at::view(data)?;
    let player_count = usize::from(at::PLAYER_COUNT.get(account));
    let phase = at::PHASE.get(account);
    if player_count > MAX_PLAYERS || phase > at::phase::ENDED {
        return Err(CoreError::InvalidAccount);
    }
    let player_ids = (0..player_count).filter_map(|slot| at::PLAYER_IDS.get(account, slot));
    Ok(MatchAccount {
        match_id: text(&at::MATCH_ID.get(account))?,
        version: text(&at::VERSION.get(account))?,
        game_name: text(&at::GAME_NAME.get(account))?,
        game_type: at::GAME_TYPE.get(account),
        seed: at::SEED.get(account),
        phase,
        current_player: at::CURRENT_PLAYER.get(account),
        player_ids: player_ids.map(|id| text(&id)).collect::<Result<_, _>>()?,
        move_count: at::MOVE_COUNT.get(account),
        created_at: at::CREATED_AT.get(account),
        ended_at: at::ENDED_AT.get(account),
        match_hash: unless_zero(at::MATCH_HASH.get(account)),
        hot_url: unless_zero(at::HOT_URL.get(account)).map(|url| text(&url)).transpose()?,
        authority: at::AUTHORITY.get(account),
        flags: at::FLAGS.get(account),
        entry_fee: at::ENTRY_FEE.get(account),
        prize_pool: at::PRIZE_POOL.get(account),
        match_type: at::MATCH_TYPE.get(account),
        payment_method: at::PAYMENT_METHOD.get(account),
        tournament_id: unless_zero(at::TOURNAMENT_ID.get(account)),
    })
}

impl MatchAccount {
    #[must_use]
    pub fn to_json(&self) -> String {
        ObjectWriter::default()
            .text("matchId", &self.match_id)
            .text("version", &self.version)
            .text("gameName", &self.game_name)
            .number("gameType", self.game_type)
            .number("seed", self.seed)
            .number("phase", self.phase)
            .number("currentPlayer", self.current_player)
            .number("playerCount", self.player_ids.len() as u64)
            .list("playerIds", &self.player_ids, |out, id| push_string(out, id))
            .number("moveCount", self.move_count)
            .signed_decimal("createdAt", self.created_at)
            .signed_decimal("endedAt", self.ended_at)
            .optional("matchHash", self.match_hash, |o, name, hash| o.text(name, &hex_encode(&hash)))
            .optional("hotUrl", self.hot_url.as_ref(), |o, name, url| o.text(name, url))
            .key("authority", &self.authority)
            .number("flags", self.flags)
            .decimal("entryFee", self.entry_fee)
            .decimal("prizePool", self.prize_pool)
            .number("matchType", self.match_type)
            .number("paymentMethod", self.payment_method)
            .optional("tournamentId", self.tournament_id, |o, name, id| o.text(name, &hex_encode(&id)))
            .end()
    }
}
