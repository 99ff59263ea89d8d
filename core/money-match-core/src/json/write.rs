//! Writing JSON, one object at a time.

use alloc::string::String;

use crate::text::{decimal, hex_encode, key_encode, signed_decimal};

/// Writes one object, field by field.
pub struct ObjectWriter {
    out: String,
}

impl Default for ObjectWriter {
    fn default() -> Self {
        Self { out: String::from("{") }
    }
}

/// Each adds one field, the names being plain ASCII of our own.
impl ObjectWriter {
    #[must_use]
    pub fn raw(mut self, name: &str, json: &str) -> Self {
        if self.out.len() > 1 {
            self.out.push(',');
        }
        push_string(&mut self.out, name);
        self.out.push(':');
        self.out.push_str(json);
        self
    }
    #[must_use]
    pub fn text(self, name: &str, text: &str) -> Self {
        let mut json = String::new();
        push_string(&mut json, text);
        self.raw(name, &json)
    }
    #[must_use]
    pub fn number(self, name: &str, value: impl Into<u64>) -> Self {
        let digits = decimal(value.into());
        self.raw(name, &digits)
    }
    /// u64 as decimal text.
    #[must_use]
    pub fn decimal(self, name: &str, value: u64) -> Self {
        self.text(name, &decimal(value))
    }
    /// i64 as decimal text.
    #[must_use]
    pub fn signed_decimal(self, name: &str, value: i64) -> Self {
        self.text(name, &signed_decimal(value))
    }
    #[must_use]
    pub fn boolean(self, name: &str, value: bool) -> Self {
        self.raw(name, if value { "true" } else { "false" })
    }
    #[must_use]
    pub fn key(self, name: &str, key: &[u8; 32]) -> Self {
        self.text(name, &key_encode(key))
    }
    /// Null, or what `write` writes.
    #[must_use]
    pub fn optional<T>(
        self,
        name: &str,
        value: Option<T>,
        write: impl FnOnce(Self, &str, T) -> Self,
    ) -> Self {
        match value {
            None => self.raw(name, "null"),
            Some(value) => write(self, name, value),
        }
    }
    /// A list, each item written by `write`.
    #[must_use]
    pub fn list<T>(
        self,
        name: &str,
        items: impl IntoIterator<Item = T>,
        write: impl Fn(&mut String, T),
    ) -> Self {
        let mut json = String::from("[");
        for item in items {
            if json.len() > 1 {
                json.push(',');
            }
            write(&mut json, item);
        }
        json.push(']');
        self.raw(name, &json)
    }
    #[must_use]
    pub fn end(mut self) -> String {
        self.out.push('}');
        self.out
    }
}

/// Appends a JSON string.
pub fn push_string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                out.push('\\');
                out.push(character);
            }
            '\0'..='\u{1f}' => {
                out.push_str("\\u00");
                out.push_str(&hex_encode(&[character as u8]));
            }
            _ => out.push(character),
        }
    }
    out.push('"');
}

/// Appends decimal text, quoted.
pub fn push_decimal(out: &mut String, value: u64) {
    push_string(out, &decimal(value));
}
