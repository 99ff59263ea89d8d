//! start_match (interface, section 4.7). Neither pause nor cancellation is looked at (H-11, H-07).

use super::{is_paid, log, require_authority, require_bound, require_id};
use crate::accounts::{Accounts, Escrow, Match};
use crate::error::{Refusal, refusal, refused, require};
use crate::pda::Seeds;
use money_match_core::MAX_PLAYERS;
use money_match_core::fees::stake_total;
use money_match_core::layout::escrow::{self as e, status};
use money_match_core::layout::match_account::{self as m, flag, phase};
use money_match_core::layout::registry::{self as r, game};
use pinocchio::ProgramResult;

pub fn process(mut accounts: Accounts, match_id: &[u8]) -> ProgramResult {
    log("Instruction: StartMatch");

    let mut match_account = accounts.match_account()?;
    let registry = accounts.registry()?;
    let escrow = accounts.optional(Accounts::escrow)?;
    let authority = accounts.signer()?;

    match_account.at(&Seeds::match_account(match_id))?;
    match_account.writable()?;
    registry.at(&Seeds::registry())?;
    if let Some(escrow) = &escrow {
        escrow.at(&Seeds::escrow(match_account.address()))?;
        escrow.writable()?;
    }

    require_id(&match_account, match_id)?;
    require_authority(&match_account, &authority)?;
    require(match_account.get(&m::PHASE) == phase::DEALING, Refusal::InvalidPhase)?;
    let (min_players, max_players) = registry
        .with(|data| {
            let entry = r::find_game(data, match_account.get(&m::GAME_TYPE))?;
            Some((game::MIN_PLAYERS.get(entry), game::MAX_PLAYERS.get(entry)))
        })
        .ok_or(refusal(Refusal::InvalidPayload))?;
    let count = match_account.get(&m::PLAYER_COUNT);
    require(min_players <= count && count <= max_players, Refusal::InsufficientPlayers)?;
    if is_paid(&match_account) {
        confirm_funding(escrow, &match_account)?;
    }

    match_account.set(&m::PHASE, phase::PLAYING);
    match_account.set(&m::FLAGS, match_account.get(&m::FLAGS) | flag::ALL_PLAYERS_JOINED);
    clear_hands(&mut match_account);
    Ok(())
}

/// The escrow must hold one fee a player; then it counts as funded (H-09).
fn confirm_funding(escrow: Option<Escrow>, match_account: &Match) -> ProgramResult {
    let fee = match_account.get(&m::ENTRY_FEE);
    require(fee > 0, Refusal::InvalidPayload)?;
    let mut escrow = require_bound(escrow, match_account)?;
    let expected = stake_total(fee, match_account.get(&m::PLAYER_COUNT)).map_err(refused)?;
    require(escrow.get(&e::TOTAL_ENTRY) == expected, Refusal::InvalidPayload)?;
    escrow.set(&e::STATUS_FLAGS, escrow.get(&e::STATUS_FLAGS) | status::FUNDED);
    Ok(())
}

fn clear_hands(match_account: &mut Match) {
    match_account.set(&m::FLOOR_CARD_HASH, [0; 32]);
    match_account.set(&m::HAND_SIZES, [0; MAX_PLAYERS]);
    for slot in 0..MAX_PLAYERS {
        match_account.set_element(&m::COMMITTED_HAND_HASHES, slot, [0; 32]);
    }
}
