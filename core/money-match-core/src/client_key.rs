//! Client keys of the mirror's own actions: derived, so that an object that wakes again makes the same one
//! (formats: PendingAction).

use crate::error::CoreError;
use crate::hash::tagged;
use crate::pending_action::ActionKind;
use crate::text::key_decode;

/// What an own action belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin<'a> {
    /// A match is its PDA with `created_at`: a closed match's address may be used again (H-13).
    Match { pda: [u8; 32], created_at: i64 },
    /// An anchor belongs to a directory shard.
    Object { name: &'a str },
}

impl<'a> Origin<'a> {
    /// The origin that the kind asks for: for `anchor` the text is an object name, else a match address.
    ///
    /// # Errors
    /// `invalid_client_key` for an empty name or an address that is none.
    pub fn of(kind: ActionKind, text: &'a str, created_at: i64) -> Result<Self, CoreError> {
        if kind != ActionKind::Anchor {
            let pda = key_decode(text).map_err(|_| CoreError::InvalidClientKey)?;
            return Ok(Self::Match { pda, created_at });
        }
        if text.is_empty() { Err(CoreError::InvalidClientKey) } else { Ok(Self::Object { name: text }) }
    }
}

/// UUIDv8 over the origin, the kind and `n`, which counts this kind of action of this origin from 0.
#[must_use]
pub fn client_key(origin: Origin<'_>, kind: ActionKind, n: u32) -> [u8; 16] {
    let tail = (&[kind as u8], &n.to_le_bytes());
    let hash = match origin {
        Origin::Match { pda, created_at } => derive(&[&pda, &created_at.to_le_bytes(), tail.0, tail.1]),
        Origin::Object { name } => derive(&[name.as_bytes(), tail.0, tail.1]),
    };
    let mut uuid = [0; 16];
    for (byte, hashed) in uuid.iter_mut().zip(hash) {
        *byte = hashed;
    }
    // RFC 9562: version 8 in the high half of byte 6, variant 10 in the high bits of byte 8.
    uuid[6] = uuid[6] & 0x0f | 0x80;
    uuid[8] = uuid[8] & 0x3f | 0x80;
    uuid
}

fn derive(parts: &[&[u8]]) -> [u8; 32] {
    tagged("money-match/client-key/v1", parts)
}
