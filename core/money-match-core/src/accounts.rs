//! Accounts in their JSON spelling. Each decoder checks length and discriminator, then what it reads: text is UTF-8,
//! counts stay within their arrays, bools are 0 or 1. Padding is not looked at.

use alloc::string::String;

use crate::MAX_PLAYERS;
use crate::error::CoreError;
use crate::json::write::Writer;
use crate::layout::{Field, Value, config, escrow, match_account, registry, trim_nul, user_deposit};
use crate::text::{decimal, hex_encode, key_encode, signed_decimal};

/// One field of an account, under its name in JSON.
struct Item {
    name: &'static str,
    offset: usize,
    kind: Kind,
}

/// How the bytes at an offset are spelt.
enum Kind {
    U8,
    U16,
    U32,
    /// Decimal text.
    U64,
    /// Decimal text.
    I64,
    /// Base58.
    Key,
    /// So many bytes, NUL-padded.
    Text(usize),
    /// As `Text`; null if all zero.
    OptionalText(usize),
    /// Hex; null if all zero.
    OptionalHex(usize),
    /// A byte, 0 or 1.
    Bool,
    /// One bit of a byte.
    Bit(u8),
    /// Bits of the escrow's status byte.
    Reason,
    /// A byte; null if 255.
    Slot,
}

/// How a field of this type is spelt, where the type alone tells.
trait Spelt: Value {
    const KIND: Kind;
}
impl Spelt for u8 {
    const KIND: Kind = Kind::U8;
}
impl Spelt for u16 {
    const KIND: Kind = Kind::U16;
}
impl Spelt for u32 {
    const KIND: Kind = Kind::U32;
}
impl Spelt for u64 {
    const KIND: Kind = Kind::U64;
}
impl Spelt for i64 {
    const KIND: Kind = Kind::I64;
}
impl Spelt for [u8; 32] {
    const KIND: Kind = Kind::Key;
}

/// A field whose type tells its spelling.
const fn item<T: Spelt, const SIZE: usize, const OFFSET: usize>(
    name: &'static str,
    _: &Field<T, SIZE, OFFSET>,
) -> Item {
    Item { name, offset: OFFSET, kind: T::KIND }
}

/// A field with a spelling of its own.
const fn spelt<T: Value, const SIZE: usize, const OFFSET: usize>(
    name: &'static str,
    _: &Field<T, SIZE, OFFSET>,
    kind: Kind,
) -> Item {
    Item { name, offset: OFFSET, kind }
}

use match_account as m;
/// What a snapshot takes of a match; with it, and with [`MATCH_REST`], the whole account.
const MATCH_STATE: &[Item] = &[
    spelt("matchId", &m::MATCH_ID, Kind::Text(36)),
    item("createdAt", &m::CREATED_AT),
    item("gameType", &m::GAME_TYPE),
    item("phase", &m::PHASE),
    item("matchType", &m::MATCH_TYPE),
    item("paymentMethod", &m::PAYMENT_METHOD),
    item("entryFee", &m::ENTRY_FEE),
    item("authority", &m::AUTHORITY),
    spelt("matchHash", &m::MATCH_HASH, Kind::OptionalHex(32)),
    item("endedAt", &m::ENDED_AT),
];
const MATCH_REST: &[Item] = &[
    spelt("version", &m::VERSION, Kind::Text(10)),
    spelt("gameName", &m::GAME_NAME, Kind::Text(20)),
    item("seed", &m::SEED),
    item("currentPlayer", &m::CURRENT_PLAYER),
    item("playerCount", &m::PLAYER_COUNT),
    item("moveCount", &m::MOVE_COUNT),
    spelt("hotUrl", &m::HOT_URL, Kind::OptionalText(200)),
    item("flags", &m::FLAGS),
    item("prizePool", &m::PRIZE_POOL),
    spelt("tournamentId", &m::TOURNAMENT_ID, Kind::OptionalHex(16)),
];

use escrow as e;
/// What a snapshot takes of an escrow; with it, and with [`ESCROW_REST`], the whole account.
const ESCROW_STATE: &[Item] = &[
    item("totalEntry", &e::TOTAL_ENTRY),
    spelt("funded", &e::STATUS_FLAGS, Kind::Bit(e::status::FUNDED)),
    spelt("distributed", &e::STATUS_FLAGS, Kind::Bit(e::status::DISTRIBUTED)),
    spelt("cancelled", &e::STATUS_FLAGS, Kind::Bit(e::status::CANCELLED)),
    spelt("cancellationReason", &e::STATUS_FLAGS, Kind::Reason),
    spelt("abandonedIndex", &e::ABANDONED_INDEX, Kind::Slot),
];
const ESCROW_REST: &[Item] = &[
    item("matchPda", &e::MATCH_PDA),
    item("bump", &e::BUMP),
    item("platformFee", &e::PLATFORM_FEE),
    item("treasuryDue", &e::TREASURY_DUE),
];

use user_deposit as d;
const USER_DEPOSIT: &[Item] = &[
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

use config as c;
/// The settings that concern money; the game's own economy is left out.
const CONFIG: &[Item] = &[
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

use registry as r;
const REGISTRY: &[Item] = &[item("authority", &r::AUTHORITY), item("lastUpdated", &r::LAST_UPDATED)];
const GAME: &[Item] = &[
    item("gameId", &r::game::GAME_ID),
    spelt("name", &r::game::NAME, Kind::Text(20)),
    item("minPlayers", &r::game::MIN_PLAYERS),
    item("maxPlayers", &r::game::MAX_PLAYERS),
    spelt("ruleEngineUrl", &r::game::RULE_ENGINE_URL, Kind::Text(200)),
    item("version", &r::game::VERSION),
    spelt("enabled", &r::game::ENABLED, Kind::Bool),
];

/// # Errors
/// `bad_length`, `bad_discriminator`, `invalid_text`; `invalid_account` for an unknown phase or more than ten players.
pub fn decode_match(data: &[u8]) -> Result<String, CoreError> {
    let account = m::view(data)?;
    object(|out| {
        match_state(account, out)?;
        show(account, MATCH_REST, out)
    })
}

/// # Errors
/// `bad_length`, `bad_discriminator`.
pub fn decode_escrow(data: &[u8]) -> Result<String, CoreError> {
    let account = e::view(data)?;
    object(|out| {
        show(account, ESCROW_STATE, out)?;
        show(account, ESCROW_REST, out)?;
        out.name("playerStakes");
        stakes(account, MAX_PLAYERS, out);
        Ok(())
    })
}

/// # Errors
/// `bad_length`, `bad_discriminator`.
pub fn decode_user_deposit(data: &[u8]) -> Result<String, CoreError> {
    let account = d::view(data)?;
    object(|out| show(account, USER_DEPOSIT, out))
}

/// # Errors
/// `bad_length`, `bad_discriminator`; `invalid_account` for a pause that is neither on nor off.
pub fn decode_config(data: &[u8]) -> Result<String, CoreError> {
    let account = c::view(data)?;
    object(|out| show(account, CONFIG, out))
}

/// # Errors
/// `bad_length`, `bad_discriminator`, `invalid_text`; `invalid_account` for more than 20 games, or one that is neither
/// enabled nor disabled.
pub fn decode_registry(data: &[u8]) -> Result<String, CoreError> {
    let account = r::view(data)?;
    let count = usize::from(r::GAME_COUNT.get(account));
    if count > r::MAX_GAMES {
        return Err(CoreError::InvalidAccount);
    }
    object(|out| {
        show(account, REGISTRY, out)?;
        out.name("games");
        out.open('[');
        for index in 0..count {
            out.open('{');
            show(account.get(r::GAMES.offset(index)..).unwrap_or(&[]), GAME, out)?;
            out.close('}');
        }
        out.close(']');
        Ok(())
    })
}

/// The fields of a match that a snapshot has, without the braces.
pub(crate) fn match_state(account: &[u8; m::SIZE], out: &mut Writer) -> Result<(), CoreError> {
    let players = usize::from(m::PLAYER_COUNT.get(account));
    if players > MAX_PLAYERS || m::PHASE.get(account) > m::phase::ENDED {
        return Err(CoreError::InvalidAccount);
    }
    show(account, MATCH_STATE, out)?;
    out.name("playerIds");
    out.open('[');
    for slot in 0..players {
        out.text(text(account, m::PLAYER_IDS.offset(slot), 64)?);
    }
    out.close(']');
    Ok(())
}

/// The fields of an escrow that a snapshot has, without the braces.
pub(crate) fn escrow_state(account: &[u8; e::SIZE], players: u8, out: &mut Writer) -> Result<(), CoreError> {
    show(account, ESCROW_STATE, out)?;
    out.name("stakes");
    stakes(account, usize::from(players), out);
    Ok(())
}

fn stakes(account: &[u8; e::SIZE], players: usize, out: &mut Writer) {
    out.open('[');
    for stake in (0..players).filter_map(|slot| e::PLAYER_STAKES.get(account, slot)) {
        out.text(&decimal(stake));
    }
    out.close(']');
}

fn object(fill: impl FnOnce(&mut Writer) -> Result<(), CoreError>) -> Result<String, CoreError> {
    let mut out = Writer::default();
    out.open('{');
    fill(&mut out)?;
    out.close('}');
    Ok(out.finish())
}

fn show(data: &[u8], items: &[Item], out: &mut Writer) -> Result<(), CoreError> {
    for Item { name, offset, kind } in items {
        out.name(name);
        let byte = u8::read(bytes(data, *offset, 1));
        match kind {
            Kind::U8 => out.number(byte.into()),
            Kind::U16 => out.number(u16::read(bytes(data, *offset, 2)).into()),
            Kind::U32 => out.number(u32::read(bytes(data, *offset, 4)).into()),
            Kind::U64 => out.text(&decimal(u64::read(bytes(data, *offset, 8)))),
            Kind::I64 => out.text(&signed_decimal(i64::read(bytes(data, *offset, 8)))),
            Kind::Key => out.text(&key_encode(&Value::read(bytes(data, *offset, 32)))),
            Kind::Text(len) => out.text(text(data, *offset, *len)?),
            Kind::OptionalText(len) => match text(data, *offset, *len)? {
                "" => out.null(),
                text => out.text(text),
            },
            Kind::OptionalHex(len) => match bytes(data, *offset, *len) {
                unset if trim_nul(unset).is_empty() => out.null(),
                bytes => out.text(&hex_encode(bytes)),
            },
            Kind::Bool if byte > 1 => return Err(CoreError::InvalidAccount),
            Kind::Bool => out.boolean(byte == 1),
            Kind::Bit(bit) => out.boolean(byte & bit != 0),
            Kind::Reason => out.number(e::status::reason(byte).into()),
            Kind::Slot if byte == e::NOT_ABANDONED => out.null(),
            Kind::Slot => out.number(byte.into()),
        }
    }
    Ok(())
}

/// The layouts are checked when they are compiled, so these bytes are always there.
fn bytes(data: &[u8], offset: usize, len: usize) -> &[u8] {
    data.get(offset..).and_then(|rest| rest.get(..len)).unwrap_or(&[])
}

fn text(data: &[u8], offset: usize, len: usize) -> Result<&str, CoreError> {
    core::str::from_utf8(trim_nul(bytes(data, offset, len))).map_err(|_| CoreError::InvalidText)
}
