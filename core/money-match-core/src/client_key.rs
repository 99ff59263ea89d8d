//! Client keys of the mirror's own actions: derived, so that an object that wakes again makes the same one
//! (formats: PendingAction).

use alloc::string::String;

use crate::error::CoreError;
use crate::hash::tagged;
use crate::pending_action::kind_number;
use crate::text::{key_decode, uuid_encode};

/// UUIDv8 over the origin, the kind and `n`, which counts this kind of action of this origin from 0.
///
/// The origin of an action is its match: PDA (base58) and `created_at` (Unix seconds), since a closed match's address
/// may be used again (H-13). The origin of an `anchor` is the directory shard's object name alone.
///
/// # Errors
/// `invalid_client_key` for an unknown kind, an empty name, or an address that is none.
pub fn client_key(origin: &str, created_at: i64, kind: &str, n: u32) -> Result<String, CoreError> {
    let number = [kind_number(kind).ok_or(CoreError::InvalidClientKey)?];
    let n = n.to_le_bytes();
    let hash = if kind != "anchor" {
        let pda = key_decode(origin).map_err(|_| CoreError::InvalidClientKey)?;
        derive(&[&pda, &created_at.to_le_bytes(), &number, &n])
    } else if origin.is_empty() {
        return Err(CoreError::InvalidClientKey);
    } else {
        derive(&[origin.as_bytes(), &number, &n])
    };
    let mut uuid = [0; 16];
    uuid.copy_from_slice(&hash[..16]);
    // RFC 9562: version 8 in the high half of byte 6, variant 10 in the high bits of byte 8.
    uuid[6] = uuid[6] & 0x0f | 0x80;
    uuid[8] = uuid[8] & 0x3f | 0x80;
    Ok(uuid_encode(&uuid))
}

fn derive(parts: &[&[u8]]) -> [u8; 32] {
    tagged("money-match/client-key/v1", parts)
}
