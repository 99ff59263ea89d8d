//! Which fields of an account are shown, and under which name.

use super::item::{Item, Kind, hex_or_null, item, spelt, text, text_or_null};
use crate::layout::config as c;
use crate::layout::escrow as e;
use crate::layout::match_account as m;
use crate::layout::registry as r;
use crate::layout::user_deposit as d;

/// What a snapshot takes of a match; with it, and with [`MATCH_REST`], the whole account.
pub(super) const MATCH_STATE: &[Item] = &[
    text("matchId", &m::MATCH_ID),
    item("createdAt", &m::CREATED_AT),
    item("gameType", &m::GAME_TYPE),
    item("phase", &m::PHASE),
    item("matchType", &m::MATCH_TYPE),
    item("paymentMethod", &m::PAYMENT_METHOD),
    item("entryFee", &m::ENTRY_FEE),
    item("authority", &m::AUTHORITY),
    hex_or_null("matchHash", &m::MATCH_HASH),
    item("endedAt", &m::ENDED_AT),
];
pub(super) const MATCH_REST: &[Item] = &[
    text("version", &m::VERSION),
    text("gameName", &m::GAME_NAME),
    item("seed", &m::SEED),
    item("currentPlayer", &m::CURRENT_PLAYER),
    item("playerCount", &m::PLAYER_COUNT),
    item("moveCount", &m::MOVE_COUNT),
    text_or_null("hotUrl", &m::HOT_URL),
    item("flags", &m::FLAGS),
    item("prizePool", &m::PRIZE_POOL),
    hex_or_null("tournamentId", &m::TOURNAMENT_ID),
];

/// What a snapshot takes of an escrow; with it, and with [`ESCROW_REST`], the whole account.
pub(super) const ESCROW_STATE: &[Item] = &[
    item("totalEntry", &e::TOTAL_ENTRY),
    spelt("funded", &e::STATUS_FLAGS, Kind::Bit(e::status::FUNDED)),
    spelt("distributed", &e::STATUS_FLAGS, Kind::Bit(e::status::DISTRIBUTED)),
    spelt("cancelled", &e::STATUS_FLAGS, Kind::Bit(e::status::CANCELLED)),
    spelt("cancellationReason", &e::STATUS_FLAGS, Kind::Reason),
    spelt("abandonedIndex", &e::ABANDONED_INDEX, Kind::Slot),
];
pub(super) const ESCROW_REST: &[Item] = &[
    item("matchPda", &e::MATCH_PDA),
    item("bump", &e::BUMP),
    item("platformFee", &e::PLATFORM_FEE),
    item("treasuryDue", &e::TREASURY_DUE),
];

pub(super) const USER_DEPOSIT: &[Item] = &[
    item("authority", &d::AUTHORITY),
    item("bump", &d::BUMP),
    item("totalDeposited", &d::TOTAL_DEPOSITED),
    item("available", &d::AVAILABLE),
    item("inPlay", &d::IN_PLAY),
    item("withdrawn", &d::WITHDRAWN),
    item("lockedUntil", &d::LOCKED_UNTIL),
    spelt("frozen", &d::FLAGS, Kind::Bit(d::flag::FROZEN)),
    spelt("enhancedReview", &d::FLAGS, Kind::Bit(d::flag::ENHANCED_REVIEW)),
];

/// The settings that concern money; the game's own economy is left out.
pub(super) const CONFIG: &[Item] = &[
    item("authority", &c::AUTHORITY),
    item("treasuryMultisig", &c::TREASURY_MULTISIG),
    item("platformFeeBps", &c::PLATFORM_FEE_BPS),
    item("withdrawalFee", &c::WITHDRAWAL_FEE),
    item("minEntryFee", &c::MIN_ENTRY_FEE),
    item("maxEntryFee", &c::MAX_ENTRY_FEE),
    item("cancellationFeeBps", &c::CANCELLATION_FEE_BPS),
    spelt("isPaused", &c::IS_PAUSED, Kind::Bool),
    item("supportedPaymentMethods", &c::SUPPORTED_PAYMENT_METHODS),
    item("kycTierWallet", &c::KYC_TIER_WALLET),
    item("kycTierPlatform", &c::KYC_TIER_PLATFORM),
    item("createdAt", &c::CREATED_AT),
    item("lastUpdated", &c::LAST_UPDATED),
];

pub(super) const REGISTRY: &[Item] =
    &[item("authority", &r::AUTHORITY), item("lastUpdated", &r::LAST_UPDATED)];
pub(super) const GAME: &[Item] = &[
    item("gameId", &r::game::GAME_ID),
    text("name", &r::game::NAME),
    item("minPlayers", &r::game::MIN_PLAYERS),
    item("maxPlayers", &r::game::MAX_PLAYERS),
    text("ruleEngineUrl", &r::game::RULE_ENGINE_URL),
    item("version", &r::game::VERSION),
    spelt("enabled", &r::game::ENABLED, Kind::Bool),
];
