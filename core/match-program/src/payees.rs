//! The twenty accounts that a settlement pays: ten wallets, then their ten deposits (interface, sections 4.13 and 4.14).

use crate::accounts::{Accounts, UserDeposit, writable};
use crate::error::{Refusal, checked_add, refusal};
use crate::lamports::pay;
use crate::pda::Seeds;
use money_match_core::MAX_PLAYERS;
use money_match_core::layout::user_deposit as d;
use pinocchio::{AccountView, ProgramResult, error::ProgramError};

/// By position in the caller's list, not by player index (H-22); fillers stand where nobody is paid. Nothing ties them to
/// the match (H-01).
pub struct Payees {
    wallets: [AccountView; MAX_PLAYERS],
    deposits: [Option<UserDeposit>; MAX_PLAYERS],
}

impl Payees {
    pub fn take(accounts: &mut Accounts) -> Result<Self, ProgramError> {
        let first = accounts.raw()?;
        let mut payees = Self { wallets: [first; MAX_PLAYERS], deposits: [None; MAX_PLAYERS] };
        for wallet in &mut payees.wallets[1..] {
            *wallet = accounts.raw()?;
        }
        for deposit in &mut payees.deposits {
            *deposit = accounts.optional(Accounts::user_deposit)?;
        }
        Ok(payees)
    }

    /// The constraints: all ten wallets writable, and each deposit at the address of the wallet at its position.
    pub fn check(&self) -> ProgramResult {
        for wallet in &self.wallets {
            writable(wallet)?;
        }
        for (wallet, deposit) in self.wallets.iter().zip(&self.deposits) {
            if let Some(deposit) = deposit {
                deposit.at(&Seeds::user_deposit(wallet.address()))?;
                deposit.writable()?;
            }
        }
        Ok(())
    }

    pub fn pay_wallet(&mut self, position: usize, from: &mut AccountView, lamports: u64) {
        pay(from, &mut self.wallets[position], lamports);
    }

    /// Pays into the deposit at `position`, and returns it, so that the caller can book what is no longer in play.
    ///
    /// # Errors
    /// 6044 if none was passed, 6029 if its balance leaves u64.
    pub fn pay_deposit(
        &mut self,
        position: usize,
        from: &mut AccountView,
        lamports: u64,
    ) -> Result<&mut UserDeposit, ProgramError> {
        let deposit = self.deposits[position].as_mut().ok_or(refusal(Refusal::InvalidPaymentMethod))?;
        pay(from, deposit.view_mut(), lamports);
        deposit.set(&d::AVAILABLE, checked_add(deposit.get(&d::AVAILABLE), lamports)?);
        Ok(deposit)
    }
}
