//! SHA-256 with a tag, so that bytes of one type never hash like bytes of another (formats).

use sha2::{Digest, Sha256};

/// Plain SHA-256.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    joined(&[bytes])
}

/// SHA-256 of parts, joined as they are.
#[must_use]
pub fn joined(parts: &[&[u8]]) -> [u8; 32] {
    digest(&[], parts)
}

/// `SHA-256(tag as ASCII ‖ 0x00 ‖ parts)`; the parts are joined as they are.
#[must_use]
pub fn tagged(tag: &str, parts: &[&[u8]]) -> [u8; 32] {
    digest(&[tag.as_bytes(), &[0]], parts)
}

// The one place that hashes: each copy of the hasher is 800 bytes of `.wasm`.
fn digest(head: &[&[u8]], parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in head.iter().chain(parts) {
        hasher.update(part);
    }
    hasher.finalize().into()
}
