//! Accounts decoded into values of their own. Each decoder checks length and discriminator, then what it reads: text is
//! UTF-8, counts stay within their arrays, bools are 0 or 1. Padding is not looked at.

mod config;
mod escrow;
mod match_account;
mod registry;
mod user_deposit;

pub use config::{ConfigAccount, decode_config};
pub use escrow::{EscrowAccount, decode_escrow};
pub use match_account::{MatchAccount, decode_match};
pub use registry::{GameDefinition, RegistryAccount, decode_registry};
pub use user_deposit::{UserDepositAccount, decode_user_deposit};

use alloc::string::String;

use crate::error::CoreError;
use crate::layout::trim_nul;

/// NUL-padded text.
fn text(bytes: &[u8]) -> Result<String, CoreError> {
    match core::str::from_utf8(trim_nul(bytes)) {
        Ok(text) => Ok(String::from(text)),
        Err(_) => Err(CoreError::InvalidText),
    }
}

/// The value, unless it is all zero: how the layouts say "unset".
fn unless_zero<const LEN: usize>(value: [u8; LEN]) -> Option<[u8; LEN]> {
    value.iter().any(|byte| *byte != 0).then_some(value)
}

fn boolean(byte: u8) -> Result<bool, CoreError> {
    match byte {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(CoreError::InvalidAccount),
    }
}
