//! The probe in the SVM. Without instruction data: account 0 holds a batch, account 1 takes the answers, so that neither is
//! bound by the size of a transaction. With data it is a stranger's program: it hands the data and the accounts after the
//! first to the program that account 0 is.

use core::array;
use pinocchio::cpi::invoke_with_bounds;
use pinocchio::error::ProgramError;
use pinocchio::instruction::{InstructionAccount, InstructionView};
use pinocchio::{AccountView, Address, ProgramResult, program_entrypoint};

/// As many as the longest list of the on-chain program has, and the program itself.
const MAX_ACCOUNTS: usize = 33;
const MAX_HANDED_ON: usize = MAX_ACCOUNTS - 1;

program_entrypoint!(process, MAX_ACCOUNTS);

/// # Errors
/// If the answers do not fit, or the program that is called fails.
pub fn process(_: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
    if !data.is_empty() {
        return hand_on(accounts, data);
    }
    let [batch, answers] = accounts else { return Err(ProgramError::NotEnoughAccountKeys) };
    // SAFETY: two different accounts (the test's own), and nothing else holds a reference into them.
    let (batch, answers) = unsafe { (batch.borrow_unchecked(), answers.borrow_unchecked_mut()) };
    crate::answer_all(batch, answers).map_err(|_| ProgramError::AccountDataTooSmall)?;
    Ok(())
}

fn hand_on(accounts: &[AccountView], data: &[u8]) -> ProgramResult {
    let [program, rest @ ..] = accounts else { return Err(ProgramError::NotEnoughAccountKeys) };
    if rest.len() > MAX_HANDED_ON {
        return Err(ProgramError::InvalidArgument);
    }
    // What lies beyond the list is not read.
    let listed: [InstructionAccount; MAX_HANDED_ON] =
        array::from_fn(|at| InstructionAccount::from(rest.get(at).unwrap_or(program)));
    let called = InstructionView { program_id: program.address(), accounts: &listed[..rest.len()], data };
    invoke_with_bounds::<MAX_HANDED_ON, _>(&called, rest)
}
