//! update_game (interface, section 4.4). Limits on players hold at once for matches that are open already.

use super::{game_text, log};
use crate::accounts::{Accounts, Registry, writable};
use crate::error::{Refusal, refusal, require};
use crate::lamports::now;
use crate::pda::Seeds;
use money_match_core::MAX_PLAYERS;
use money_match_core::instruction::UpdateGame;
use money_match_core::layout::registry::{self as r, game};
use pinocchio::ProgramResult;

pub fn process(mut accounts: Accounts, args: &UpdateGame) -> ProgramResult {
    log("Instruction: UpdateGame");

    let mut registry = accounts.registry()?;
    let authority = accounts.signer()?;
    accounts.system_program()?;

    registry.at(&Seeds::registry())?;
    registry.writable()?;
    writable(&authority)?;

    require(registry.get(&r::AUTHORITY) == *authority.address().as_array(), Refusal::Unauthorized)?;
    let (index, mut entry) = find(&registry, args.game_id).ok_or(refusal(Refusal::InvalidPayload))?;
    update(&mut entry, args)?;
    registry.set_element(&r::GAMES, index, entry);
    registry.set(&r::LAST_UPDATED, now()?);
    Ok(())
}

fn find(registry: &Registry, game_id: u8) -> Option<(usize, [u8; r::GAME_SIZE])> {
    (0..usize::from(registry.get(&r::GAME_COUNT)))
        .filter_map(|index| Some((index, registry.element(&r::GAMES, index)?)))
        .find(|(_, entry)| game::GAME_ID.get(entry) == game_id)
}

fn update(entry: &mut [u8; r::GAME_SIZE], args: &UpdateGame) -> ProgramResult {
    if let Some(name) = args.name {
        game::NAME.set(entry, game_text(name)?);
    }
    // Against the old maximum, which is applied after it: raising both above that takes two calls.
    if let Some(min) = args.min_players {
        require(0 < min && min <= game::MAX_PLAYERS.get(entry), Refusal::InvalidPayload)?;
        game::MIN_PLAYERS.set(entry, min);
    }
    if let Some(max) = args.max_players {
        let fits = game::MIN_PLAYERS.get(entry) <= max && usize::from(max) <= MAX_PLAYERS;
        require(fits, Refusal::InvalidPayload)?;
        game::MAX_PLAYERS.set(entry, max);
    }
    if let Some(url) = args.rule_engine_url {
        game::RULE_ENGINE_URL.set(entry, game_text(url)?);
    }
    if let Some(version) = args.version {
        game::VERSION.set(entry, version);
    }
    if let Some(enabled) = args.enabled {
        game::ENABLED.set(entry, enabled.into());
    }
    Ok(())
}
