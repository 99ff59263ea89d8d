//! The fields of an account, one after the other, as the on-chain program reads them through the core's layouts.
//!
//! The layouts refuse a wrong length or discriminator, and judge no content, since the chain does not. What the mirror's
//! decoders refuse beyond that (a text that is not UTF-8, a count above its array) comes out here as it stands.

use crate::{Full, Refusal, Writer};
use money_match_core::MAX_PLAYERS;
use money_match_core::layout::{
    Field, Value, config as c, escrow as e, match_account as m, registry as r, user_deposit as d,
};

/// An account's bytes, and where its fields go.
struct Fields<'a, 'b, const SIZE: usize> {
    data: &'a [u8; SIZE],
    out: &'a mut Writer<'b>,
}

impl<const SIZE: usize> Fields<'_, '_, SIZE> {
    fn put<T: Value, const OFFSET: usize>(&mut self, field: &Field<T, SIZE, OFFSET>) -> Result<(), Full> {
        self.out.value(&field.get(self.data))
    }

    /// One bit of a byte, as a bool.
    fn bit<const OFFSET: usize>(&mut self, field: &Field<u8, SIZE, OFFSET>, bit: u8) -> Result<(), Full> {
        self.out.byte((field.get(self.data) & bit != 0).into())
    }
}

/// Player ids: as many as there are players, at most ten.
pub fn match_account(data: &[u8], out: &mut Writer) -> Result<(), Refusal> {
    let mut f = Fields { data: m::view(data)?, out };
    f.put(&m::MATCH_ID)?;
    f.put(&m::VERSION)?;
    f.put(&m::GAME_NAME)?;
    f.put(&m::GAME_TYPE)?;
    f.put(&m::SEED)?;
    f.put(&m::PHASE)?;
    f.put(&m::CURRENT_PLAYER)?;
    f.put(&m::PLAYER_COUNT)?;
    for slot in 0..usize::from(m::PLAYER_COUNT.get(f.data)).min(MAX_PLAYERS) {
        f.out.value(&m::PLAYER_IDS.get(f.data, slot).unwrap_or([0; m::USER_ID_LEN]))?;
    }
    f.put(&m::MOVE_COUNT)?;
    f.put(&m::CREATED_AT)?;
    f.put(&m::ENDED_AT)?;
    f.put(&m::MATCH_HASH)?;
    f.put(&m::HOT_URL)?;
    f.put(&m::AUTHORITY)?;
    f.put(&m::FLAGS)?;
    f.put(&m::ENTRY_FEE)?;
    f.put(&m::PRIZE_POOL)?;
    f.put(&m::MATCH_TYPE)?;
    f.put(&m::PAYMENT_METHOD)?;
    f.put(&m::TOURNAMENT_ID)?;
    Ok(())
}

pub fn escrow(data: &[u8], out: &mut Writer) -> Result<(), Refusal> {
    let mut f = Fields { data: e::view(data)?, out };
    f.put(&e::MATCH_PDA)?;
    f.put(&e::BUMP)?;
    f.put(&e::TOTAL_ENTRY)?;
    f.put(&e::PLATFORM_FEE)?;
    f.put(&e::TREASURY_DUE)?;
    for slot in 0..MAX_PLAYERS {
        f.out.value(&e::PLAYER_STAKES.get(f.data, slot).unwrap_or(0))?;
    }
    f.bit(&e::STATUS_FLAGS, e::status::FUNDED)?;
    f.bit(&e::STATUS_FLAGS, e::status::DISTRIBUTED)?;
    f.bit(&e::STATUS_FLAGS, e::status::CANCELLED)?;
    f.out.byte(e::status::reason(e::STATUS_FLAGS.get(f.data)))?;
    f.put(&e::ABANDONED_INDEX)?;
    Ok(())
}

pub fn user_deposit(data: &[u8], out: &mut Writer) -> Result<(), Refusal> {
    let mut f = Fields { data: d::view(data)?, out };
    f.put(&d::AUTHORITY)?;
    f.put(&d::BUMP)?;
    f.put(&d::TOTAL_DEPOSITED)?;
    f.put(&d::AVAILABLE)?;
    f.put(&d::IN_PLAY)?;
    f.put(&d::WITHDRAWN)?;
    f.put(&d::LOCKED_UNTIL)?;
    f.bit(&d::FLAGS, d::flag::FROZEN)?;
    f.bit(&d::FLAGS, d::flag::ENHANCED_REVIEW)?;
    Ok(())
}

pub fn config(data: &[u8], out: &mut Writer) -> Result<(), Refusal> {
    let mut f = Fields { data: c::view(data)?, out };
    f.put(&c::AUTHORITY)?;
    f.put(&c::TREASURY_MULTISIG)?;
    f.put(&c::PLATFORM_FEE_BPS)?;
    f.put(&c::WITHDRAWAL_FEE)?;
    f.put(&c::MIN_ENTRY_FEE)?;
    f.put(&c::MAX_ENTRY_FEE)?;
    f.put(&c::CANCELLATION_FEE_BPS)?;
    f.put(&c::IS_PAUSED)?;
    f.put(&c::SUPPORTED_PAYMENT_METHODS)?;
    f.put(&c::KYC_TIER_WALLET)?;
    f.put(&c::KYC_TIER_PLATFORM)?;
    f.put(&c::CREATED_AT)?;
    f.put(&c::LAST_UPDATED)?;
    Ok(())
}

/// Games: as many as are counted, at most twenty.
pub fn registry(data: &[u8], out: &mut Writer) -> Result<(), Refusal> {
    let mut f = Fields { data: r::view(data)?, out };
    f.put(&r::AUTHORITY)?;
    f.put(&r::LAST_UPDATED)?;
    f.put(&r::GAME_COUNT)?;
    for index in 0..usize::from(r::GAME_COUNT.get(f.data)).min(r::MAX_GAMES) {
        let entry = r::GAMES.get(f.data, index).unwrap_or([0; r::GAME_SIZE]);
        game(&entry, f.out)?;
    }
    Ok(())
}

fn game(entry: &[u8; r::GAME_SIZE], out: &mut Writer) -> Result<(), Full> {
    let mut f = Fields { data: entry, out };
    f.put(&r::game::GAME_ID)?;
    f.put(&r::game::NAME)?;
    f.put(&r::game::MIN_PLAYERS)?;
    f.put(&r::game::MAX_PLAYERS)?;
    f.put(&r::game::RULE_ENGINE_URL)?;
    f.put(&r::game::VERSION)?;
    f.put(&r::game::ENABLED)
}
