//! What a withdrawal takes from a deposit (interface, sections 4.12 and 5).

use crate::error::CoreError;

/// `amount + fee`, in lamports: what `available` must cover, and loses. The fee is the config's, then in force.
///
/// # Errors
/// `zero_amount`; `overflow`.
pub fn withdrawal_debit(amount: u64, fee: u64) -> Result<u64, CoreError> {
    if amount == 0 {
        return Err(CoreError::ZeroAmount);
    }
    amount.checked_add(fee).ok_or(CoreError::Overflow)
}
