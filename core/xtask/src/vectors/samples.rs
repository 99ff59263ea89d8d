//! One account of each kind, as the chain would hold it.

use money_match_core::layout::{
    config as c, escrow as e, match_account as m, padded, registry as r, user_deposit as d,
};

use super::MATCH;

pub fn match_account() -> [u8; m::SIZE] {
    let mut account = [0; m::SIZE];
    account[..8].copy_from_slice(&m::DISCRIMINATOR);
    m::MATCH_ID.set(&mut account, padded(MATCH.as_bytes()).unwrap_or([0; 36]));
    m::VERSION.set(&mut account, padded(b"1.0.0").unwrap_or([0; 10]));
    m::GAME_NAME.set(&mut account, padded(b"CLAIM").unwrap_or([0; 20]));
    m::SEED.set(&mut account, 1_286_608_618);
    m::PHASE.set(&mut account, m::phase::PLAYING);
    m::PLAYER_COUNT.set(&mut account, 2);
    for (slot, id) in ["alice", "bob"].iter().enumerate() {
        m::PLAYER_IDS.set(&mut account, slot, padded(id.as_bytes()).unwrap_or([0; 64]));
    }
    m::CREATED_AT.set(&mut account, 1_700_000_000);
    m::AUTHORITY.set(&mut account, [2; 32]);
    m::FLAGS.set(&mut account, m::flag::ALL_PLAYERS_JOINED);
    m::ENTRY_FEE.set(&mut account, 100_000_000);
    m::PRIZE_POOL.set(&mut account, 400_000_000);
    m::MATCH_TYPE.set(&mut account, m::match_type::PAID);
    m::PAYMENT_METHOD.set(&mut account, m::payment_method::PLATFORM);
    account
}

pub fn escrow_account() -> [u8; e::SIZE] {
    let mut account = [0; e::SIZE];
    account[..8].copy_from_slice(&e::DISCRIMINATOR);
    e::MATCH_PDA.set(&mut account, [3; 32]);
    e::BUMP.set(&mut account, 255);
    e::TOTAL_ENTRY.set(&mut account, 200_000_000);
    for slot in 0..2 {
        e::PLAYER_STAKES.set(&mut account, slot, 100_000_000);
    }
    e::STATUS_FLAGS.set(&mut account, e::status::FUNDED);
    e::ABANDONED_INDEX.set(&mut account, e::NOT_ABANDONED);
    account
}

pub fn deposit_account() -> [u8; d::SIZE] {
    let mut account = [0; d::SIZE];
    account[..8].copy_from_slice(&d::DISCRIMINATOR);
    d::AUTHORITY.set(&mut account, [4; 32]);
    d::TOTAL_DEPOSITED.set(&mut account, u64::MAX);
    d::AVAILABLE.set(&mut account, 900_000_000);
    d::IN_PLAY.set(&mut account, 100_000_000);
    d::FLAGS.set(&mut account, d::flag::FROZEN);
    account
}

pub fn config_account() -> [u8; c::SIZE] {
    let mut account = [0; c::SIZE];
    account[..8].copy_from_slice(&c::DISCRIMINATOR);
    c::AUTHORITY.set(&mut account, [5; 32]);
    c::TREASURY_MULTISIG.set(&mut account, [6; 32]);
    c::PLATFORM_FEE_BPS.set(&mut account, 500);
    c::WITHDRAWAL_FEE.set(&mut account, 5000);
    c::MIN_ENTRY_FEE.set(&mut account, 10_000);
    c::MAX_ENTRY_FEE.set(&mut account, 100_000_000_000);
    c::CANCELLATION_FEE_BPS.set(&mut account, 250);
    c::SUPPORTED_PAYMENT_METHODS.set(&mut account, 3);
    account
}

/// One game, written at its place among the 20.
pub fn registry_account() -> Vec<u8> {
    let mut game = [0; r::GAME_SIZE];
    r::game::NAME.set(&mut game, padded(b"CLAIM").unwrap_or([0; 20]));
    r::game::MIN_PLAYERS.set(&mut game, 2);
    r::game::MAX_PLAYERS.set(&mut game, 4);
    r::game::RULE_ENGINE_URL.set(&mut game, padded(b"https://example.org").unwrap_or([0; 200]));
    r::game::ENABLED.set(&mut game, 1);
    let mut account = [0; r::SIZE];
    account[..8].copy_from_slice(&r::DISCRIMINATOR);
    r::AUTHORITY.set(&mut account, [7; 32]);
    r::GAME_COUNT.set(&mut account, 1);
    r::GAMES.set(&mut account, 0, game);
    account.to_vec()
}
