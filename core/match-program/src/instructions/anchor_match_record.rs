//! anchor_match_record (interface, section 4.9). As often as the authority likes: the hash is never final (H-17).

use super::{log, require_authority, require_id, store_record};
use crate::accounts::Accounts;
use crate::error::{Refusal, require};
use crate::pda::Seeds;
use money_match_core::instruction::AnchorMatchRecord;
use money_match_core::layout::match_account::{self as m, phase};
use pinocchio::ProgramResult;

pub fn process(mut accounts: Accounts, args: &AnchorMatchRecord) -> ProgramResult {
    log("Instruction: AnchorMatchRecord");
    let match_id = args.match_id.as_bytes();

    let mut match_account = accounts.match_account()?;
    let authority = accounts.signer()?;

    match_account.at(&Seeds::match_account(match_id))?;
    match_account.writable()?;

    require_id(&match_account, match_id)?;
    require_authority(&match_account, &authority)?;
    require(match_account.get(&m::PHASE) == phase::ENDED, Refusal::InvalidPhase)?;
    store_record(&mut match_account, Some(args.match_hash), args.hot_url)
}
