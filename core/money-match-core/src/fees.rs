//! The platform's fee on a settled match (interface, section 5).

use crate::error::CoreError;
use crate::product::checked_product;

/// Basis points in a whole.
pub const BPS_DENOMINATOR: u64 = 10_000;

/// What a pool is made of, in lamports: `total_entry = platform_fee + net_pool`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeeBreakdown {
    pub total_entry: u64,
    pub platform_fee: u64,
    pub net_pool: u64,
}

impl FeeBreakdown {
    /// Borsh.
    ///
    /// # Errors
    /// `inconsistent` unless the parts make the whole.
    #[cfg(feature = "alloc")]
    pub fn to_bytes(&self) -> Result<alloc::vec::Vec<u8>, CoreError> {
        if self.platform_fee.checked_add(self.net_pool) != Some(self.total_entry) {
            return Err(CoreError::Inconsistent);
        }
        let parts = [self.total_entry, self.platform_fee, self.net_pool];
        Ok(parts.iter().flat_map(|part| part.to_le_bytes()).collect())
    }
}

/// `floor(amount * bps / 10,000)`, refused where the chain's own `checked_mul` refuses.
///
/// The mathematically possible results above that limit stay errors, because on chain they are (6029).
///
/// # Errors
/// `invalid_bps` above 10,000; `overflow` when `amount * bps` leaves u64.
pub fn bps_of(amount: u64, bps: u16) -> Result<u64, CoreError> {
    if u64::from(bps) > BPS_DENOMINATOR {
        return Err(CoreError::InvalidBps);
    }
    Ok(checked_product(amount, bps)? / BPS_DENOMINATOR)
}

/// Splits a pool of `total_entry` lamports into the platform's fee (floored) and the net pool.
///
/// # Errors
/// `invalid_bps` above 10,000; `overflow` when `total_entry * platform_fee_bps` leaves u64.
pub fn fee_breakdown(total_entry: u64, platform_fee_bps: u16) -> Result<FeeBreakdown, CoreError> {
    let platform_fee = bps_of(total_entry, platform_fee_bps)?;
    // The fee is at most the total, since bps is at most the denominator.
    Ok(FeeBreakdown { total_entry, platform_fee, net_pool: total_entry - platform_fee })
}

/// `unit * count`, for a pool of equal stakes.
///
/// # Errors
/// `overflow` when the product leaves u64.
pub fn stake_total(unit: u64, count: u8) -> Result<u64, CoreError> {
    checked_product(unit, count.into())
}
