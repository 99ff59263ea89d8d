//! Accounts in their JSON spelling. Each decoder checks length and discriminator, then what it reads: text is UTF-8,
//! counts stay within their arrays, bools are 0 or 1. Padding is not looked at.

mod item;
mod tables;

use alloc::string::String;

use crate::MAX_PLAYERS;
use crate::error::CoreError;
use crate::json::write::Writer;
use crate::layout::config as c;
use crate::layout::escrow as e;
use crate::layout::match_account as m;
use crate::layout::registry as r;
use crate::layout::user_deposit as d;
use crate::text::decimal;
use item::{show, text_at};
use tables::{CONFIG, ESCROW_REST, ESCROW_STATE, GAME, MATCH_REST, MATCH_STATE, REGISTRY, USER_DEPOSIT};

/// # Errors
/// `bad_length`, `bad_discriminator`, `invalid_text`; `invalid_account` for an unknown phase or more than ten players.
pub fn decode_match(data: &[u8]) -> Result<String, CoreError> {
    let account = m::view(data)?;
    object(|out| {
        match_state(account, out)?;
        show(account, MATCH_REST, out)
    })
}

/// # Errors
/// `bad_length`, `bad_discriminator`.
pub fn decode_escrow(data: &[u8]) -> Result<String, CoreError> {
    let account = e::view(data)?;
    object(|out| {
        show(account, ESCROW_STATE, out)?;
        show(account, ESCROW_REST, out)?;
        out.name("playerStakes");
        stakes(account, MAX_PLAYERS, out);
        Ok(())
    })
}

/// # Errors
/// `bad_length`, `bad_discriminator`.
pub fn decode_user_deposit(data: &[u8]) -> Result<String, CoreError> {
    let account = d::view(data)?;
    object(|out| show(account, USER_DEPOSIT, out))
}

/// # Errors
/// `bad_length`, `bad_discriminator`; `invalid_account` for a pause that is neither on nor off.
pub fn decode_config(data: &[u8]) -> Result<String, CoreError> {
    let account = c::view(data)?;
    object(|out| show(account, CONFIG, out))
}

/// # Errors
/// `bad_length`, `bad_discriminator`, `invalid_text`; `invalid_account` for more than 20 games, or one that is neither
/// enabled nor disabled.
pub fn decode_registry(data: &[u8]) -> Result<String, CoreError> {
    let account = r::view(data)?;
    let count = usize::from(r::GAME_COUNT.get(account));
    if count > r::MAX_GAMES {
        return Err(CoreError::InvalidAccount);
    }
    object(|out| {
        show(account, REGISTRY, out)?;
        out.name("games");
        out.open('[');
        for index in 0..count {
            out.open('{');
            show(account.get(r::GAMES.offset(index)..).unwrap_or(&[]), GAME, out)?;
            out.close('}');
        }
        out.close(']');
        Ok(())
    })
}

/// The fields of a match that a snapshot has, without the braces.
pub(crate) fn match_state(account: &[u8; m::SIZE], out: &mut Writer) -> Result<(), CoreError> {
    let players = usize::from(m::PLAYER_COUNT.get(account));
    if players > MAX_PLAYERS || m::PHASE.get(account) > m::phase::ENDED {
        return Err(CoreError::InvalidAccount);
    }
    show(account, MATCH_STATE, out)?;
    out.name("playerIds");
    out.open('[');
    for slot in 0..players {
        out.text(text_at(account, m::PLAYER_IDS.offset(slot), m::USER_ID_LEN)?);
    }
    out.close(']');
    Ok(())
}

/// The fields of an escrow that a snapshot has, without the braces.
pub(crate) fn escrow_state(account: &[u8; e::SIZE], players: u8, out: &mut Writer) -> Result<(), CoreError> {
    show(account, ESCROW_STATE, out)?;
    out.name("stakes");
    stakes(account, usize::from(players), out);
    Ok(())
}

fn stakes(account: &[u8; e::SIZE], players: usize, out: &mut Writer) {
    out.open('[');
    for stake in (0..players).filter_map(|slot| e::PLAYER_STAKES.get(account, slot)) {
        out.text(&decimal(stake));
    }
    out.close(']');
}

fn object(fill: impl FnOnce(&mut Writer) -> Result<(), CoreError>) -> Result<String, CoreError> {
    let mut out = Writer::default();
    out.open('{');
    fill(&mut out)?;
    out.close('}');
    Ok(out.finish())
}
