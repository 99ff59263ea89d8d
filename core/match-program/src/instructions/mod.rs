//! One file an instruction, in the order of the interface's section 4. Each has the same three steps: account list,
//! constraints (both as described in `accounts`), then the handler's own checks and effects in the interface's order. A refusal anywhere undoes the whole transaction, so effects may begin before the last check.

pub mod create_match;
pub mod deposit_sol;
pub mod distribute_prizes;
pub mod end_match;
pub mod initialize_config;
pub mod initialize_registry;
pub mod join_match;
pub mod register_game;
pub mod start_match;

use crate::accounts::{Config, Escrow, Match};
use crate::error::{Refusal, refusal, require};
use money_match_core::layout::{config, escrow, match_account};
use pinocchio::{AccountView, ProgramResult, error::ProgramError};

/// The first line that an Anchor program logs.
fn log(line: &str) {
    #[cfg(target_arch = "bpf")]
    // SAFETY: the SVM checks the range, which is that of a live `str`.
    unsafe {
        pinocchio::syscalls::sol_log_(line.as_ptr(), line.len() as u64);
    }
    #[cfg(not(target_arch = "bpf"))]
    core::hint::black_box(line);
}

/// The ID check: all 36 bytes must be the match's, though only 31 take part in its address (6005).
fn require_id(match_account: &Match, match_id: &[u8]) -> ProgramResult {
    require(match_account.get(&match_account::MATCH_ID)[..] == *match_id, Refusal::InvalidPayload)
}

/// Only the creator of a match may start and end it (6006).
fn require_authority(match_account: &Match, signer: &AccountView) -> ProgramResult {
    let authority = match_account.get(&match_account::AUTHORITY);
    require(authority == *signer.address().as_array(), Refusal::Unauthorized)
}

fn require_not_paused(config: &Config) -> ProgramResult {
    require(config.get(&config::IS_PAUSED) == 0, Refusal::ProgramPaused)
}

/// The escrow of a paid match: it must have been passed, and belong to this match (both 6005).
fn require_bound(escrow: Option<Escrow>, match_account: &Match) -> Result<Escrow, ProgramError> {
    let escrow = escrow.ok_or(refusal(Refusal::InvalidPayload))?;
    let owner = escrow.get(&escrow::MATCH_PDA);
    require(owner == *match_account.address().as_array(), Refusal::InvalidPayload)?;
    Ok(escrow)
}

fn is_paid(match_account: &Match) -> bool {
    match_account.get(&match_account::MATCH_TYPE) == match_account::match_type::PAID
}
