//! SHA-256 with a tag, so that bytes of one type never hash like bytes of another (formats).

use sha2::{Digest, Sha256};

/// Plain SHA-256.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// `SHA-256(tag as ASCII ‖ 0x00 ‖ parts)`; the parts are joined as they are.
#[must_use]
pub fn tagged(tag: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(tag.as_bytes());
    hasher.update([0]);
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}
