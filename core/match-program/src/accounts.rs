//! The account list of an instruction, and the checks that Anchor makes while it takes accounts from it.
//!
//! Anchor works in two rounds, and so does every instruction here. First the list is read from left to right: 3005,
//! signers (3010), owners (3007), discriminators (3001, 3002), programs (3008). Then come the constraints, account by
//! account: creation, seeds (2006), writability (2000).

use crate::error::{anchor, demand, fail};
use crate::pda::Seeds;
use money_match_core::layout::{
    Array, DISCRIMINATOR_LEN, Field, Value, config, escrow, match_account, registry, user_deposit,
};
use pinocchio::{AccountView, Address, error::ProgramError};

/// One of the program's accounts: owner, discriminator and length have been checked. The size is its type, so that a
/// field of one kind of account cannot be read from another.
#[derive(Clone, Copy)]
pub struct Account<const SIZE: usize>(AccountView);

pub type Match = Account<{ match_account::SIZE }>;
pub type Escrow = Account<{ escrow::SIZE }>;
pub type UserDeposit = Account<{ user_deposit::SIZE }>;
pub type Config = Account<{ config::SIZE }>;
pub type Registry = Account<{ registry::SIZE }>;

impl<const SIZE: usize> Account<SIZE> {
    /// Takes an account that this instruction has just created, and whose discriminator it writes.
    ///
    /// # Errors
    /// 2019 if the account has another size.
    pub fn created(view: AccountView, discriminator: [u8; DISCRIMINATOR_LEN]) -> Result<Self, ProgramError> {
        demand(view.data_len() == SIZE, anchor::CONSTRAINT_SPACE)?;
        let mut account = Self(view);
        account.with_mut(|data| data[..DISCRIMINATOR_LEN].copy_from_slice(&discriminator));
        Ok(account)
    }

    /// Takes an account that exists: 3007 owner, 3001 or 3002 discriminator, 3003 length, in this order.
    pub fn existing(view: AccountView, discriminator: [u8; DISCRIMINATOR_LEN]) -> Result<Self, ProgramError> {
        demand(view.owned_by(&crate::ID), anchor::ACCOUNT_OWNED_BY_WRONG_PROGRAM)?;
        demand(view.data_len() >= DISCRIMINATOR_LEN, anchor::ACCOUNT_DISCRIMINATOR_NOT_FOUND)?;
        // SAFETY: no reference into the data outlives this statement.
        let found = unsafe { view.borrow_unchecked() }.first_chunk() == Some(&discriminator);
        demand(found, anchor::ACCOUNT_DISCRIMINATOR_MISMATCH)?;
        demand(view.data_len() == SIZE, anchor::ACCOUNT_DID_NOT_DESERIALIZE)?;
        Ok(Self(view))
    }

    pub fn address(&self) -> &Address {
        self.0.address()
    }

    /// The account itself, to move its lamports.
    pub fn view_mut(&mut self) -> &mut AccountView {
        &mut self.0
    }

    /// For system calls that read the account.
    pub fn view(&self) -> &AccountView {
        &self.0
    }

    /// 2006 unless it stands at the canonical address of these seeds.
    pub fn at(&self, seeds: &Seeds) -> Result<(), ProgramError> {
        seeds.check(&self.0).map(|_| ())
    }

    /// 2000 unless the transaction marked it writable.
    pub fn writable(&self) -> Result<(), ProgramError> {
        writable(&self.0)
    }

    /// Runs `read` on the account's bytes. The reference cannot leave the closure.
    pub fn with<T>(&self, read: impl FnOnce(&[u8; SIZE]) -> T) -> T {
        // SAFETY: the length was checked when this was made, and nothing resizes accounts. The program is
        // single-threaded and no writer is called from a reader, so duplicates of an account never alias in use.
        read(unsafe { &*self.0.data_ptr().cast() })
    }

    /// Runs `write` on the account's bytes. The reference cannot leave the closure.
    pub fn with_mut<T>(&mut self, write: impl FnOnce(&mut [u8; SIZE]) -> T) -> T {
        // SAFETY: as in `with`.
        write(unsafe { &mut *self.0.data_mut_ptr().cast() })
    }

    pub fn get<T: Value, const OFFSET: usize>(&self, field: &Field<T, SIZE, OFFSET>) -> T {
        self.with(|data| field.get(data))
    }

    pub fn set<T: Value, const OFFSET: usize>(&mut self, field: &Field<T, SIZE, OFFSET>, value: T) {
        self.with_mut(|data| field.set(data, value));
    }

    /// `None` beyond the last element.
    pub fn element<T: Value, const OFFSET: usize, const COUNT: usize>(
        &self,
        array: &Array<T, SIZE, OFFSET, COUNT>,
        index: usize,
    ) -> Option<T> {
        self.with(|data| array.get(data, index))
    }

    /// `None`, and nothing written, beyond the last element.
    pub fn set_element<T: Value, const OFFSET: usize, const COUNT: usize>(
        &mut self,
        array: &Array<T, SIZE, OFFSET, COUNT>,
        index: usize,
        value: T,
    ) -> Option<()> {
        self.with_mut(|data| array.set(data, index, value))
    }
}

/// 2000 unless the transaction marked `view` writable.
pub fn writable(view: &AccountView) -> Result<(), ProgramError> {
    demand(view.is_writable(), anchor::CONSTRAINT_MUT)
}

/// The accounts of an instruction that were not taken yet; taking one too many is 3005.
pub struct Accounts<'a>(&'a [AccountView]);

impl<'a> Accounts<'a> {
    pub fn new(accounts: &'a [AccountView]) -> Self {
        Self(accounts)
    }

    /// An account without checks of its own: created later, or only paid.
    pub fn raw(&mut self) -> Result<AccountView, ProgramError> {
        let Some((first, rest)) = self.0.split_first() else {
            return fail(anchor::ACCOUNT_NOT_ENOUGH_KEYS);
        };
        self.0 = rest;
        Ok(*first)
    }

    /// 3010 unless it signed.
    pub fn signer(&mut self) -> Result<AccountView, ProgramError> {
        let account = self.raw()?;
        demand(account.is_signer(), anchor::ACCOUNT_NOT_SIGNER)?;
        Ok(account)
    }

    /// 3008 unless it is the system program.
    pub fn system_program(&mut self) -> Result<(), ProgramError> {
        demand(self.raw()?.address() == &pinocchio_system::ID, anchor::INVALID_PROGRAM_ID)
    }

    pub fn match_account(&mut self) -> Result<Match, ProgramError> {
        Account::existing(self.raw()?, match_account::DISCRIMINATOR)
    }

    pub fn escrow(&mut self) -> Result<Escrow, ProgramError> {
        Account::existing(self.raw()?, escrow::DISCRIMINATOR)
    }

    pub fn user_deposit(&mut self) -> Result<UserDeposit, ProgramError> {
        Account::existing(self.raw()?, user_deposit::DISCRIMINATOR)
    }

    pub fn registry(&mut self) -> Result<Registry, ProgramError> {
        Account::existing(self.raw()?, registry::DISCRIMINATOR)
    }

    /// The config is Borsh, not zero-copy, in the deployed program: there a missing account is 3012, not 3007.
    pub fn config(&mut self) -> Result<Config, ProgramError> {
        let view = self.raw()?;
        let missing = view.owned_by(&pinocchio_system::ID) && view.lamports() == 0;
        demand(!missing, anchor::ACCOUNT_NOT_INITIALIZED)?;
        Account::existing(view, config::DISCRIMINATOR)
    }

    /// An optional account: the program's own id in its place means "none", and skips its checks.
    pub fn optional<T>(
        &mut self,
        take: impl FnOnce(&mut Self) -> Result<T, ProgramError>,
    ) -> Result<Option<T>, ProgramError> {
        if let Some((first, rest)) = self.0.split_first()
            && first.address() == &crate::ID
        {
            self.0 = rest;
            return Ok(None);
        }
        take(self).map(Some)
    }
}
