//! A field of an account with its spelling in JSON.

use crate::error::CoreError;
use crate::json::write::Writer;
use crate::layout::{Field, Value, escrow, trim_nul};
use crate::text::{decimal, hex_encode, key_encode, signed_decimal};

/// One field of an account, under its name in JSON.
pub(super) struct Item {
    name: &'static str,
    offset: usize,
    kind: Kind,
}

/// How the bytes at an offset are spelt.
pub(super) enum Kind {
    U8,
    U16,
    U32,
    /// Decimal text.
    U64,
    /// Decimal text.
    I64,
    /// Base58.
    Key,
    /// So many bytes, NUL-padded.
    Text(usize),
    /// As `Text`; null if all zero.
    TextOrNull(usize),
    /// Hex; null if all zero.
    HexOrNull(usize),
    /// A byte, 0 or 1.
    Bool,
    /// One bit of a byte.
    Bit(u8),
    /// Bits of the escrow's status byte.
    Reason,
    /// A byte; null if 255.
    Slot,
}

/// How a field of this type is spelt, where the type alone tells.
pub(super) trait Spelt: Value {
    const KIND: Kind;
}
impl Spelt for u8 {
    const KIND: Kind = Kind::U8;
}
impl Spelt for u16 {
    const KIND: Kind = Kind::U16;
}
impl Spelt for u32 {
    const KIND: Kind = Kind::U32;
}
impl Spelt for u64 {
    const KIND: Kind = Kind::U64;
}
impl Spelt for i64 {
    const KIND: Kind = Kind::I64;
}
impl Spelt for [u8; 32] {
    const KIND: Kind = Kind::Key;
}

/// A field whose type tells its spelling.
pub(super) const fn item<T: Spelt, const SIZE: usize, const OFFSET: usize>(
    name: &'static str,
    _: &Field<T, SIZE, OFFSET>,
) -> Item {
    Item { name, offset: OFFSET, kind: T::KIND }
}

/// A field with a spelling of its own.
pub(super) const fn spelt<T: Value, const SIZE: usize, const OFFSET: usize>(
    name: &'static str,
    _: &Field<T, SIZE, OFFSET>,
    kind: Kind,
) -> Item {
    Item { name, offset: OFFSET, kind }
}

/// NUL-padded text.
pub(super) const fn text<const LEN: usize, const SIZE: usize, const OFFSET: usize>(
    name: &'static str,
    _: &Field<[u8; LEN], SIZE, OFFSET>,
) -> Item {
    Item { name, offset: OFFSET, kind: Kind::Text(LEN) }
}

/// NUL-padded text, null while it is empty.
pub(super) const fn text_or_null<const LEN: usize, const SIZE: usize, const OFFSET: usize>(
    name: &'static str,
    _: &Field<[u8; LEN], SIZE, OFFSET>,
) -> Item {
    Item { name, offset: OFFSET, kind: Kind::TextOrNull(LEN) }
}

/// Hex, null while it is all zero.
pub(super) const fn hex_or_null<const LEN: usize, const SIZE: usize, const OFFSET: usize>(
    name: &'static str,
    _: &Field<[u8; LEN], SIZE, OFFSET>,
) -> Item {
    Item { name, offset: OFFSET, kind: Kind::HexOrNull(LEN) }
}

/// Shows the items of an account's bytes, without the braces.
///
/// # Errors
/// `invalid_text`, `invalid_account`.
pub(super) fn show(data: &[u8], items: &[Item], out: &mut Writer) -> Result<(), CoreError> {
    for Item { name, offset, kind } in items {
        out.name(name);
        let byte = u8::read(bytes(data, *offset, 1));
        match kind {
            Kind::U8 => out.number(byte.into()),
            Kind::U16 => out.number(u16::read(bytes(data, *offset, 2)).into()),
            Kind::U32 => out.number(u32::read(bytes(data, *offset, 4)).into()),
            Kind::U64 => out.text(&decimal(u64::read(bytes(data, *offset, 8)))),
            Kind::I64 => out.text(&signed_decimal(i64::read(bytes(data, *offset, 8)))),
            Kind::Key => out.text(&key_encode(&Value::read(bytes(data, *offset, 32)))),
            Kind::Text(len) => out.text(text_at(data, *offset, *len)?),
            Kind::TextOrNull(len) => match text_at(data, *offset, *len)? {
                "" => out.null(),
                text => out.text(text),
            },
            Kind::HexOrNull(len) => match bytes(data, *offset, *len) {
                unset if trim_nul(unset).is_empty() => out.null(),
                bytes => out.text(&hex_encode(bytes)),
            },
            Kind::Bool if byte > 1 => return Err(CoreError::InvalidAccount),
            Kind::Bool => out.boolean(byte == 1),
            Kind::Bit(bit) => out.boolean(byte & bit != 0),
            Kind::Reason => out.number(escrow::status::reason(byte).into()),
            Kind::Slot if byte == escrow::NOT_ABANDONED => out.null(),
            Kind::Slot => out.number(byte.into()),
        }
    }
    Ok(())
}

/// The layouts are checked when they are compiled, so these bytes are always there.
fn bytes(data: &[u8], offset: usize, len: usize) -> &[u8] {
    data.get(offset..).and_then(|rest| rest.get(..len)).unwrap_or(&[])
}

/// NUL-padded text at an offset.
pub(super) fn text_at(data: &[u8], offset: usize, len: usize) -> Result<&str, CoreError> {
    core::str::from_utf8(trim_nul(bytes(data, offset, len))).map_err(|_| CoreError::InvalidText)
}
