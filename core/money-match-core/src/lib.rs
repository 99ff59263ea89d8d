//! The arithmetic of money, the account layouts and the hashed bytes of a money match.
//!
//! Without features the crate is pure arithmetic and layouts: no alloc, no panics, no u128 and no `checked_mul`
//! (the SBF code generator supports neither), at most five arguments a function. The on-chain program links that much.
//! `native` and `wasm` add what the mirror and its clients need: hashes, texts, JSON.
#![no_std]
#![forbid(unsafe_op_in_unsafe_fn)]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "native")]
extern crate std;

pub mod borsh;
pub mod error;
pub mod fees;
pub mod instruction;
pub mod layout;
pub mod prizes;
mod product;
pub mod program_error;
pub mod refunds;
pub mod withdrawals;

#[cfg(feature = "alloc")]
pub mod accounts;
#[cfg(feature = "alloc")]
pub mod client_key;
#[cfg(feature = "alloc")]
pub mod hash;
#[cfg(feature = "alloc")]
pub mod instruction_json;
#[cfg(feature = "alloc")]
pub mod journal;
#[cfg(feature = "alloc")]
mod json;
#[cfg(feature = "alloc")]
pub mod match_state;
#[cfg(feature = "alloc")]
pub mod merkle;
#[cfg(feature = "alloc")]
pub mod pending_action;
#[cfg(feature = "alloc")]
mod schema;
#[cfg(feature = "alloc")]
pub mod text;
#[cfg(feature = "wasm")]
pub mod wasm;

pub use error::CoreError;
pub use fees::{FeeBreakdown, fee_breakdown};
pub use prizes::{PrizeDistribution, prize_distribution};
pub use refunds::{RefundBreakdown, RefundTerms, refund_breakdown};
pub use withdrawals::withdrawal_debit;

/// Program id declared by the interface, section 1: `7eWx3H8bXMif7SDyPS1j5LZw1yUGDNZY592WzEKNf696`.
pub const PROGRAM_ID: [u8; 32] = [
    0x62, 0xc2, 0x79, 0x91, 0xf0, 0x0d, 0xac, 0xdc, 0xf4, 0x97, 0xcc, 0x21, 0x03, 0x26, 0x6a, 0x22, 0xc8,
    0x9e, 0x7b, 0x3a, 0x7d, 0xfe, 0xc6, 0x7f, 0xcb, 0xb6, 0x85, 0x24, 0xa3, 0x42, 0xeb, 0xc9,
];

/// Seats of a match, and so the entries of every per-player array (interface, section 2.1).
pub const MAX_PLAYERS: usize = 10;

/// Rises whenever an exported function, a JSON spelling or an error code is added or changes its meaning.
pub const ABI_VERSION: u32 = 2;

/// The version of the boundary that this build speaks; callers compare it before the first call.
#[must_use]
pub const fn abi_version() -> u32 {
    ABI_VERSION
}

/// The snippets of the documentation are compiled and run as tests.
#[cfg(all(doctest, feature = "native"))]
mod documentation {
    #[doc = include_str!("../README.md")]
    struct Readme;
    #[doc = include_str!("../../../docs/consuming-the-wasm.md")]
    struct ConsumingTheWasm;
}
