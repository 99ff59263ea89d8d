//! PendingAction: what is queued while the chain cannot take it, and its identity (design: section 6; formats).

use alloc::string::String;
use alloc::vec::Vec;

use crate::MAX_PLAYERS;
use crate::error::CoreError;
use crate::hash::tagged;
use crate::json::read::{Value, parse};
use crate::schema::{Field, Type, write_struct};
use crate::text::{hex_encode, uuid_decode};

/// Version byte of the format; the tag carries the same one.
const VERSION: u8 = 1;

/// What one kind of action has: its arguments, and whether it concerns a match and a user.
struct Kind {
    name: &'static str,
    match_id: Type,
    user: Type,
    args: Type,
}

/// The place in this list is the number that is hashed: entries never move.
const KINDS: [Kind; 9] = [
    Kind { name: "create", match_id: A_MATCH, user: Type::Never, args: Type::Struct(CREATE) },
    Kind { name: "join", match_id: A_MATCH, user: A_USER, args: Type::Struct(JOIN) },
    Kind { name: "start", match_id: A_MATCH, user: Type::Never, args: Type::Struct(&[]) },
    Kind { name: "end", match_id: A_MATCH, user: Type::Never, args: Type::Struct(END) },
    Kind { name: "distribute", match_id: A_MATCH, user: Type::Never, args: Type::Struct(DISTRIBUTE) },
    Kind { name: "refund", match_id: A_MATCH, user: Type::Never, args: Type::Struct(REFUND) },
    Kind { name: "deposit", match_id: Type::Never, user: A_USER, args: Type::Struct(LAMPORTS) },
    Kind { name: "withdraw", match_id: Type::Never, user: A_USER, args: Type::Struct(LAMPORTS) },
    Kind { name: "anchor", match_id: Type::Never, user: Type::Never, args: Type::Struct(ANCHOR) },
];

const A_MATCH: Type = Type::Always(&MATCH_ID);
const A_USER: Type = Type::Always(&Type::Struct(&[
    Field { name: "id", kind: USER_ID },
    Field { name: "wallet", kind: Type::Key },
]));

const MATCH_ID: Type = Type::TextIf(|id| uuid_decode(id).is_some());
/// Length of the account's field (design: section 2).
const USER_ID: Type = Type::TextIf(|id| (1..=64).contains(&id.len()) && !id.contains('\0'));
/// Length of the account's field.
const URL: Type = Type::TextIf(|url| url.len() <= 200);

const CREATE: &[Field] = &[
    Field { name: "gameType", kind: Type::U8 },
    Field { name: "seed", kind: Type::U64 },
    Field { name: "entryFee", kind: Type::U64 },
    Field { name: "paymentMethod", kind: Type::U8 },
    Field { name: "matchType", kind: Type::U8 },
    Field { name: "tournamentId", kind: Type::Option(&Type::Hex(16)) },
];
/// What the player agreed to; compared with the chain before signing.
const JOIN: &[Field] =
    &[Field { name: "entryFee", kind: Type::U64 }, Field { name: "paymentMethod", kind: Type::U8 }];
const END: &[Field] = &[
    RESULT,
    Field { name: "matchHash", kind: Type::Option(&Type::Hex(32)) },
    Field { name: "hotUrl", kind: Type::Option(&URL) },
];
const DISTRIBUTE: &[Field] = &[RESULT];
const REFUND: &[Field] = &[
    Field { name: "reason", kind: Type::U8 },
    Field { name: "abandonedUserId", kind: Type::Option(&USER_ID) },
];
const LAMPORTS: &[Field] = &[Field { name: "lamports", kind: Type::U64 }];
const ANCHOR: &[Field] = &[
    Field { name: "root", kind: Type::Hex(32) },
    Field { name: "from", kind: Type::Millis },
    Field { name: "to", kind: Type::Millis },
];

/// The ranks, the first rank first.
const RESULT: Field = Field { name: "result", kind: Type::List(&Type::Struct(SHARE), MAX_PLAYERS) };
const SHARE: &[Field] =
    &[Field { name: "userId", kind: USER_ID }, Field { name: "shareBps", kind: Type::U16 }];

/// `match`, `escrow` and `deposit` are all there are; a little room for formats to come.
const SEEDS: Type = Type::List(&Type::Struct(PDA), 8);
const PDA: &[Field] = &[
    Field { name: "name", kind: Type::Text },
    // The runtime derives an address of at most 16 seeds.
    Field { name: "seeds", kind: Type::List(&Type::Seed, 16) },
    Field { name: "address", kind: Type::Key },
    Field { name: "bump", kind: Type::U8 },
];

/// The number of a kind, in the bytes of an action and of a client key.
pub(crate) fn kind_number(name: &str) -> Option<u8> {
    KINDS.iter().position(|kind| kind.name == name).map(|number| number as u8)
}

/// The hashed bytes of an action in its JSON spelling. The fields that come after the hash (`hash`, `signer`,
/// `signature`) may be there and are left out; any other unknown field is refused, since nothing would bind it.
///
/// # Errors
/// `invalid_action`.
pub fn pending_action_bytes(json: &str) -> Result<Vec<u8>, CoreError> {
    parse(json).and_then(|action| bytes(&action)).ok_or(CoreError::InvalidAction)
}

/// The action's identity, hex.
///
/// # Errors
/// `invalid_action`.
pub fn pending_action_hash(json: &str) -> Result<String, CoreError> {
    Ok(hex_encode(&tagged("money-match/pending-action/v1", &[&pending_action_bytes(json)?])))
}

fn bytes(action: &Value) -> Option<Vec<u8>> {
    if *action.field("v") != Value::Number(VERSION.into()) {
        return None;
    }
    let number = kind_number(action.field("kind").as_str()?)?;
    let kind = KINDS.get(usize::from(number))?;
    let mut out = Vec::with_capacity(512);
    out.extend_from_slice(&[VERSION, number]);
    let fields = [
        ("v", &Type::Ignored),
        ("kind", &Type::Ignored),
        ("cluster", &Type::Key),
        ("programId", &Type::Key),
        ("matchId", &kind.match_id),
        ("user", &kind.user),
        ("args", &kind.args),
        ("seeds", &SEEDS),
        ("clientKey", &Type::Uuid),
        ("notAfter", &Type::Millis),
        ("hash", &Type::Ignored),
        ("signer", &Type::Ignored),
        ("signature", &Type::Ignored),
    ];
    write_struct(action, fields, &mut out)?;
    Some(out)
}
