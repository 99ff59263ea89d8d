//! Texts that stand for bytes and numbers: base58, hex, decimals, UUIDs. Each value has exactly one spelling; every
//! other is refused, so that equal texts and equal values are the same thing. No `core::fmt`: it would double the `.wasm`.

use alloc::string::String;
use alloc::vec::Vec;

use crate::error::CoreError;

/// Base58 works in the square of the length; this is the longest transaction there is (v1), the largest thing spelt so.
pub const MAX_BASE58_BYTES: usize = 4096;
/// 4096 bytes take at most so many characters: `ceil(4096 * ln 256 / ln 58)`.
const MAX_BASE58_CHARS: usize = 5594;

const HEX: &[u8; 16] = b"0123456789abcdef";

/// # Errors
/// `bad_length` above [`MAX_BASE58_BYTES`].
pub fn base58_encode(bytes: &[u8]) -> Result<String, CoreError> {
    if bytes.len() > MAX_BASE58_BYTES {
        return Err(CoreError::BadLength);
    }
    Ok(bs58::encode(bytes).into_string())
}

/// # Errors
/// `invalid_base58`, also above [`MAX_BASE58_BYTES`].
pub fn base58_decode(text: &str) -> Result<Vec<u8>, CoreError> {
    if text.len() > MAX_BASE58_CHARS {
        return Err(CoreError::InvalidBase58);
    }
    // Leading ones are zero bytes, one each: of them so many characters are too many bytes.
    let bytes = bs58::decode(text).into_vec().ok().filter(|bytes| bytes.len() <= MAX_BASE58_BYTES);
    bytes.ok_or(CoreError::InvalidBase58)
}

/// A key, address or genesis hash: exactly 32 bytes.
///
/// # Errors
/// `invalid_base58`.
pub fn key_decode(text: &str) -> Result<[u8; 32], CoreError> {
    // 44 characters hold any 32 bytes; more cannot be 32 bytes.
    if text.len() > 44 {
        return Err(CoreError::InvalidBase58);
    }
    base58_decode(text)?.try_into().map_err(|_| CoreError::InvalidBase58)
}

/// The base58 of a key.
#[must_use]
pub fn key_encode(key: &[u8; 32]) -> String {
    bs58::encode(key).into_string()
}

pub(crate) fn push_hex(out: &mut String, byte: u8) {
    for nibble in [byte >> 4, byte & 15] {
        out.push(char::from(HEX.get(usize::from(nibble)).copied().unwrap_or(b'0')));
    }
}

/// Lower-case hex.
#[must_use]
pub fn hex_encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        push_hex(&mut out, *byte);
    }
    out
}

fn nibble(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'f' => Some(character - b'a' + 10),
        _ => None,
    }
}

/// Lower-case hex of any length.
///
/// # Errors
/// `invalid_hex`.
pub fn hex_decode(text: &str) -> Result<Vec<u8>, CoreError> {
    let (pairs, odd) = text.as_bytes().as_chunks::<2>();
    if !odd.is_empty() {
        return Err(CoreError::InvalidHex);
    }
    pairs
        .iter()
        .map(|[high, low]| Some(nibble(*high)? << 4 | nibble(*low)?))
        .collect::<Option<_>>()
        .ok_or(CoreError::InvalidHex)
}

/// Lower-case hex of exactly `LEN` bytes.
///
/// # Errors
/// `invalid_hex`.
pub fn hex_array<const LEN: usize>(text: &str) -> Result<[u8; LEN], CoreError> {
    hex_decode(text)?.try_into().map_err(|_| CoreError::InvalidHex)
}

/// The decimal digits of a number.
#[must_use]
pub fn decimal(value: u64) -> String {
    let mut digits = Vec::with_capacity(20);
    let mut rest = value;
    loop {
        digits.push(char::from(b'0' + (rest % 10) as u8));
        rest /= 10;
        if rest == 0 {
            return digits.iter().rev().collect();
        }
    }
}

/// The decimal digits of a signed number.
#[must_use]
pub fn signed_decimal(value: i64) -> String {
    let mut out = String::new();
    if value < 0 {
        out.push('-');
    }
    out.push_str(&decimal(value.unsigned_abs()));
    out
}

/// ASCII decimal digits, without sign or leading zero.
#[must_use]
pub fn parse_decimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || (digits.len() > 1 && digits.starts_with(b"0")) {
        return None;
    }
    digits.iter().try_fold(0_u64, |value, digit| {
        let digit = digit.checked_sub(b'0').filter(|digit| *digit < 10)?;
        value.checked_mul(10)?.checked_add(u64::from(digit))
    })
}

/// As [`parse_decimal`], with a minus sign before what is below zero.
#[must_use]
pub fn parse_signed_decimal(text: &[u8]) -> Option<i64> {
    match text.strip_prefix(b"-") {
        None => i64::try_from(parse_decimal(text)?).ok(),
        Some(digits) => 0_i64.checked_sub_unsigned(parse_decimal(digits).filter(|value| *value != 0)?),
    }
}

/// Where the hyphens of a UUID's usual text stand, counted in the bytes before them.
const HYPHENS: [usize; 4] = [4, 6, 8, 10];

/// The usual text of a UUID, in lower case.
#[must_use]
pub fn uuid_encode(uuid: &[u8; 16]) -> String {
    let mut out = String::with_capacity(36);
    for (index, byte) in uuid.iter().enumerate() {
        if HYPHENS.contains(&index) {
            out.push('-');
        }
        push_hex(&mut out, *byte);
    }
    out
}

/// Exactly the text that [`uuid_encode`] makes.
#[must_use]
pub fn uuid_decode(text: &str) -> Option<[u8; 16]> {
    let digits: String = text.chars().filter(|character| *character != '-').collect();
    let uuid = hex_array(&digits).ok()?;
    (uuid_encode(&uuid) == text).then_some(uuid)
}
