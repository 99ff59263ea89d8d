//! The hash chain of an object's journal (formats: Journal).

use crate::hash::tagged;

/// `prev` of the first entry of the object with this name.
#[must_use]
pub fn journal_genesis(object_name: &str) -> [u8; 32] {
    tagged("money-match/journal-genesis/v1", &[object_name.as_bytes()])
}

/// The hash of an entry, over its text exactly as it is stored: no canonical form is needed.
#[must_use]
pub fn journal_hash(prev: &[u8; 32], entry: &str) -> [u8; 32] {
    tagged("money-match/journal/v1", &[prev, entry.as_bytes()])
}
