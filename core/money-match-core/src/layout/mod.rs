//! Account bytes, field by field (interface, section 2). Offsets include the 8-byte discriminator.
//!
//! A field knows the size of its account, so a field of one account cannot read the bytes of another, and that it lies
//! within the account is checked when the code is compiled: reading and writing cannot fail or panic.

pub mod config;
pub mod escrow;
pub mod match_account;
pub mod registry;
pub mod user_deposit;

use crate::error::CoreError;

/// Length of the discriminator that every account begins with.
pub const DISCRIMINATOR_LEN: usize = 8;

/// PDA seeds (interface, section 3).
pub mod seed {
    pub const MATCH: &[u8] = b"m";
    pub const ESCROW: &[u8] = b"escrow";
    pub const USER_DEPOSIT: &[u8] = b"user_deposit";
    pub const CONFIG: &[u8] = b"config_account";
    pub const REGISTRY: &[u8] = b"game_registry";
    /// Only so many characters of a match id take part in its address (H-14).
    pub const MATCH_ID_PREFIX_LEN: usize = 31;
}

/// A value of fixed size, little-endian.
pub trait Value: Sized {
    const LEN: usize;
    /// `bytes` has `LEN` bytes.
    fn read(bytes: &[u8]) -> Self;
    /// `bytes` has `LEN` bytes.
    fn write(&self, bytes: &mut [u8]);
}

macro_rules! integer {
    ($($type:ty),*) => {$(
        impl Value for $type {
            const LEN: usize = size_of::<$type>();
            #[inline(always)]
            fn read(bytes: &[u8]) -> Self {
                Self::from_le_bytes(Value::read(bytes))
            }
            #[inline(always)]
            fn write(&self, bytes: &mut [u8]) {
                self.to_le_bytes().write(bytes);
            }
        }
    )*};
}
integer!(u8, u16, u32, u64, i64);

impl<const LEN: usize> Value for [u8; LEN] {
    const LEN: usize = LEN;
    #[inline(always)]
    fn read(bytes: &[u8]) -> Self {
        bytes.first_chunk().copied().unwrap_or([0; LEN])
    }
    #[inline(always)]
    fn write(&self, bytes: &mut [u8]) {
        if let Some(target) = bytes.first_chunk_mut() {
            *target = *self;
        }
    }
}

/// One field of an account of `SIZE` bytes.
pub struct Field<T, const SIZE: usize, const OFFSET: usize>(core::marker::PhantomData<T>);

impl<T: Value, const SIZE: usize, const OFFSET: usize> Field<T, SIZE, OFFSET> {
    pub(crate) const NEW: Self = {
        assert!(OFFSET + T::LEN <= SIZE);
        Self(core::marker::PhantomData)
    };
    /// Where the field begins: for tables of fields, memcmp filters, tampering tests.
    #[must_use]
    pub const fn offset(&self) -> usize {
        OFFSET
    }
    #[inline(always)]
    #[must_use]
    pub fn get(&self, account: &[u8; SIZE]) -> T {
        T::read(&account[OFFSET..])
    }
    #[inline(always)]
    pub fn set(&self, account: &mut [u8; SIZE], value: T) {
        value.write(&mut account[OFFSET..]);
    }
}

/// `COUNT` values in a row, of an account of `SIZE` bytes.
pub struct Array<T, const SIZE: usize, const OFFSET: usize, const COUNT: usize>(core::marker::PhantomData<T>);

impl<T: Value, const SIZE: usize, const OFFSET: usize, const COUNT: usize> Array<T, SIZE, OFFSET, COUNT> {
    pub(crate) const NEW: Self = {
        assert!(OFFSET + T::LEN * COUNT <= SIZE);
        Self(core::marker::PhantomData)
    };

    /// Where element `index` begins.
    #[must_use]
    pub const fn offset(&self, index: usize) -> usize {
        OFFSET + T::LEN * index
    }
    /// `None` beyond the last element.
    #[inline(always)]
    #[must_use]
    pub fn get(&self, account: &[u8; SIZE], index: usize) -> Option<T> {
        if index >= COUNT {
            return None;
        }
        account.get(self.offset(index)..).map(T::read)
    }
    /// `None`, and nothing written, beyond the last element.
    #[inline(always)]
    pub fn set(&self, account: &mut [u8; SIZE], index: usize, value: T) -> Option<()> {
        if index >= COUNT {
            return None;
        }
        value.write(account.get_mut(self.offset(index)..)?);
        Some(())
    }
}

/// The account's bytes, once length and discriminator are the expected ones.
///
/// # Errors
/// `bad_length`, `bad_discriminator`.
pub fn view<'a, const SIZE: usize>(
    data: &'a [u8],
    discriminator: &[u8; 8],
) -> Result<&'a [u8; SIZE], CoreError> {
    let account: &[u8; SIZE] = data.try_into().map_err(|_| CoreError::BadLength)?;
    if account.first_chunk() == Some(discriminator) { Ok(account) } else { Err(CoreError::BadDiscriminator) }
}

/// As [`view`], to write into.
///
/// # Errors
/// `bad_length`, `bad_discriminator`.
pub fn view_mut<'a, const SIZE: usize>(
    data: &'a mut [u8],
    discriminator: &[u8; 8],
) -> Result<&'a mut [u8; SIZE], CoreError> {
    let account: &mut [u8; SIZE] = data.try_into().map_err(|_| CoreError::BadLength)?;
    if account.first_chunk() == Some(discriminator) { Ok(account) } else { Err(CoreError::BadDiscriminator) }
}

/// The bytes before the trailing NULs: how the program pads every text.
#[must_use]
pub fn trim_nul(bytes: &[u8]) -> &[u8] {
    let mut rest = bytes;
    while let Some((0, head)) = rest.split_last() {
        rest = head;
    }
    rest
}

/// Writes a text NUL-padded into a fixed array; what does not fit is refused, not cut.
///
/// # Errors
/// `bad_length` when `text` is longer than the array.
pub fn padded<const LEN: usize>(text: &[u8]) -> Result<[u8; LEN], CoreError> {
    let mut out = [0; LEN];
    out.get_mut(..text.len()).ok_or(CoreError::BadLength)?.copy_from_slice(text);
    Ok(out)
}
