//! How lamports move, and what the chain's sysvars say.

use pinocchio::{
    AccountView, ProgramResult,
    error::ProgramError,
    sysvars::{Sysvar, clock::Clock},
};
use pinocchio_system::instructions::Transfer;

/// A direct edit of both balances: how every PDA pays (interface, section 7). There is no inner instruction.
///
/// # Panics
/// If `from` has less: the interface's plain subtraction panics too, so the transaction fails as
/// `ProgramFailedToComplete` and not with a code (H-02, H-03).
pub fn pay(from: &mut AccountView, to: &mut AccountView, lamports: u64) {
    // One after the other, never both read first: the two may be the same account.
    match from.lamports().checked_sub(lamports) {
        Some(rest) => from.set_lamports(rest),
        None => panic!("more than the account has"),
    }
    match to.lamports().checked_add(lamports) {
        Some(sum) => to.set_lamports(sum),
        None => panic!("more lamports than exist"),
    }
}

/// A transfer by the system program out of a wallet that signed; system custom 1 if it has less.
pub fn transfer(from: &AccountView, to: &AccountView, lamports: u64) -> ProgramResult {
    Transfer { from, to, lamports }.invoke()
}

/// The clock's Unix time in seconds.
pub fn now() -> Result<i64, ProgramError> {
    Ok(Clock::get()?.unix_timestamp)
}
