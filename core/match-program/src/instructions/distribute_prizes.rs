//! distribute_prizes (interface, section 4.13). It takes no signer, and ties the payees to nobody (H-01, H-05).

use super::{log, require_id, require_not_paused};
use crate::accounts::{Accounts, Config, Escrow, Match, writable};
use crate::error::{Refusal, refused, require};
use crate::lamports::pay;
use crate::payees::Payees;
use crate::pda::Seeds;
use money_match_core::borsh::Amounts;
use money_match_core::fees::{FeeBreakdown, fee_breakdown};
use money_match_core::instruction::DistributePrizes;
use money_match_core::layout::escrow::{self as e, status};
use money_match_core::layout::match_account::{self as m, payment_method, phase};
use money_match_core::layout::{config as c, user_deposit as d};
use money_match_core::{MAX_PLAYERS, prizes};
use pinocchio::{AccountView, ProgramResult, error::ProgramError};

/// What the caller decided: who wins how much. Amounts belong to positions of the list, not to player indices (H-22).
struct Prizes<'a> {
    winners: &'a [u8],
    amounts: [u64; MAX_PLAYERS],
}

impl<'a> Prizes<'a> {
    /// 6005 unless both lists have the same length, 1 to 10.
    fn new(winners: &'a [u8], amounts: Amounts) -> Result<Self, ProgramError> {
        let count = winners.len();
        let fits = count > 0 && count == amounts.len() && count <= MAX_PLAYERS;
        require(fits, Refusal::InvalidPayload)?;
        let mut prizes = Self { winners, amounts: [0; MAX_PLAYERS] };
        for (amount, given) in prizes.amounts.iter_mut().zip(amounts.iter()) {
            *amount = given;
        }
        Ok(prizes)
    }

    /// One amount a winner.
    fn amounts(&self) -> &[u64] {
        &self.amounts[..self.winners.len()]
    }

    /// # Panics
    /// If the sum leaves u64, as the interface's plain sum does (H-28).
    fn sum(&self) -> u64 {
        match prizes::sum(self.amounts()) {
            Ok(sum) => sum,
            Err(_) => panic!("the prizes leave u64"),
        }
    }
}

pub fn process(mut accounts: Accounts, args: &DistributePrizes) -> ProgramResult {
    log("Instruction: DistributePrizes");
    let match_id = args.match_id.as_bytes();

    let mut escrow = accounts.escrow()?;
    let match_account = accounts.match_account()?;
    let config = accounts.config()?;
    let mut treasury = accounts.raw()?;
    let mut payees = Payees::take(&mut accounts)?;
    accounts.system_program()?;

    let escrow_seeds = Seeds::escrow(match_account.address());
    escrow_seeds.check_bump(escrow.view(), escrow.get(&e::BUMP))?;
    escrow.writable()?;
    match_account.at(&Seeds::match_account(match_id))?;
    config.at(&Seeds::config())?;
    writable(&treasury)?;
    payees.check()?;

    let prizes = Prizes::new(args.winner_indices, args.prize_amounts)?;
    check_state(match_id, &escrow, &match_account, &config)?;
    check_winners(&prizes, &match_account)?;
    let bps = config.get(&c::PLATFORM_FEE_BPS);
    let fees = fee_breakdown(escrow.get(&e::TOTAL_ENTRY), bps).map_err(refused)?;
    require(prizes.sum() == fees.net_pool, Refusal::InvalidPayload)?;

    pay_fee(&mut escrow, &mut treasury, &fees);
    for (position, amount) in prizes.amounts().iter().enumerate() {
        pay_prize(&mut escrow, &match_account, &mut payees, position, *amount)?;
    }
    escrow.set(&e::STATUS_FLAGS, escrow.get(&e::STATUS_FLAGS) | status::DISTRIBUTED);
    // The stakes stay readable, the total does not (H-10).
    escrow.set(&e::TOTAL_ENTRY, 0);
    Ok(())
}

fn check_state(match_id: &[u8], escrow: &Escrow, match_account: &Match, config: &Config) -> ProgramResult {
    let full_id = match_id.len() == size_of_val(&match_account.get(&m::MATCH_ID));
    require(full_id, Refusal::InvalidPayload)?;
    require_not_paused(config)?;
    let bound = escrow.get(&e::MATCH_PDA) == *match_account.address().as_array();
    require(bound, Refusal::InvalidPayload)?;
    require_id(match_account, match_id)?;
    require(match_account.get(&m::PHASE) == phase::ENDED, Refusal::MatchNotEnded)?;
    let flags = escrow.get(&e::STATUS_FLAGS);
    require(flags & status::FUNDED != 0, Refusal::EscrowNotFunded)?;
    require(flags & status::DISTRIBUTED == 0, Refusal::EscrowAlreadyDistributed)
}

/// Each winner sits in the match, each amount is above 0. The same winner may appear twice (H-22).
fn check_winners(prizes: &Prizes, match_account: &Match) -> ProgramResult {
    let players = usize::from(match_account.get(&m::PLAYER_COUNT)).min(MAX_PLAYERS);
    for (winner, amount) in prizes.winners.iter().zip(prizes.amounts()) {
        require(usize::from(*winner) < players && *amount > 0, Refusal::InvalidPayload)?;
    }
    Ok(())
}

/// "Due" means "was paid" (H-19).
fn pay_fee(escrow: &mut Escrow, treasury: &mut AccountView, fees: &FeeBreakdown) {
    if fees.platform_fee > 0 {
        escrow.set(&e::PLATFORM_FEE, fees.platform_fee);
        escrow.set(&e::TREASURY_DUE, fees.platform_fee);
        pay(escrow.view_mut(), treasury, fees.platform_fee);
    }
}

fn pay_prize(
    escrow: &mut Escrow,
    match_account: &Match,
    payees: &mut Payees,
    position: usize,
    amount: u64,
) -> ProgramResult {
    if match_account.get(&m::PAYMENT_METHOD) != payment_method::PLATFORM {
        payees.pay_wallet(position, escrow.view_mut(), amount);
        return Ok(());
    }
    let deposit = payees.pay_deposit(position, escrow.view_mut(), amount)?;
    // Once for each entry of the list, and only if there is enough: losers are never released (H-04).
    let in_play = deposit.get(&d::IN_PLAY);
    if let Some(rest) = in_play.checked_sub(match_account.get(&m::ENTRY_FEE)) {
        deposit.set(&d::IN_PLAY, rest);
    }
    Ok(())
}
