//! The platform's fee on a settled match (interface, section 5).

use crate::error::CoreError;

/// Basis points in a whole.
pub const BPS_DENOMINATOR: u64 = 10_000;

/// What a pool is made of, in lamports: `total_entry = platform_fee + net_pool`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeeBreakdown {
    pub total_entry: u64,
    pub platform_fee: u64,
    pub net_pool: u64,
}

/// `floor(amount * bps / 10,000)`, refused where the chain's own `checked_mul` refuses.
///
/// The product is tested by division: neither `checked_mul` nor u128 exist for the SBF code generator. The
/// mathematically possible results above that limit stay errors, because on chain they are (6029).
///
/// # Errors
/// `invalid_bps` above 10,000; `overflow` when `amount * bps` leaves u64.
pub fn bps_of(amount: u64, bps: u16) -> Result<u64, CoreError> {
    let bps = u64::from(bps);
    if bps > BPS_DENOMINATOR {
        return Err(CoreError::InvalidBps);
    }
    if bps != 0 && amount > u64::MAX / bps {
        return Err(CoreError::Overflow);
    }
    Ok(amount * bps / BPS_DENOMINATOR)
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
    let count = u64::from(count);
    if count != 0 && unit > u64::MAX / count {
        return Err(CoreError::Overflow);
    }
    Ok(unit * count)
}
