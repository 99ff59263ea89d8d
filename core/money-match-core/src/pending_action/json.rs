//! Reading a pending action's JSON. `None` is a refusal: of a missing, an unknown or a malformed field alike.

use alloc::string::String;
use alloc::vec::Vec;

use super::{ActionKind, Args, Pda, PendingAction, Share, User, VERSION};
use crate::MAX_PLAYERS;
use crate::json::read::{Object, Value, parse};
use crate::text::{base58_decode, hex_decode, uuid_decode};

/// `match`, `escrow`, `deposit` are all there are; a little room for formats to come.
const MAX_PDAS: usize = 8;
/// Limits of the runtime on what an address is derived from.
const MAX_SEEDS: usize = 16;
const MAX_SEED_LEN: usize = 32;
/// Length of the account's field.
const MAX_URL_LEN: usize = 200;
/// Length of the account's field (design: section 2).
const MAX_USER_ID_LEN: usize = 64;

pub(super) fn read(text: &str) -> Option<PendingAction> {
    let mut object = parse(text)?.object()?;
    // They come after the hash, and a caller may hold them in the same object.
    for after in ["hash", "signer", "signature"] {
        object.take(after);
    }
    if object.take("v").u8()? != VERSION {
        return None;
    }
    let kind = ActionKind::from_name(&object.take("kind").string()?)?;
    let action = PendingAction {
        cluster: object.take("cluster").key()?,
        program_id: object.take("programId").key()?,
        match_id: object.take("matchId").optional(match_id)?,
        user: object.take("user").optional(user)?,
        args: args(kind, object.take("args").object()?)?,
        seeds: object.take("seeds").list(MAX_PDAS, pda)?,
        client_key: uuid_decode(&object.take("clientKey").string()?)?,
        not_after: object.take("notAfter").millis()?,
    };
    object.end()?;
    (subject(kind) == (action.match_id.is_some(), action.user.is_some())).then_some(action)
}

/// Whether a kind has a match, and whether it has a user (formats: "Fields and PDAs").
const fn subject(kind: ActionKind) -> (bool, bool) {
    match kind {
        ActionKind::Join => (true, true),
        ActionKind::Deposit | ActionKind::Withdraw => (false, true),
        ActionKind::Anchor => (false, false),
        ActionKind::Create
        | ActionKind::Start
        | ActionKind::End
        | ActionKind::Distribute
        | ActionKind::Refund => (true, false),
    }
}

fn match_id(value: Value) -> Option<String> {
    value.string().filter(|id| uuid_decode(id).is_some())
}

fn user_id(value: Value) -> Option<String> {
    value.string().filter(|id| !id.is_empty() && id.len() <= MAX_USER_ID_LEN && !id.contains('\0'))
}

fn user(value: Value) -> Option<User> {
    let mut object = value.object()?;
    let user = User { id: user_id(object.take("id"))?, wallet: object.take("wallet").key()? };
    object.end()?;
    Some(user)
}

fn share(value: Value) -> Option<Share> {
    let mut object = value.object()?;
    let share = Share { user_id: user_id(object.take("userId"))?, share_bps: object.take("shareBps").u16()? };
    object.end()?;
    Some(share)
}

fn pda(value: Value) -> Option<Pda> {
    let mut object = value.object()?;
    let pda = Pda {
        name: object.take("name").string()?,
        seeds: object.take("seeds").list(MAX_SEEDS, seed)?,
        address: object.take("address").key()?,
        bump: object.take("bump").u8()?,
    };
    object.end()?;
    Some(pda)
}

fn seed(value: Value) -> Option<Vec<u8>> {
    let text = value.string()?;
    let (spelling, content) = text.split_once(':')?;
    let bytes = match spelling {
        "utf8" => content.as_bytes().to_vec(),
        "base58" => base58_decode(content).ok()?,
        "hex" => hex_decode(content).ok()?,
        _ => return None,
    };
    (bytes.len() <= MAX_SEED_LEN).then_some(bytes)
}

fn args(kind: ActionKind, mut object: Object) -> Option<Args> {
    let args = match kind {
        ActionKind::Create => Args::Create {
            game_type: object.take("gameType").u8()?,
            seed: object.take("seed").decimal()?,
            entry_fee: object.take("entryFee").decimal()?,
            payment_method: object.take("paymentMethod").u8()?,
            match_type: object.take("matchType").u8()?,
            tournament_id: object.take("tournamentId").optional(Value::hex)?,
        },
        ActionKind::Join => Args::Join {
            entry_fee: object.take("entryFee").decimal()?,
            payment_method: object.take("paymentMethod").u8()?,
        },
        ActionKind::Start => Args::Start,
        ActionKind::End => Args::End {
            result: object.take("result").list(MAX_PLAYERS, share)?,
            match_hash: object.take("matchHash").optional(Value::hex)?,
            hot_url: object.take("hotUrl").optional(url)?,
        },
        ActionKind::Distribute => {
            Args::Distribute { result: object.take("result").list(MAX_PLAYERS, share)? }
        }
        ActionKind::Refund => Args::Refund {
            reason: object.take("reason").u8()?,
            abandoned_user_id: object.take("abandonedUserId").optional(user_id)?,
        },
        ActionKind::Deposit => Args::Deposit { lamports: object.take("lamports").decimal()? },
        ActionKind::Withdraw => Args::Withdraw { lamports: object.take("lamports").decimal()? },
        ActionKind::Anchor => Args::Anchor {
            root: object.take("root").hex()?,
            from: object.take("from").millis()?,
            to: object.take("to").millis()?,
        },
    };
    object.end()?;
    Some(args)
}

fn url(value: Value) -> Option<String> {
    value.string().filter(|url| url.len() <= MAX_URL_LEN)
}
