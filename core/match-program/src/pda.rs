//! Program addresses (interface, section 3).

use crate::error::{anchor, demand};
use money_match_core::layout::seed;
use pinocchio::{AccountView, Address, error::ProgramError};

/// The seeds of one address, without its bump. A singleton's second seed is empty, which does not change its address:
/// seeds are concatenated before they are hashed.
#[derive(Clone, Copy)]
pub struct Seeds<'a>(pub [&'a [u8]; 2]);

impl<'a> Seeds<'a> {
    /// Only the first 31 bytes of the id take part (H-14). A shorter id is taken whole, and refused by the ID check.
    pub fn match_account(match_id: &'a [u8]) -> Self {
        Self([seed::MATCH, match_id.get(..seed::MATCH_ID_PREFIX_LEN).unwrap_or(match_id)])
    }

    pub fn escrow(match_account: &'a Address) -> Self {
        Self([seed::ESCROW, match_account.as_ref()])
    }

    pub fn user_deposit(authority: &'a Address) -> Self {
        Self([seed::USER_DEPOSIT, authority.as_ref()])
    }

    pub fn config() -> Self {
        Self([seed::CONFIG, &[]])
    }

    pub fn registry() -> Self {
        Self([seed::REGISTRY, &[]])
    }

    /// 2006 unless `account` stands at the canonical address; returns its bump.
    pub fn check(&self, account: &AccountView) -> Result<u8, ProgramError> {
        let (address, bump) = find(&self.0);
        demand(account.address() == &address, anchor::CONSTRAINT_SEEDS)?;
        Ok(bump)
    }

    /// 2006 unless `account` stands at the address of these seeds and `bump`, as settlements check the escrow.
    pub fn check_bump(&self, account: &AccountView, bump: u8) -> Result<(), ProgramError> {
        let [first, second] = self.0;
        let derived = derive(&[first, second, &[bump]]);
        demand(derived.as_ref() == Some(account.address()), anchor::CONSTRAINT_SEEDS)
    }
}

#[cfg(target_arch = "bpf")]
fn find(seeds: &[&[u8]]) -> (Address, u8) {
    Address::find_program_address(seeds, &crate::ID)
}

#[cfg(target_arch = "bpf")]
fn derive(seeds: &[&[u8]]) -> Option<Address> {
    Address::create_program_address(seeds, &crate::ID).ok()
}

// Address derivation is a system call of the SVM. The host build exists for lints and for the tests of what needs none.
#[cfg(not(target_arch = "bpf"))]
fn find(_: &[&[u8]]) -> (Address, u8) {
    unreachable!("addresses are derived inside the SVM only")
}

#[cfg(not(target_arch = "bpf"))]
fn derive(_: &[&[u8]]) -> Option<Address> {
    unreachable!("addresses are derived inside the SVM only")
}
