//! Writes answers into a slice.

use money_match_core::layout::Value;

/// The slice has no room left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

/// Appends to a slice, in Borsh's spelling.
pub struct Writer<'a> {
    buffer: &'a mut [u8],
    len: usize,
}

impl<'a> Writer<'a> {
    pub fn new(buffer: &'a mut [u8]) -> Self {
        Self { buffer, len: 0 }
    }

    /// How much was written.
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Forgets what was written from `len` on.
    pub fn rewind(&mut self, len: usize) {
        self.len = len.min(self.len);
    }

    /// The next `count` bytes, to be filled.
    fn next(&mut self, count: usize) -> Result<&mut [u8], Full> {
        let start = self.len;
        self.len = start.checked_add(count).ok_or(Full)?;
        self.buffer.get_mut(start..self.len).ok_or(Full)
    }

    pub fn bytes(&mut self, bytes: &[u8]) -> Result<(), Full> {
        self.next(bytes.len())?.copy_from_slice(bytes);
        Ok(())
    }

    pub fn byte(&mut self, byte: u8) -> Result<(), Full> {
        self.bytes(&[byte])
    }

    /// An integer or a fixed array.
    pub fn value<T: Value>(&mut self, value: &T) -> Result<(), Full> {
        value.write(self.next(T::LEN)?);
        Ok(())
    }

    /// A length and as many bytes: `Vec<u8>` or `String`.
    pub fn list(&mut self, bytes: &[u8]) -> Result<(), Full> {
        self.value(&(bytes.len() as u32))?;
        self.bytes(bytes)
    }

    /// `Option<T>`.
    pub fn option<T>(
        &mut self,
        value: Option<T>,
        write: impl FnOnce(&mut Self, T) -> Result<(), Full>,
    ) -> Result<(), Full> {
        self.byte(value.is_some().into())?;
        value.map_or(Ok(()), |value| write(self, value))
    }

    /// `Option` of an integer or a fixed array.
    pub fn optional<T: Value>(&mut self, value: Option<T>) -> Result<(), Full> {
        self.option(value, |out, value| out.value(&value))
    }

    /// What `write` writes, after its length.
    pub fn framed(&mut self, write: impl FnOnce(&mut Self) -> Result<(), Full>) -> Result<(), Full> {
        let start = self.len;
        self.value(&0u32)?;
        let body = self.len;
        write(self)?;
        let end = self.len;
        self.len = start;
        self.value(&((end - body) as u32))?;
        self.len = end;
        Ok(())
    }
}
