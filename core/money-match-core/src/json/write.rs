//! Writing JSON.

use alloc::string::String;

use crate::text::{decimal, push_hex};

/// Writes one value after another; the commas come by themselves.
#[derive(Default)]
pub struct Writer {
    out: String,
}

impl Writer {
    #[must_use]
    pub fn finish(self) -> String {
        self.out
    }

    /// Before a name, and before an element of a list. A text ends with its quote, so a bracket at the end is one.
    fn separate(&mut self) {
        if !matches!(self.out.as_bytes().last(), None | Some(b'{' | b'[' | b':')) {
            self.out.push(',');
        }
    }

    pub fn open(&mut self, bracket: char) {
        self.separate();
        self.out.push(bracket);
    }

    pub fn close(&mut self, bracket: char) {
        self.out.push(bracket);
    }

    /// The name of the field whose value comes next: plain ASCII, our own.
    pub fn name(&mut self, name: &str) {
        self.text(name);
        self.out.push(':');
    }

    pub fn raw(&mut self, json: &str) {
        self.separate();
        self.out.push_str(json);
    }

    pub fn null(&mut self) {
        self.raw("null");
    }

    pub fn boolean(&mut self, value: bool) {
        self.raw(if value { "true" } else { "false" });
    }

    pub fn number(&mut self, value: u64) {
        self.raw(&decimal(value));
    }

    pub fn text(&mut self, text: &str) {
        self.separate();
        self.out.push('"');
        for character in text.chars() {
            match character {
                '"' | '\\' => {
                    self.out.push('\\');
                    self.out.push(character);
                }
                '\0'..='\u{1f}' => {
                    self.out.push_str("\\u00");
                    push_hex(&mut self.out, character as u8);
                }
                _ => self.out.push(character),
            }
        }
        self.out.push('"');
    }
}
