//! refund_escrow (interface, section 4.14). It takes no signer, and ties the payees to nobody (H-01, H-05). Possible while
//! the match has not ended, and again and again after that, once cancelled (H-06, H-07, H-23).

use super::{log, require_id, require_not_paused};
use crate::accounts::{Accounts, Escrow, Match, writable};
use crate::error::{Refusal, checked_add, refusal, refused, require};
use crate::lamports::pay;
use crate::payees::Payees;
use crate::pda::Seeds;
use money_match_core::MAX_PLAYERS;
use money_match_core::instruction::RefundEscrow;
use money_match_core::layout::escrow::{self as e, status};
use money_match_core::layout::match_account::{self as m, payment_method, phase};
use money_match_core::layout::{config as c, user_deposit as d};
use money_match_core::refunds::RefundTerms;
use pinocchio::{AccountView, ProgramResult, error::ProgramError};

pub fn process(mut accounts: Accounts, args: &RefundEscrow) -> ProgramResult {
    log("Instruction: RefundEscrow");
    let match_id = args.match_id.as_bytes();

    let mut escrow = accounts.escrow()?;
    let match_account = accounts.match_account()?;
    let mut payees = Payees::take(&mut accounts)?;
    let config = accounts.config()?;
    let treasury = accounts.optional(Accounts::raw)?;
    accounts.system_program()?;

    let escrow_seeds = Seeds::escrow(match_account.address());
    escrow_seeds.check_bump(escrow.view(), escrow.get(&e::BUMP))?;
    escrow.writable()?;
    match_account.at(&Seeds::match_account(match_id))?;
    payees.check()?;
    config.at(&Seeds::config())?;
    if let Some(treasury) = &treasury {
        writable(treasury)?;
    }

    let stakes = stakes_of(&escrow);
    let players = usize::from(match_account.get(&m::PLAYER_COUNT)).min(MAX_PLAYERS);
    let terms = RefundTerms {
        total_entry: escrow.get(&e::TOTAL_ENTRY),
        stakes: &stakes[..players],
        listed: args.player_indices,
        reason: args.reason,
        cancellation_fee_bps: config.get(&c::CANCELLATION_FEE_BPS),
        abandoned: args.abandoned_player_index,
    };
    terms.check_list().map_err(refused)?;
    check_state(match_id, &escrow, &match_account)?;
    terms.check_arguments().map_err(refused)?;
    require_not_paused(&config)?;

    let owed = pay_back(&terms, &mut escrow, &match_account, &mut payees)?;
    if owed > 0 {
        pay_treasury(&mut escrow, treasury, owed)?;
    }
    close_books(&mut escrow, &terms);
    Ok(())
}

fn stakes_of(escrow: &Escrow) -> [u64; MAX_PLAYERS] {
    let mut stakes = [0; MAX_PLAYERS];
    for (slot, stake) in stakes.iter_mut().enumerate() {
        *stake = escrow.element(&e::PLAYER_STAKES, slot).unwrap_or(0);
    }
    stakes
}

fn check_state(match_id: &[u8], escrow: &Escrow, match_account: &Match) -> ProgramResult {
    let bound = escrow.get(&e::MATCH_PDA) == *match_account.address().as_array();
    require(bound, Refusal::InvalidPayload)?;
    require_id(match_account, match_id)?;
    let flags = escrow.get(&e::STATUS_FLAGS);
    let ended = match_account.get(&m::PHASE) == phase::ENDED;
    require(flags & status::CANCELLED != 0 || !ended, Refusal::MatchNotCancelled)?;
    require(flags & status::DISTRIBUTED == 0, Refusal::EscrowAlreadyDistributed)
}

/// Pays the listed players, position by position, and returns what is due to the treasury: on top of stakes that went
/// back in full, so that a fee above the escrow's rent ends in a panic (H-02).
fn pay_back(
    terms: &RefundTerms,
    escrow: &mut Escrow,
    match_account: &Match,
    payees: &mut Payees,
) -> Result<u64, ProgramError> {
    let to_deposits = match_account.get(&m::PAYMENT_METHOD) == payment_method::PLATFORM;
    let mut ledger = terms.open().map_err(refused)?;
    for (position, index) in terms.listed.iter().enumerate() {
        let stake = ledger.take(*index).map_err(refused)?;
        escrow.set_element(&e::PLAYER_STAKES, usize::from(*index), 0);
        // A forfeiter is paid nothing, but takes the position.
        if stake > 0 && to_deposits {
            pay_deposit(escrow, payees, position, stake)?;
        } else if stake > 0 {
            payees.pay_wallet(position, escrow.view_mut(), stake);
        }
    }
    ledger.treasury().map_err(refused)
}

/// A deposit with too little in play fails the whole call, unlike at a distribution (H-04).
fn pay_deposit(escrow: &mut Escrow, payees: &mut Payees, position: usize, stake: u64) -> ProgramResult {
    let deposit = payees.pay_deposit(position, escrow.view_mut(), stake)?;
    let in_play = deposit.get(&d::IN_PLAY).checked_sub(stake).ok_or(refusal(Refusal::Overflow))?;
    deposit.set(&d::IN_PLAY, in_play);
    Ok(())
}

/// "Due" means "was paid", and only grows (H-19).
fn pay_treasury(escrow: &mut Escrow, treasury: Option<AccountView>, owed: u64) -> ProgramResult {
    let mut treasury = treasury.ok_or(refusal(Refusal::InvalidPayload))?;
    pay(escrow.view_mut(), &mut treasury, owed);
    escrow.set(&e::TREASURY_DUE, checked_add(escrow.get(&e::TREASURY_DUE), owed)?);
    Ok(())
}

/// The last call's reason and index stand, whatever it paid (H-23). The total is 0 even if players are left (H-06).
fn close_books(escrow: &mut Escrow, terms: &RefundTerms) {
    let kept = escrow.get(&e::STATUS_FLAGS) & !(status::REASON_MASK << status::REASON_SHIFT);
    escrow.set(&e::STATUS_FLAGS, kept | status::CANCELLED | terms.reason << status::REASON_SHIFT);
    escrow.set(&e::ABANDONED_INDEX, terms.abandoned.unwrap_or(e::NOT_ABANDONED));
    escrow.set(&e::TOTAL_ENTRY, 0);
}
