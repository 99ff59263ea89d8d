//! register_game (interface, section 4.4).

use super::{game_text, log};
use crate::accounts::{Accounts, writable};
use crate::error::{Refusal, require};
use crate::lamports::now;
use crate::pda::Seeds;
use money_match_core::MAX_PLAYERS;
use money_match_core::instruction::RegisterGame;
use money_match_core::layout::registry::{self as r, game};
use pinocchio::ProgramResult;

pub fn process(mut accounts: Accounts, args: &RegisterGame) -> ProgramResult {
    log("Instruction: RegisterGame");

    let mut registry = accounts.registry()?;
    let authority = accounts.signer()?;
    accounts.system_program()?;

    registry.at(&Seeds::registry())?;
    registry.writable()?;
    writable(&authority)?;

    require(registry.get(&r::AUTHORITY) == *authority.address().as_array(), Refusal::Unauthorized)?;
    let mut entry = [0; r::GAME_SIZE];
    game::NAME.set(&mut entry, game_text(args.name)?);
    game::RULE_ENGINE_URL.set(&mut entry, game_text(args.rule_engine_url)?);
    let (min_players, max_players) = (args.min_players, args.max_players);
    let players = 0 < min_players && min_players <= max_players && usize::from(max_players) <= MAX_PLAYERS;
    require(players, Refusal::InvalidPayload)?;
    let count = registry.get(&r::GAME_COUNT);
    require(usize::from(count) < r::MAX_GAMES, Refusal::GameRegistryFull)?;
    let known = registry.with(|data| r::find_game(data, args.game_id).is_some());
    require(!known, Refusal::GameAlreadyExists)?;

    game::GAME_ID.set(&mut entry, args.game_id);
    game::MIN_PLAYERS.set(&mut entry, min_players);
    game::MAX_PLAYERS.set(&mut entry, max_players);
    game::VERSION.set(&mut entry, args.version);
    game::ENABLED.set(&mut entry, 1);
    registry.set_element(&r::GAMES, count.into(), entry);
    registry.set(&r::GAME_COUNT, count + 1);
    registry.set(&r::LAST_UPDATED, now()?);
    Ok(())
}
