//! The JSON that crosses the border to other languages: u64 as decimal text, keys as base58, hashes as hex.

pub mod read;
pub mod write;
