//! The formats as tables: one description of a struct serves to read its JSON, to write its Borsh, and to show Borsh as
//! JSON. Functions per format would say the same three times, and triple the `.wasm`.

use alloc::vec::Vec;

use crate::borsh::{Reader, put_bytes, put_len};
use crate::error::CoreError;
use crate::json::read::Value;
use crate::json::write::Writer;
use crate::text::{
    base58_decode, decimal, hex_decode, hex_encode, key_decode, key_encode, parse_decimal,
    parse_signed_decimal, signed_decimal, uuid_decode,
};

/// A named field, in the order of its bytes.
pub struct Field {
    pub name: &'static str,
    pub kind: Type,
}

/// What a value is, in JSON and in Borsh.
pub enum Type {
    /// A number.
    U8,
    /// A number.
    U16,
    /// Decimal text.
    U64,
    /// Decimal text.
    I64,
    /// u64: a number, or decimal text as every other u64.
    Millis,
    Bool,
    /// `String`.
    Text,
    /// `String` that fulfils a condition.
    TextIf(fn(&str) -> bool),
    /// `[u8; 32]`, base58.
    Key,
    /// `[u8; n]`, hex.
    Hex(usize),
    /// `[u8; 16]`, the usual text.
    Uuid,
    /// `Vec<u8>`, its spelling named before a colon: `utf8:`, `base58:` or `hex:`.
    Seed,
    /// Null or a value.
    Option(&'static Type),
    /// An option that must be null here.
    Never,
    /// An option that must have a value here.
    Always(&'static Type),
    /// `Vec` of at most so many.
    List(&'static Type, usize),
    Struct(&'static [Field]),
    /// A field that may be there and is not part of the bytes.
    Ignored,
}

/// The runtime's limit on one seed.
const MAX_SEED_LEN: usize = 32;

/// Appends the Borsh of an object: every field of it, and no other.
pub fn write_struct<'a>(
    value: &Value,
    fields: impl IntoIterator<Item = (&'a str, &'a Type)>,
    out: &mut Vec<u8>,
) -> Option<()> {
    let Value::Object(given) = value else { return None };
    let mut known = 0;
    for (name, kind) in fields {
        write(value.field(name), kind, out)?;
        known += usize::from(given.iter().any(|(given, _)| given == name));
    }
    (known == given.len()).then_some(())
}

/// The names and types of a table, as [`write_struct`] takes them.
pub fn pairs(fields: &[Field]) -> impl Iterator<Item = (&str, &Type)> {
    fields.iter().map(|field| (field.name, &field.kind))
}

/// Appends the Borsh of a value; `None` if the value is not of the type.
pub fn write(value: &Value, kind: &Type, out: &mut Vec<u8>) -> Option<()> {
    match kind {
        Type::U8 => out.push(number(value)?.try_into().ok()?),
        Type::U16 => out.extend_from_slice(&u16::try_from(number(value)?).ok()?.to_le_bytes()),
        Type::U64 => out.extend_from_slice(&parse_decimal(bytes(value)?)?.to_le_bytes()),
        Type::I64 => out.extend_from_slice(&parse_signed_decimal(bytes(value)?)?.to_le_bytes()),
        Type::Millis => {
            let millis = number(value).or_else(|| parse_decimal(bytes(value)?))?;
            out.extend_from_slice(&millis.to_le_bytes());
        }
        Type::Bool => match value {
            Value::Bool(value) => out.push(u8::from(*value)),
            _ => return None,
        },
        Type::Text => put_bytes(out, bytes(value)?)?,
        Type::TextIf(holds) => {
            let text = value.as_str().filter(|text| holds(text))?;
            put_bytes(out, text.as_bytes())?;
        }
        Type::Key => out.extend_from_slice(&key_decode(value.as_str()?).ok()?),
        Type::Hex(len) => {
            let bytes = hex_decode(value.as_str()?).ok().filter(|bytes| bytes.len() == *len)?;
            out.extend_from_slice(&bytes);
        }
        Type::Uuid => out.extend_from_slice(&uuid_decode(value.as_str()?)?),
        Type::Seed => put_bytes(out, &seed(value.as_str()?)?)?,
        Type::Option(_) | Type::Never if *value == Value::Null => out.push(0),
        Type::Option(kind) | Type::Always(kind) => {
            out.push(1);
            write(value, kind, out)?;
        }
        Type::Never => return None,
        Type::List(kind, max) => {
            let Value::Array(values) = value else { return None };
            (values.len() <= *max).then_some(())?;
            put_len(out, values.len())?;
            return values.iter().try_for_each(|value| write(value, kind, out));
        }
        Type::Struct(fields) => write_struct(value, pairs(fields), out)?,
        Type::Ignored => {}
    }
    Some(())
}

fn number(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => Some(*number),
        _ => None,
    }
}

fn bytes(value: &Value) -> Option<&[u8]> {
    value.as_str().map(str::as_bytes)
}

fn seed(text: &str) -> Option<Vec<u8>> {
    let (spelling, content) = text.split_once(':')?;
    let bytes = match spelling {
        "utf8" => Vec::from(content),
        "base58" => base58_decode(content).ok()?,
        "hex" => hex_decode(content).ok()?,
        _ => return None,
    };
    (bytes.len() <= MAX_SEED_LEN).then_some(bytes)
}

/// Shows the next fields of `r`, without the braces.
///
/// # Errors
/// `undecodable`.
pub fn show_fields(r: &mut Reader<'_>, fields: &[Field], out: &mut Writer) -> Result<(), CoreError> {
    for field in fields {
        out.name(field.name);
        show(r, &field.kind, out)?;
    }
    Ok(())
}

/// Shows the next value of `r`. A list is as long as it says: the chain's own limits are not the mirror's.
fn show(r: &mut Reader<'_>, kind: &Type, out: &mut Writer) -> Result<(), CoreError> {
    match kind {
        Type::U8 => out.number(r.value::<u8>()?.into()),
        Type::U16 => out.number(r.value::<u16>()?.into()),
        Type::U64 => out.text(&decimal(r.value()?)),
        Type::I64 => out.text(&signed_decimal(r.value()?)),
        Type::Bool => out.boolean(r.boolean()?),
        Type::Text => out.text(r.string()?),
        Type::Key => out.text(&key_encode(&r.value()?)),
        Type::Hex(len) => out.text(&hex_encode(r.take(*len)?)),
        Type::Option(kind) => {
            if r.boolean()? {
                return show(r, kind, out);
            }
            out.null();
        }
        Type::List(kind, _) => {
            out.open('[');
            for _ in 0..r.value::<u32>()? {
                show(r, kind, out)?;
            }
            out.close(']');
        }
        Type::Struct(fields) => {
            out.open('{');
            show_fields(r, fields, out)?;
            out.close('}');
        }
        // Only pending actions have these, and an action is never read from its bytes.
        Type::Millis | Type::TextIf(_) | Type::Uuid | Type::Seed => {
            return Err(CoreError::Undecodable);
        }
        Type::Never | Type::Always(_) | Type::Ignored => return Err(CoreError::Undecodable),
    }
    Ok(())
}
