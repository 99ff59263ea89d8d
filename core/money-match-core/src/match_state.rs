//! MatchStateSnapshot: the chain's facts about one match, so that mirror and chain can both produce them and compare
//! one hash (formats: MatchStateSnapshot).

use alloc::string::String;
use alloc::vec::Vec;

use crate::MAX_PLAYERS;
use crate::accounts::{escrow_state, match_state};
use crate::borsh::Reader;
use crate::error::CoreError;
use crate::hash::tagged;
use crate::json::read::{Value, parse};
use crate::json::write::Writer;
use crate::layout::{escrow, match_account};
use crate::schema::{Field, Type, pairs, show_fields, write_struct};
use crate::text::{hex_encode, key_decode};

/// Version byte of the format; the tag carries the same one.
const VERSION: u8 = 1;

const SNAPSHOT: &[Field] = &[
    Field { name: "matchPda", kind: Type::Key },
    Field { name: "matchId", kind: Type::Text },
    Field { name: "createdAt", kind: Type::I64 },
    Field { name: "gameType", kind: Type::U8 },
    Field { name: "phase", kind: Type::U8 },
    Field { name: "matchType", kind: Type::U8 },
    Field { name: "paymentMethod", kind: Type::U8 },
    Field { name: "entryFee", kind: Type::U64 },
    Field { name: "authority", kind: Type::Key },
    Field { name: "playerIds", kind: Type::List(&Type::Text, MAX_PLAYERS) },
    Field { name: "matchHash", kind: Type::Option(&Type::Hex(32)) },
    Field { name: "endedAt", kind: Type::I64 },
    Field { name: "escrow", kind: Type::Option(&Type::Struct(ESCROW)) },
];

const ESCROW: &[Field] = &[
    Field { name: "totalEntry", kind: Type::U64 },
    Field { name: "stakes", kind: Type::List(&Type::U64, MAX_PLAYERS) },
    Field { name: "funded", kind: Type::Bool },
    Field { name: "distributed", kind: Type::Bool },
    Field { name: "cancelled", kind: Type::Bool },
    Field { name: "cancellationReason", kind: Type::U8 },
    Field { name: "abandonedIndex", kind: Type::Option(&Type::U8) },
];

/// The hashed bytes of a snapshot in its JSON spelling.
///
/// # Errors
/// `invalid_snapshot`.
pub fn match_state_bytes(json: &str) -> Result<Vec<u8>, CoreError> {
    parse(json).and_then(|snapshot| bytes(&snapshot)).ok_or(CoreError::InvalidSnapshot)
}

/// Equal hashes, equal facts; hex.
///
/// # Errors
/// `invalid_snapshot`.
pub fn match_state_hash(json: &str) -> Result<String, CoreError> {
    Ok(hex_encode(&tagged("money-match/match-state/v1", &[&match_state_bytes(json)?])))
}

fn bytes(snapshot: &Value) -> Option<Vec<u8>> {
    let escrow = snapshot.field("escrow");
    // One stake a player, where there are stakes.
    if *escrow != Value::Null && escrow.field("stakes").len() != snapshot.field("playerIds").len() {
        return None;
    }
    let mut out = Vec::with_capacity(256);
    out.push(VERSION);
    write_struct(snapshot, pairs(SNAPSHOT), &mut out)?;
    Some(out)
}

/// The JSON spelling of a snapshot's bytes.
///
/// # Errors
/// `invalid_snapshot` for anything that [`match_state_bytes`] does not write, bytes left over included.
pub fn match_state_from_bytes(bytes: &[u8]) -> Result<String, CoreError> {
    let (_, fields) = bytes.split_first().ok_or(CoreError::InvalidSnapshot)?;
    let mut out = Writer::default();
    out.open('{');
    show_fields(&mut Reader::new(fields), SNAPSHOT, &mut out).map_err(|_| CoreError::InvalidSnapshot)?;
    out.close('}');
    let json = out.finish();
    // Writing it again is the whole check: version, counts, length.
    if match_state_bytes(&json)? == bytes { Ok(json) } else { Err(CoreError::InvalidSnapshot) }
}

/// The snapshot of two accounts that were read in one slot.
///
/// # Errors
/// Those of the account decoders, `invalid_base58`; `escrow_mismatch` if a paid match's escrow names another match.
pub fn match_state_from_accounts(
    match_pda: &str,
    match_data: &[u8],
    escrow_data: Option<&[u8]>,
) -> Result<String, CoreError> {
    let key = key_decode(match_pda)?;
    let account = match_account::view(match_data)?;
    let escrow = match escrow_data.map(escrow::view).transpose()? {
        // A free match made with an escrow leaves an empty one behind, bound to nothing (H-25).
        Some(escrow) if escrow::MATCH_PDA.get(escrow) != key => {
            if match_account::MATCH_TYPE.get(account) != match_account::match_type::FREE {
                return Err(CoreError::EscrowMismatch);
            }
            None
        }
        other => other,
    };
    let mut out = Writer::default();
    out.open('{');
    out.name("matchPda");
    out.text(match_pda);
    match_state(account, &mut out)?;
    out.name("escrow");
    match escrow {
        None => out.null(),
        Some(escrow) => {
            out.open('{');
            escrow_state(escrow, match_account::PLAYER_COUNT.get(account), &mut out)?;
            out.close('}');
        }
    }
    out.close('}');
    Ok(out.finish())
}
