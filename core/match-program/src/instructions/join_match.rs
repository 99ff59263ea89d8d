//! join_match (interface, section 4.6).

use super::{is_paid, log, require_bound, require_id, require_not_paused};
use crate::accounts::{Accounts, Config, Escrow, Match, UserDeposit, writable};
use crate::error::{Refusal, checked_add, refusal, refused, require};
use crate::lamports::{pay, transfer};
use crate::pda::Seeds;
use money_match_core::MAX_PLAYERS;
use money_match_core::fees::stake_total;
use money_match_core::layout::escrow::{self as e, status};
use money_match_core::layout::match_account::{self as m, flag, payment_method, phase};
use money_match_core::layout::registry::{self as r, game};
use money_match_core::layout::{config as c, padded, user_deposit as d};
use pinocchio::{AccountView, ProgramResult, error::ProgramError};

/// Whoever may pay for the seat; which of them does, the match's payment method decides.
struct Payers {
    escrow: Option<Escrow>,
    deposit: Option<UserDeposit>,
    wallet: Option<AccountView>,
    config: Option<Config>,
    player: AccountView,
}

impl Payers {
    /// The constraints of everyone but the match and the registry, in the order of the account list.
    fn check(&self, match_account: &Match) -> ProgramResult {
        if let Some(escrow) = &self.escrow {
            escrow.at(&Seeds::escrow(match_account.address()))?;
            escrow.writable()?;
        }
        if let Some(deposit) = &self.deposit {
            deposit.at(&Seeds::user_deposit(self.player.address()))?;
            deposit.writable()?;
        }
        if let Some(wallet) = &self.wallet {
            writable(wallet)?;
        }
        match &self.config {
            Some(config) => config.at(&Seeds::config()),
            None => Ok(()),
        }
    }
}

pub fn process(mut accounts: Accounts, match_id: &[u8], user_id: &[u8]) -> ProgramResult {
    log("Instruction: JoinMatch");

    let mut match_account = accounts.match_account()?;
    let registry = accounts.registry()?;
    let payers = Payers {
        escrow: accounts.optional(Accounts::escrow)?,
        deposit: accounts.optional(Accounts::user_deposit)?,
        wallet: accounts.optional(Accounts::raw)?,
        config: accounts.optional(Accounts::config)?,
        player: accounts.signer()?,
    };
    accounts.system_program()?;

    match_account.at(&Seeds::match_account(match_id))?;
    match_account.writable()?;
    registry.at(&Seeds::registry())?;
    payers.check(&match_account)?;

    require_id(&match_account, match_id)?;
    require(match_account.get(&m::PHASE) == phase::DEALING, Refusal::InvalidPhase)?;
    // A disabled game keeps its open matches: only create_match looks at `enabled`.
    let (min_players, max_players) = registry
        .with(|data| {
            let entry = r::find_game(data, match_account.get(&m::GAME_TYPE))?;
            Some((game::MIN_PLAYERS.get(entry), game::MAX_PLAYERS.get(entry)))
        })
        .ok_or(refusal(Refusal::InvalidPayload))?;
    let slot = free_slot(&match_account, max_players)?;
    let user_id = new_user_id(&match_account, user_id)?;
    if is_paid(&match_account) {
        let mut escrow = take_fee(&match_account, payers)?;
        book_stake(&mut escrow, &match_account, slot, min_players)?;
    }
    match_account.set_element(&m::PLAYER_IDS, slot.into(), user_id);
    match_account.set(&m::PLAYER_COUNT, slot + 1);
    if slot + 1 >= max_players {
        match_account.set(&m::FLAGS, match_account.get(&m::FLAGS) | flag::ALL_PLAYERS_JOINED);
    }
    Ok(())
}

/// The slot that the next player takes; 6000 if there is none.
fn free_slot(match_account: &Match, max_players: u8) -> Result<u8, ProgramError> {
    let count = match_account.get(&m::PLAYER_COUNT);
    let open = match_account.get(&m::FLAGS) & flag::ALL_PLAYERS_JOINED == 0;
    let room = open && count < max_players && usize::from(count) < MAX_PLAYERS;
    require(room, Refusal::MatchFull)?;
    Ok(count)
}

/// The id as it is stored. 6005 if it is too long, 6003 if it is taken (H-29). All ten slots are compared, so an empty
/// id is always "taken": it equals every free one.
fn new_user_id(match_account: &Match, user_id: &[u8]) -> Result<[u8; 64], ProgramError> {
    let user_id = padded(user_id).map_err(|_| refusal(Refusal::InvalidPayload))?;
    for slot in 0..MAX_PLAYERS {
        let taken = match_account.element(&m::PLAYER_IDS, slot) == Some(user_id);
        require(!taken, Refusal::PlayerNotInMatch)?;
    }
    Ok(user_id)
}

/// Moves the entry fee into the escrow. Pause and supported methods are looked at only if the caller passed the config
/// (H-11).
fn take_fee(match_account: &Match, payers: Payers) -> Result<Escrow, ProgramError> {
    let fee = match_account.get(&m::ENTRY_FEE);
    let method = match_account.get(&m::PAYMENT_METHOD);
    require(fee > 0, Refusal::InvalidPayload)?;
    if let Some(config) = &payers.config {
        require_not_paused(config)?;
        let supported = config.get(&c::SUPPORTED_PAYMENT_METHODS) & (1 << (method & 7)) != 0;
        require(supported, Refusal::InvalidPaymentMethod)?;
    }
    let mut escrow = require_bound(payers.escrow, match_account)?;
    if method == payment_method::PLATFORM {
        let mut deposit = payers.deposit.ok_or(refusal(Refusal::InvalidPayload))?;
        debit(&mut deposit, &payers.player, fee)?;
        pay(deposit.view_mut(), escrow.view_mut(), fee);
    } else {
        let wallet = payers.wallet.ok_or(refusal(Refusal::InvalidPayload))?;
        require(wallet.address() == payers.player.address(), Refusal::InvalidPayload)?;
        transfer(&wallet, escrow.view(), fee)?;
    }
    Ok(escrow)
}

/// Books the fee out of the deposit. What is in play counts as if it were there (H-03): its lamports are in other
/// escrows, so the payment that follows then normally fails on the rent rule, and not here.
fn debit(deposit: &mut UserDeposit, player: &AccountView, fee: u64) -> ProgramResult {
    let authority = deposit.get(&d::AUTHORITY);
    require(authority == *player.address().as_array(), Refusal::Unauthorized)?;
    let (available, in_play) = (deposit.get(&d::AVAILABLE), deposit.get(&d::IN_PLAY));
    let total = checked_add(available, in_play)?;
    require(total >= fee, Refusal::InsufficientFunds)?;
    if available >= fee {
        deposit.set(&d::AVAILABLE, available - fee);
        deposit.set(&d::IN_PLAY, checked_add(in_play, fee)?);
    } else {
        // in_play - (fee - available) + fee
        deposit.set(&d::AVAILABLE, 0);
        deposit.set(&d::IN_PLAY, total);
    }
    Ok(())
}

/// Books the stake, and sets `funded` once enough players have paid: before the table is full (H-09).
fn book_stake(escrow: &mut Escrow, match_account: &Match, slot: u8, min_players: u8) -> ProgramResult {
    let fee = match_account.get(&m::ENTRY_FEE);
    let total = checked_add(escrow.get(&e::TOTAL_ENTRY), fee)?;
    escrow.set_element(&e::PLAYER_STAKES, slot.into(), fee);
    escrow.set(&e::TOTAL_ENTRY, total);
    let count = slot + 1;
    let expected = stake_total(fee, count).map_err(refused)?;
    if count >= min_players && total == expected {
        escrow.set(&e::STATUS_FLAGS, escrow.get(&e::STATUS_FLAGS) | status::FUNDED);
    }
    Ok(())
}
