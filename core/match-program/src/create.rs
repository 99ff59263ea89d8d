//! Creation of program accounts, as Anchor's `init` and `init_if_needed` do it.

use crate::accounts::Account;
use crate::error::{anchor, demand};
use crate::pda::Seeds;
use money_match_core::layout::DISCRIMINATOR_LEN;
use pinocchio::cpi::{Seed, Signer};
use pinocchio::sysvars::{Sysvar, rent::Rent};
use pinocchio::{AccountView, ProgramResult, error::ProgramError};
use pinocchio_system::instructions::{Allocate, Assign, CreateAccount, Transfer};

/// An account after `init_if_needed`.
pub struct Initialized<const SIZE: usize> {
    pub account: Account<SIZE>,
    pub bump: u8,
    /// False if it existed before.
    pub is_new: bool,
}

/// `init`: creates `view` at its seeds, rent paid by `payer`. All bytes but the discriminator are zero.
///
/// # Errors
/// 2006 for another address; system custom 0 if it exists, custom 1 if the payer is short.
pub fn init<const SIZE: usize>(
    view: AccountView,
    seeds: &Seeds,
    payer: &AccountView,
    discriminator: [u8; DISCRIMINATOR_LEN],
) -> Result<Initialized<SIZE>, ProgramError> {
    let bump = seeds.check(&view)?;
    let bump_seed = [bump];
    let [first, second] = seeds.0;
    let signer = [Seed::from(first), Seed::from(second), Seed::from(&bump_seed)];
    create(&view, payer, SIZE, &Signer::from(&signer))?;
    Ok(Initialized { account: Account::created(view, discriminator)?, bump, is_new: true })
}

/// `init_if_needed`: as [`init`] while the system program owns the address, else the account that stands there.
///
/// # Errors
/// As [`init`], and for an existing account what [`Account::existing`] refuses.
pub fn init_if_needed<const SIZE: usize>(
    view: AccountView,
    seeds: &Seeds,
    payer: &AccountView,
    discriminator: [u8; DISCRIMINATOR_LEN],
) -> Result<Initialized<SIZE>, ProgramError> {
    if view.owned_by(&pinocchio_system::ID) {
        return init(view, seeds, payer, discriminator);
    }
    let bump = seeds.check(&view)?;
    Ok(Initialized { account: Account::existing(view, discriminator)?, bump, is_new: false })
}

/// An address that already holds lamports cannot be created in one step: anybody can send some there beforehand. Then the
/// missing rent is transferred, and the account allocated and assigned; for one in use the allocation is custom 0.
fn create(view: &AccountView, payer: &AccountView, space: usize, signer: &Signer) -> ProgramResult {
    let rent = Rent::get()?.try_minimum_balance(space)?;
    let (space, owner) = (space as u64, &crate::ID);
    let signers = core::slice::from_ref(signer);
    let held = view.lamports();
    if held == 0 {
        return CreateAccount { from: payer, to: view, lamports: rent, space, owner }.invoke_signed(signers);
    }
    demand(payer.address() != view.address(), anchor::TRYING_TO_INIT_PAYER_AS_PROGRAM_ACCOUNT)?;
    if rent > held {
        Transfer { from: payer, to: view, lamports: rent - held }.invoke()?;
    }
    Allocate { account: view, space }.invoke_signed(signers)?;
    Assign { account: view, owner }.invoke_signed(signers)
}
