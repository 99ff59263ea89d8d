//! deposit_sol (interface, section 4.11).

use super::{log, require_not_paused};
use crate::accounts::{Accounts, writable};
use crate::create::init_if_needed;
use crate::error::{Refusal, checked_add, require};
use crate::lamports::transfer;
use crate::pda::Seeds;
use money_match_core::layout::user_deposit::{self as d, flag};
use pinocchio::ProgramResult;

pub fn process(mut accounts: Accounts, amount: u64) -> ProgramResult {
    log("Instruction: DepositSol");

    let deposit = accounts.raw()?;
    let user = accounts.signer()?;
    let config = accounts.config()?;
    accounts.system_program()?;

    let seeds = Seeds::user_deposit(user.address());
    let deposit = init_if_needed(deposit, &seeds, &user, d::DISCRIMINATOR)?;
    let (mut account, bump, is_new) = (deposit.account, deposit.bump, deposit.is_new);
    account.writable()?;
    writable(&user)?;
    config.at(&Seeds::config())?;

    require(amount > 0, Refusal::InvalidPayload)?;
    require_not_paused(&config)?;
    transfer(&user, account.view(), amount)?;
    if is_new {
        account.set(&d::AUTHORITY, *user.address().as_array());
        account.set(&d::BUMP, bump);
    } else {
        require(account.get(&d::AUTHORITY) == *user.address().as_array(), Refusal::Unauthorized)?;
        require(account.get(&d::FLAGS) & flag::FROZEN == 0, Refusal::AccountFrozen)?;
    }
    account.set(&d::TOTAL_DEPOSITED, checked_add(account.get(&d::TOTAL_DEPOSITED), amount)?);
    account.set(&d::AVAILABLE, checked_add(account.get(&d::AVAILABLE), amount)?);
    Ok(())
}
