//! close_match_account (interface, section 4.10): any signer may close any ended match and takes its rent, even while its
//! escrow is unsettled (H-13).

use super::{log, require_id};
use crate::accounts::{Accounts, writable};
use crate::error::{Refusal, anchor, demand, require};
use crate::lamports::pay;
use crate::pda::Seeds;
use money_match_core::layout::match_account::{self as m, phase};
use pinocchio::ProgramResult;

pub fn process(mut accounts: Accounts, match_id: &[u8]) -> ProgramResult {
    log("Instruction: CloseMatchAccount");

    let mut match_account = accounts.match_account()?;
    let mut closer = accounts.signer()?;

    match_account.at(&Seeds::match_account(match_id))?;
    match_account.writable()?;
    demand(match_account.address() != closer.address(), anchor::CONSTRAINT_CLOSE)?;
    writable(&closer)?;

    require_id(&match_account, match_id)?;
    require(match_account.get(&m::PHASE) == phase::ENDED, Refusal::InvalidPhase)?;
    let view = match_account.view_mut();
    let held = view.lamports();
    pay(view, &mut closer, held);
    // As Anchor's `close`: no data, and the system program's again, so that the same transaction may create it anew.
    view.close()
}
