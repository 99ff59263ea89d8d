//! Reading JSON strictly, since what is hashed must be what was written. Refused are duplicate keys, numbers that are
//! not whole or leave JavaScript's exact range, depth, and anything after the value.

use alloc::string::String;
use alloc::vec::Vec;

use crate::text::parse_decimal;

/// No format nests deeper than an action: object, seeds, PDA, list.
const MAX_DEPTH: u8 = 6;
/// No format has so many fields; looking for a duplicate takes the square of it.
const MAX_FIELDS: usize = 32;
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
    Object(Vec<(String, Value)>),
}

impl Value {
    /// The named field of an object; a missing one is a null.
    #[must_use]
    pub fn field(&self, name: &str) -> &Self {
        let Self::Object(fields) = self else { return &Self::Null };
        fields.iter().find(|(key, _)| key == name).map_or(&Self::Null, |(_, value)| value)
    }

    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// Elements of a list, 0 of anything else.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Array(values) => values.len(),
            _ => 0,
        }
    }
}

/// Reads one value that fills the whole text; `None` if it is not one.
#[must_use]
pub fn parse(text: &str) -> Option<Value> {
    let mut parser = Parser { rest: text.as_bytes() };
    let value = parser.value(MAX_DEPTH)?;
    parser.space();
    parser.rest.is_empty().then_some(value)
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
        let found = self.rest.first() == Some(&byte);
        if found {
            self.next();
        }
        found
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
        // A sign, a fraction or an exponent is left in `rest`, where no comma or bracket is found.
        let value = parse_decimal(number)?;
        (value <= MAX_NUMBER).then_some(Value::Number(value))
    }

    fn array(&mut self, depth: u8) -> Option<Value> {
        self.next()?;
        let mut values = Vec::new();
        while !self.eat(b']') {
            if !values.is_empty() {
                self.eat(b',').then_some(())?;
            }
            values.push(self.value(depth)?);
        }
        Some(Value::Array(values))
    }

    fn object(&mut self, depth: u8) -> Option<Value> {
        self.next()?;
        let mut fields: Vec<(String, Value)> = Vec::new();
        while !self.eat(b'}') {
            if !fields.is_empty() {
                self.eat(b',').then_some(())?;
                self.space();
            }
            let name = self.string()?;
            let duplicate = fields.iter().any(|(known, _)| *known == name);
            (self.eat(b':') && !duplicate && fields.len() < MAX_FIELDS).then_some(())?;
            fields.push((name, self.value(depth)?));
        }
        Some(Value::Object(fields))
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
        let low = self.hex4()?.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
        char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + low)
    }

    fn hex4(&mut self) -> Option<u32> {
        (0..4).try_fold(0, |value, _| Some(value << 4 | char::from(self.next()?).to_digit(16)?))
    }
}
