//! The probe in the SVM: account 0 holds a batch, account 1 takes the answers, so that neither is bound by the size of a
//! transaction.

use pinocchio::error::ProgramError;
use pinocchio::{AccountView, Address, ProgramResult, program_entrypoint};

program_entrypoint!(process, 2);

/// # Errors
/// If the answers do not fit.
pub fn process(_: &Address, accounts: &mut [AccountView], _: &[u8]) -> ProgramResult {
    let [batch, answers] = accounts else { return Err(ProgramError::NotEnoughAccountKeys) };
    // SAFETY: two different accounts (the test's own), and nothing else holds a reference into them.
    let (batch, answers) = unsafe { (batch.borrow_unchecked(), answers.borrow_unchecked_mut()) };
    crate::answer_all(batch, answers).map_err(|_| ProgramError::AccountDataTooSmall)?;
    Ok(())
}
