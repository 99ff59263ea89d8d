//! pause_program and unpause_program (interface, section 4.3): the same instruction, but for the value. Idempotent.

use super::{log, require_treasury};
use crate::accounts::Accounts;
use crate::lamports::now;
use crate::pda::Seeds;
use money_match_core::layout::config as c;
use pinocchio::ProgramResult;

pub fn process(mut accounts: Accounts, paused: bool) -> ProgramResult {
    log(if paused { "Instruction: PauseProgram" } else { "Instruction: UnpauseProgram" });

    let mut config = accounts.config()?;
    let authority = accounts.signer()?;
    accounts.system_program()?;

    config.at(&Seeds::config())?;
    config.writable()?;

    require_treasury(&config, &authority)?;
    config.set(&c::IS_PAUSED, paused.into());
    config.set(&c::LAST_UPDATED, now()?);
    Ok(())
}
