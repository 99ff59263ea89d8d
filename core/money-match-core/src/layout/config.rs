//! ConfigAccount, 235 bytes, packed (interface, section 2.4).

use super::{Array, Field};
use crate::error::CoreError;

pub const SIZE: usize = 235;
pub const DISCRIMINATOR: [u8; 8] = [0xbd, 0xff, 0x61, 0x46, 0xba, 0xbd, 0x18, 0x66];

/// Who initialised; authorises nothing later.
pub const AUTHORITY: Field<[u8; 32], SIZE, 8> = Field::NEW;
/// An f64: carried as bytes, since floats have no place here.
pub const AC_PRICE_USD: Field<[u8; 8], SIZE, 40> = Field::NEW;
pub const AC_PRICE_LAMPORTS: Field<u64, SIZE, 48> = Field::NEW;
pub const GP_DAILY_AMOUNT: Field<u64, SIZE, 56> = Field::NEW;
pub const GP_COST_PER_GAME: Field<u32, SIZE, 64> = Field::NEW;
pub const GP_PER_AD: Field<u32, SIZE, 68> = Field::NEW;
pub const MAX_DAILY_ADS: Field<u8, SIZE, 72> = Field::NEW;
pub const MAX_GP_BALANCE: Field<u64, SIZE, 73> = Field::NEW;
pub const AD_COOLDOWN_SECONDS: Field<i64, SIZE, 81> = Field::NEW;
pub const PRO_GP_MULTIPLIER: Field<u8, SIZE, 89> = Field::NEW;
pub const DISPUTE_DEPOSIT_GP: Field<u32, SIZE, 90> = Field::NEW;
pub const AI_MODEL_COSTS: Array<u32, SIZE, 94, 10> = Array::NEW;
pub const CURRENT_SEASON_ID: Field<u64, SIZE, 134> = Field::NEW;
pub const SEASON_DURATION_SECONDS: Field<i64, SIZE, 142> = Field::NEW;
/// The only key that may change or pause; compared with no payee (H-05).
pub const TREASURY_MULTISIG: Field<[u8; 32], SIZE, 150> = Field::NEW;
pub const PLATFORM_FEE_BPS: Field<u16, SIZE, 182> = Field::NEW;
pub const WITHDRAWAL_FEE: Field<u64, SIZE, 184> = Field::NEW;
/// Not enforced on chain (H-12).
pub const MIN_ENTRY_FEE: Field<u64, SIZE, 192> = Field::NEW;
/// Not enforced on chain (H-12).
pub const MAX_ENTRY_FEE: Field<u64, SIZE, 200> = Field::NEW;
pub const CANCELLATION_FEE_BPS: Field<u16, SIZE, 208> = Field::NEW;
pub const IS_PAUSED: Field<u8, SIZE, 210> = Field::NEW;
pub const KYC_TIER_WALLET: Field<u8, SIZE, 211> = Field::NEW;
pub const KYC_TIER_PLATFORM: Field<u8, SIZE, 212> = Field::NEW;
/// Bit 0 WALLET, bit 1 PLATFORM.
pub const SUPPORTED_PAYMENT_METHODS: Field<u8, SIZE, 213> = Field::NEW;
pub const CREATED_AT: Field<i64, SIZE, 219> = Field::NEW;
pub const LAST_UPDATED: Field<i64, SIZE, 227> = Field::NEW;

/// The account's bytes to read.
///
/// # Errors
/// `bad_length`, `bad_discriminator`.
pub fn view(data: &[u8]) -> Result<&[u8; SIZE], CoreError> {
    super::view(data, &DISCRIMINATOR)
}

/// The account's bytes to write.
///
/// # Errors
/// `bad_length`, `bad_discriminator`.
pub fn view_mut(data: &mut [u8]) -> Result<&mut [u8; SIZE], CoreError> {
    super::view_mut(data, &DISCRIMINATOR)
}
