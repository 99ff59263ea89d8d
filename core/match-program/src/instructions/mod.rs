//! One file an instruction, in the order of the interface's section 4. Each has the same three steps: account list,
//! constraints (both as described in `accounts`), then the handler's own checks and effects in the interface's order. A
//! refusal anywhere undoes the whole transaction, so effects may begin before the last check.

pub mod anchor_match_record;
pub mod close_match_account;
pub mod create_match;
pub mod deposit_sol;
pub mod distribute_prizes;
pub mod end_match;
pub mod initialize_config;
pub mod initialize_registry;
pub mod join_match;
pub mod pause;
pub mod refund_escrow;
pub mod register_game;
pub mod start_match;
pub mod update_config;
pub mod update_game;
pub mod withdraw_sol;

use crate::accounts::{Config, Escrow, Match};
use crate::error::{Refusal, refusal, require};
use money_match_core::layout::{config, escrow, match_account, padded};
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

/// Only the treasury's key may change and pause the program; the config's own authority may nothing (6006).
fn require_treasury(config: &Config, signer: &AccountView) -> ProgramResult {
    let treasury = config.get(&config::TREASURY_MULTISIG);
    require(treasury == *signer.address().as_array(), Refusal::Unauthorized)
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

/// Stores hash and URL of a match, as far as they are given. 6005 for a hash of zeros, which means "unset", and for a URL
/// that does not fit.
fn store_record(match_account: &mut Match, hash: Option<[u8; 32]>, url: Option<&str>) -> ProgramResult {
    if let Some(hash) = hash {
        require(hash != [0; 32], Refusal::InvalidPayload)?;
        match_account.set(&match_account::MATCH_HASH, hash);
    }
    if let Some(url) = url {
        let url = padded(url.as_bytes()).map_err(|_| refusal(Refusal::InvalidPayload))?;
        match_account.set(&match_account::HOT_URL, url);
    }
    Ok(())
}

/// A name or a URL of a game, of 1 to `LEN` bytes, NUL-padded; 6005 for another length.
fn game_text<const LEN: usize>(text: &str) -> Result<[u8; LEN], ProgramError> {
    require(!text.is_empty(), Refusal::InvalidPayload)?;
    padded(text.as_bytes()).map_err(|_| refusal(Refusal::InvalidPayload))
}
