//! Borsh, as far as the formats use it (interface, section 1.3): little-endian integers, a `u32` length before a string
//! or a vector, one byte before an option. Without alloc, since the on-chain program reads its arguments with it.

use crate::error::CoreError;
use crate::layout::Value;

/// Reads values from the front of a slice. Every failure is `undecodable`, and nothing is ever read beyond the end.
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// What has not been read yet.
    #[must_use]
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next `count` bytes.
    ///
    /// # Errors
    /// `undecodable` when fewer are left; so for all that follow.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], CoreError> {
        let (head, rest) = self.rest.split_at_checked(count).ok_or(CoreError::Undecodable)?;
        self.rest = rest;
        Ok(head)
    }

    /// An integer or a fixed array.
    pub fn value<T: Value>(&mut self) -> Result<T, CoreError> {
        self.take(T::LEN).map(T::read)
    }

    /// A bool is 0 or 1, nothing else.
    pub fn boolean(&mut self) -> Result<bool, CoreError> {
        match self.value::<u8>()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(CoreError::Undecodable),
        }
    }

    /// `Vec<u8>`.
    pub fn bytes(&mut self) -> Result<&'a [u8], CoreError> {
        let count = self.value::<u32>()?;
        self.take(count as usize)
    }

    /// `String`: UTF-8, or it is refused as the program refuses it.
    pub fn string(&mut self) -> Result<&'a str, CoreError> {
        core::str::from_utf8(self.bytes()?).map_err(|_| CoreError::Undecodable)
    }

    /// `Vec<u64>`, left where it is.
    pub fn amounts(&mut self) -> Result<Amounts<'a>, CoreError> {
        let count = self.value::<u32>()? as usize;
        // Before multiplying: the count is the sender's word.
        if count > self.rest.len() / 8 {
            return Err(CoreError::Undecodable);
        }
        Ok(Amounts(self.take(count * 8)?.as_chunks().0))
    }

    /// `Option<T>`: a bool, then what `read` reads.
    pub fn option<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, CoreError>,
    ) -> Result<Option<T>, CoreError> {
        if self.boolean()? { read(self).map(Some) } else { Ok(None) }
    }
}

/// Amounts in their encoded form: u64, little-endian, unaligned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amounts<'a>(pub &'a [[u8; 8]]);

impl<'a> Amounts<'a> {
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    #[must_use]
    pub fn get(&self, index: usize) -> Option<u64> {
        self.0.get(index).map(|bytes| u64::from_le_bytes(*bytes))
    }
    pub fn iter(&self) -> impl Iterator<Item = u64> + use<'a> {
        self.0.iter().map(|bytes| u64::from_le_bytes(*bytes))
    }
}

/// Appends the length that goes before a vector or a string.
#[cfg(feature = "alloc")]
pub fn put_len(out: &mut alloc::vec::Vec<u8>, len: usize) -> Option<()> {
    out.extend_from_slice(&u32::try_from(len).ok()?.to_le_bytes());
    Some(())
}

/// Appends a `Vec<u8>` or a `String`.
#[cfg(feature = "alloc")]
pub fn put_bytes(out: &mut alloc::vec::Vec<u8>, bytes: &[u8]) -> Option<()> {
    put_len(out, bytes.len())?;
    out.extend_from_slice(bytes);
    Some(())
}
