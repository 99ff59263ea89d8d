//! end_match (interface, section 4.8). No money moves.

use super::{is_paid, log, require_authority, require_bound, require_id, store_record};
use crate::accounts::Accounts;
use crate::error::{Refusal, require};
use crate::lamports::now;
use crate::pda::Seeds;
use money_match_core::instruction::EndMatch;
use money_match_core::layout::escrow::{self as e, status};
use money_match_core::layout::match_account::{self as m, phase};
use pinocchio::ProgramResult;

pub fn process(mut accounts: Accounts, args: &EndMatch) -> ProgramResult {
    log("Instruction: EndMatch");
    let match_id = args.match_id.as_bytes();

    let mut match_account = accounts.match_account()?;
    let escrow = accounts.optional(Accounts::escrow)?;
    let authority = accounts.signer()?;

    match_account.at(&Seeds::match_account(match_id))?;
    match_account.writable()?;
    if let Some(escrow) = &escrow {
        escrow.at(&Seeds::escrow(match_account.address()))?;
    }

    require_id(&match_account, match_id)?;
    require_authority(&match_account, &authority)?;
    let current = match_account.get(&m::PHASE);
    require(current != phase::ENDED, Refusal::MatchAlreadyEnded)?;
    require(current == phase::PLAYING, Refusal::InvalidPhase)?;
    if is_paid(&match_account) {
        let flags = require_bound(escrow, &match_account)?.get(&e::STATUS_FLAGS);
        require(flags & status::FUNDED != 0, Refusal::EscrowNotFunded)?;
        require(flags & status::DISTRIBUTED == 0, Refusal::EscrowAlreadyDistributed)?;
    }
    store_record(&mut match_account, args.match_hash, args.hot_url)?;

    match_account.set(&m::PHASE, phase::ENDED);
    match_account.set(&m::ENDED_AT, now()?);
    Ok(())
}
