//! initialize_registry (interface, section 4.4): the first caller becomes the registry's authority (H-27).

use super::log;
use crate::accounts::{Accounts, writable};
use crate::create::init;
use crate::lamports::now;
use crate::pda::Seeds;
use money_match_core::layout::registry as r;
use pinocchio::ProgramResult;

pub fn process(mut accounts: Accounts) -> ProgramResult {
    log("Instruction: InitializeRegistry");

    let registry = accounts.raw()?;
    let authority = accounts.signer()?;
    accounts.system_program()?;

    let mut registry = init(registry, &Seeds::registry(), &authority, r::DISCRIMINATOR)?.account;
    writable(&authority)?;

    registry.set(&r::AUTHORITY, *authority.address().as_array());
    registry.set(&r::LAST_UPDATED, now()?);
    Ok(())
}
