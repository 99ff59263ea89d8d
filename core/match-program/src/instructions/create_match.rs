//! create_match (interface, section 4.5).

use super::{log, require_not_paused};
use crate::accounts::{Accounts, Config, Escrow, Match, writable};
use crate::create::{Initialized, init, init_if_needed};
use crate::error::{Refusal, refusal, refused, require};
use crate::lamports::now;
use crate::pda::Seeds;
use money_match_core::fees::stake_total;
use money_match_core::instruction::CreateMatch;
use money_match_core::layout::match_account::{self as m, match_type, payment_method};
use money_match_core::layout::registry::{self as r, game};
use money_match_core::layout::{escrow as e, padded};
use pinocchio::{AccountView, ProgramResult, error::ProgramError};

/// The deployed program's own version text.
const VERSION: &[u8] = b"1.0.0";

/// The arguments, with the defaults of those that were left out.
struct Wanted<'a> {
    match_id: &'a [u8],
    game_type: u8,
    seed: u64,
    entry_fee: u64,
    payment_method: u8,
    match_type: u8,
    tournament_id: [u8; 16],
}

impl<'a> From<&CreateMatch<'a>> for Wanted<'a> {
    fn from(args: &CreateMatch<'a>) -> Self {
        Self {
            match_id: args.match_id.as_bytes(),
            game_type: args.game_type,
            seed: args.seed,
            entry_fee: args.entry_fee.unwrap_or(0),
            payment_method: args.payment_method.unwrap_or(payment_method::WALLET),
            match_type: args.match_type.unwrap_or(match_type::FREE),
            tournament_id: args.tournament_id.unwrap_or([0; 16]),
        }
    }
}

pub fn process(mut accounts: Accounts, args: &CreateMatch) -> ProgramResult {
    log("Instruction: CreateMatch");
    let wanted = Wanted::from(args);

    let match_account = accounts.raw()?;
    let registry = accounts.registry()?;
    let escrow = accounts.optional(Accounts::raw)?;
    let config = accounts.optional(Accounts::config)?;
    let authority = accounts.signer()?;
    accounts.system_program()?;

    let seeds = Seeds::match_account(wanted.match_id);
    let mut match_account: Match = init(match_account, &seeds, &authority, m::DISCRIMINATOR)?.account;
    let escrow = match escrow {
        Some(view) => {
            let seeds = Seeds::escrow(match_account.address());
            Some(init_if_needed(view, &seeds, &authority, e::DISCRIMINATOR)?)
        }
        None => None,
    };
    if let Some(escrow) = &escrow {
        escrow.account.writable()?;
    }
    registry.at(&Seeds::registry())?;
    if let Some(config) = &config {
        config.at(&Seeds::config())?;
    }
    writable(&authority)?;

    let match_id: [u8; 36] = wanted.match_id.try_into().map_err(|_| refusal(Refusal::InvalidPayload))?;
    let (game_name, max_players) = registry
        .with(|data| {
            let entry = r::find_game(data, wanted.game_type).filter(|entry| game::ENABLED.get(entry) != 0)?;
            Some((game::NAME.get(entry), game::MAX_PLAYERS.get(entry)))
        })
        .ok_or(refusal(Refusal::InvalidPayload))?;
    // Of a free match the escrow is left as it was made: a discriminator and zeros (H-25).
    let prize_pool = if wanted.entry_fee > 0 {
        open_escrow(&wanted, max_players, config, escrow, &match_account)?
    } else {
        require(wanted.match_type == match_type::FREE, Refusal::InvalidPayload)?;
        0
    };
    fill(&mut match_account, &wanted, &authority)?;
    match_account.set(&m::MATCH_ID, match_id);
    match_account.set(&m::GAME_NAME, game_name);
    match_account.set(&m::PRIZE_POOL, prize_pool);
    Ok(())
}

/// Checks what a paid match asks for, and binds its new escrow to it. Returns the gross prize pool of a full table.
///
/// Fee limits (H-12) and supported methods are not looked at; pause only if the caller passed the config (H-11).
fn open_escrow(
    wanted: &Wanted,
    max_players: u8,
    config: Option<Config>,
    escrow: Option<Initialized<{ e::SIZE }>>,
    match_account: &Match,
) -> Result<u64, ProgramError> {
    if let Some(config) = &config {
        require_not_paused(config)?;
    }
    require(wanted.match_type == match_type::PAID, Refusal::InvalidPayload)?;
    let method = wanted.payment_method;
    let known = method == payment_method::WALLET || method == payment_method::PLATFORM;
    require(known, Refusal::InvalidPayload)?;
    let prize_pool = stake_total(wanted.entry_fee, max_players).map_err(refused)?;
    let escrow = escrow.filter(|escrow| escrow.is_new).ok_or(refusal(Refusal::InvalidPayload))?;
    let mut account: Escrow = escrow.account;
    account.set(&e::MATCH_PDA, *match_account.address().as_array());
    account.set(&e::BUMP, escrow.bump);
    account.set(&e::ABANDONED_INDEX, e::NOT_ABANDONED);
    Ok(prize_pool)
}

/// What of a new match comes from the arguments and the clock; the rest of the account is zero, which is right: nobody
/// has joined, phase 0, not ended, no hash.
fn fill(account: &mut Match, wanted: &Wanted, authority: &AccountView) -> ProgramResult {
    account.set(&m::VERSION, padded(VERSION).map_err(|_| refusal(Refusal::InvalidPayload))?);
    account.set(&m::GAME_TYPE, wanted.game_type);
    // Truncated, not refused (H-30).
    account.set(&m::SEED, wanted.seed as u32);
    account.set(&m::CREATED_AT, now()?);
    account.set(&m::AUTHORITY, *authority.address().as_array());
    account.set(&m::ENTRY_FEE, wanted.entry_fee);
    account.set(&m::MATCH_TYPE, wanted.match_type);
    account.set(&m::PAYMENT_METHOD, wanted.payment_method);
    account.set(&m::TOURNAMENT_ID, wanted.tournament_id);
    Ok(())
}
