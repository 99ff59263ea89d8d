//! The JSON that crosses the border: read strictly, since what is hashed must be what was written. Refused are
//! duplicate keys, numbers that are not whole or leave JavaScript's exact range, depth, and anything after the value.

use alloc::string::String;
use alloc::vec::Vec;

use crate::text::{hex_array, key_decode, parse_decimal, parse_signed_decimal};

/// No format nests deeper than an action: object, args, result list, entry.
const MAX_DEPTH: u8 = 8;
/// `Number.MAX_SAFE_INTEGER`: beyond it two texts may mean one number.
const MAX_NUMBER: u64 = (1 << 53) - 1;

/// A JSON value. Negative numbers do not occur: i64 is decimal text.
#[derive(Debug, PartialEq, Eq)]
pub enum Value {
    Null,
    Bool(bool),
    Number(u64),
    String(String),
    Array(Vec<Value>),
    Object(Object),
}

/// Reads one value that fills the whole text; `None` if it is not one.
#[must_use]
pub fn parse(text: &str) -> Option<Value> {
    let mut parser = Parser { rest: text.as_bytes() };
    let value = parser.value(MAX_DEPTH)?;
    parser.space();
    parser.rest.is_empty().then_some(value)
}

/// Fields are taken out by name; what is left at the end is unknown, and a reason to refuse.
#[derive(Debug, PartialEq, Eq)]
pub struct Object(Vec<(String, Value)>);

impl Object {
    /// The field's value; a missing field is a null.
    pub fn take(&mut self, name: &str) -> Value {
        match self.0.iter().position(|(key, _)| key == name) {
            Some(index) => self.0.swap_remove(index).1,
            None => Value::Null,
        }
    }

    /// `None` if any field is left.
    #[must_use]
    pub fn end(self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}

/// Each takes the value as one type, or `None`.
impl Value {
    #[must_use]
    pub fn object(self) -> Option<Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }
    #[must_use]
    pub fn boolean(self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(value),
            _ => None,
        }
    }
    #[must_use]
    pub fn string(self) -> Option<String> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }
    #[must_use]
    pub fn number(self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(number),
            _ => None,
        }
    }
    #[must_use]
    pub fn u8(self) -> Option<u8> {
        self.number()?.try_into().ok()
    }
    #[must_use]
    pub fn u16(self) -> Option<u16> {
        self.number()?.try_into().ok()
    }
    /// u64 as decimal text: lamports and seeds.
    #[must_use]
    pub fn decimal(self) -> Option<u64> {
        parse_decimal(&self.string()?)
    }
    /// i64 as decimal text.
    #[must_use]
    pub fn signed_decimal(self) -> Option<i64> {
        parse_signed_decimal(&self.string()?)
    }
    /// Unix ms: a number, or decimal text like every other u64.
    #[must_use]
    pub fn millis(self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(number),
            other => other.decimal(),
        }
    }
    #[must_use]
    pub fn key(self) -> Option<[u8; 32]> {
        key_decode(&self.string()?).ok()
    }
    #[must_use]
    pub fn hex<const LEN: usize>(self) -> Option<[u8; LEN]> {
        hex_array(&self.string()?).ok()
    }
    /// Null, or what `read` reads.
    #[must_use]
    pub fn optional<T>(self, read: impl FnOnce(Self) -> Option<T>) -> Option<Option<T>> {
        match self {
            Self::Null => Some(None),
            other => read(other).map(Some),
        }
    }
    /// At most `max` values, each read by `read`.
    #[must_use]
    pub fn list<T>(self, max: usize, read: impl FnMut(Self) -> Option<T>) -> Option<Vec<T>> {
        match self {
            Self::Array(values) if values.len() <= max => values.into_iter().map(read).collect(),
            _ => None,
        }
    }
}

struct Parser<'a> {
    rest: &'a [u8],
}

impl Parser<'_> {
    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn space(&mut self) {
        while let Some((b' ' | b'\t' | b'\n' | b'\r', rest)) = self.rest.split_first() {
            self.rest = rest;
        }
    }

    /// Skips space, then takes `byte` if it comes next.
    fn eat(&mut self, byte: u8) -> bool {
        self.space();
        match self.rest.split_first() {
            Some((first, rest)) if *first == byte => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Option<Value> {
        self.rest = self.rest.strip_prefix(word.as_bytes())?;
        Some(value)
    }

    fn value(&mut self, depth: u8) -> Option<Value> {
        let depth = depth.checked_sub(1)?;
        self.space();
        match self.rest.first()? {
            b'n' => self.word("null", Value::Null),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'"' => self.string().map(Value::String),
            b'[' => self.array(depth),
            b'{' => self.object(depth),
            _ => self.number(),
        }
    }

    fn number(&mut self) -> Option<Value> {
        let digits = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (number, rest) = self.rest.split_at_checked(digits)?;
        self.rest = rest;
        // A fraction or an exponent is left in `rest`, where no comma or bracket is found.
        let value = parse_decimal(core::str::from_utf8(number).ok()?)?;
        (value <= MAX_NUMBER).then_some(Value::Number(value))
    }

    fn array(&mut self, depth: u8) -> Option<Value> {
        self.next()?;
        let mut values = Vec::new();
        if self.eat(b']') {
            return Some(Value::Array(values));
        }
        loop {
            values.push(self.value(depth)?);
            if self.eat(b']') {
                return Some(Value::Array(values));
            }
            self.eat(b',').then_some(())?;
        }
    }

    fn object(&mut self, depth: u8) -> Option<Value> {
        self.next()?;
        let mut fields: Vec<(String, Value)> = Vec::new();
        if self.eat(b'}') {
            return Some(Value::Object(Object(fields)));
        }
        loop {
            self.space();
            let name = self.string()?;
            self.eat(b':').then_some(())?;
            let value = self.value(depth)?;
            if fields.iter().any(|(known, _)| *known == name) {
                return None;
            }
            fields.push((name, value));
            if self.eat(b'}') {
                return Some(Value::Object(Object(fields)));
            }
            self.eat(b',').then_some(())?;
        }
    }

    fn string(&mut self) -> Option<String> {
        if self.next()? != b'"' {
            return None;
        }
        let mut bytes = Vec::new();
        loop {
            match self.next()? {
                b'"' => return String::from_utf8(bytes).ok(),
                b'\\' => {
                    let character = self.escape()?;
                    bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                }
                0..=0x1f => return None,
                byte => bytes.push(byte),
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        Some(match self.next()? {
            quoted @ (b'"' | b'\\' | b'/') => char::from(quoted),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode(),
            _ => return None,
        })
    }

    /// One UTF-16 unit, or a pair of surrogates; half a pair is no character, and is refused.
    fn unicode(&mut self) -> Option<char> {
        let unit = self.hex4()?;
        if !(0xd800..0xdc00).contains(&unit) {
            return char::from_u32(unit);
        }
        if (self.next()?, self.next()?) != (b'\\', b'u') {
            return None;
        }
        let low = self.hex4()?;
        if !(0xdc00..0xe000).contains(&low) {
            return None;
        }
        char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00))
    }

    fn hex4(&mut self) -> Option<u32> {
        (0..4).try_fold(0, |value, _| Some(value << 4 | char::from(self.next()?).to_digit(16)?))
    }
}
