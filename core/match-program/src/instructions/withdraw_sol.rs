//! withdraw_sol (interface, section 4.12). The treasury is compared with nothing (H-05).

use super::{log, require_not_paused};
use crate::accounts::{Accounts, UserDeposit, writable};
use crate::error::{Refusal, checked_add, refusal, refused, require};
use crate::lamports::{now, pay};
use crate::pda::Seeds;
use money_match_core::layout::config as c;
use money_match_core::layout::user_deposit::{self as d, flag};
use money_match_core::withdrawal_debit;
use pinocchio::{AccountView, ProgramResult};

pub fn process(mut accounts: Accounts, amount: u64) -> ProgramResult {
    log("Instruction: WithdrawSol");

    let mut deposit = accounts.user_deposit()?;
    let mut user = accounts.signer()?;
    let config = accounts.config()?;
    let treasury = accounts.optional(Accounts::raw)?;
    accounts.system_program()?;

    deposit.at(&Seeds::user_deposit(user.address()))?;
    deposit.writable()?;
    writable(&user)?;
    config.at(&Seeds::config())?;
    if let Some(treasury) = &treasury {
        writable(treasury)?;
    }

    require(amount > 0, Refusal::InvalidPayload)?;
    require_not_paused(&config)?;
    let fee = config.get(&c::WITHDRAWAL_FEE);
    let debit = withdrawal_debit(amount, fee).map_err(refused)?;
    require_free(&deposit, &user)?;
    let available = deposit.get(&d::AVAILABLE);
    require(available >= debit, Refusal::InsufficientFunds)?;

    if fee > 0 {
        let mut treasury = treasury.ok_or(refusal(Refusal::InvalidPayload))?;
        pay(deposit.view_mut(), &mut treasury, fee);
    }
    pay(deposit.view_mut(), &mut user, amount);
    deposit.set(&d::AVAILABLE, available - debit);
    deposit.set(&d::WITHDRAWN, checked_add(deposit.get(&d::WITHDRAWN), amount)?);
    Ok(())
}

/// The owner's (6006), neither frozen (6038) nor locked (6039). No instruction sets either (H-26).
fn require_free(deposit: &UserDeposit, user: &AccountView) -> ProgramResult {
    require(deposit.get(&d::AUTHORITY) == *user.address().as_array(), Refusal::Unauthorized)?;
    require(deposit.get(&d::FLAGS) & flag::FROZEN == 0, Refusal::AccountFrozen)?;
    let locked_until = deposit.get(&d::LOCKED_UNTIL);
    // The lock runs out in the second that it names.
    require(locked_until <= 0 || now()? >= locked_until, Refusal::AccountLocked)
}
