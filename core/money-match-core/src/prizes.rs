//! How a net pool is split among ranks. The chain accepts any positive amounts that sum exactly (interface, section 5);
//! this rule is the mirror's own, and deterministic.

use crate::MAX_PLAYERS;
use crate::error::CoreError;
use crate::fees::BPS_DENOMINATOR;

/// The prizes by rank, in lamports; their sum is exactly `net_pool`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrizeDistribution {
    pub net_pool: u64,
    amounts: [u64; MAX_PLAYERS],
    count: u8,
}

impl PrizeDistribution {
    /// Takes prizes as given, and refuses them unless they could have come from [`prize_distribution`].
    ///
    /// # Errors
    /// `invalid_shares` unless 1 to 10; `zero_prize`; `overflow`; `inconsistent` unless they sum to `net_pool`.
    pub fn from_prizes(net_pool: u64, prizes: &[u64]) -> Result<Self, CoreError> {
        let mut amounts = [0; MAX_PLAYERS];
        if prizes.is_empty() || prizes.len() > MAX_PLAYERS {
            return Err(CoreError::InvalidShares);
        }
        for (slot, prize) in amounts.iter_mut().zip(prizes) {
            if *prize == 0 {
                return Err(CoreError::ZeroPrize);
            }
            *slot = *prize;
        }
        if sum(prizes)? != net_pool {
            return Err(CoreError::Inconsistent);
        }
        Ok(Self { net_pool, amounts, count: prizes.len() as u8 })
    }

    /// Borsh.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn to_bytes(&self) -> alloc::vec::Vec<u8> {
        let mut out = self.net_pool.to_le_bytes().to_vec();
        out.extend_from_slice(&u32::from(self.count).to_le_bytes());
        out.extend(self.prizes().iter().flat_map(|prize| prize.to_le_bytes()));
        out
    }

    /// One amount a rank, the first rank first.
    #[must_use]
    pub fn prizes(&self) -> &[u64] {
        self.amounts.get(..usize::from(self.count)).unwrap_or(&[])
    }
}

/// Splits `net_pool` lamports by `shares` (basis points by rank): floor for each, the remainder to the first.
///
/// # Errors
/// `invalid_shares` unless 1 to 10 shares sum to 10,000; `zero_prize` if a rank would win nothing.
pub fn prize_distribution(net_pool: u64, shares: &[u16]) -> Result<PrizeDistribution, CoreError> {
    if shares.is_empty() || shares.len() > MAX_PLAYERS {
        return Err(CoreError::InvalidShares);
    }
    // At most ten u16, so this sum cannot overflow.
    if shares.iter().map(|share| u64::from(*share)).sum::<u64>() != BPS_DENOMINATOR {
        return Err(CoreError::InvalidShares);
    }
    let mut amounts = [0; MAX_PLAYERS];
    let mut rest = net_pool;
    for (amount, share) in amounts.iter_mut().zip(shares) {
        *amount = part_of(net_pool, *share);
        // Floors of parts of a whole never exceed the whole.
        rest -= *amount;
    }
    amounts[0] += rest;
    let count = shares.len() as u8;
    let distribution = PrizeDistribution { net_pool, amounts, count };
    if distribution.prizes().contains(&0) {
        return Err(CoreError::ZeroPrize);
    }
    Ok(distribution)
}

/// `floor(amount * share / 10,000)` for a share of at most 10,000, without overflow: the split is the mirror's own rule,
/// so it need not stop where the chain's product stops.
fn part_of(amount: u64, share: u16) -> u64 {
    let share = u64::from(share);
    amount / BPS_DENOMINATOR * share + amount % BPS_DENOMINATOR * share / BPS_DENOMINATOR
}

/// The sum of amounts.
///
/// # Errors
/// `overflow` where the chain would panic or wrap (H-28).
pub fn sum(amounts: &[u64]) -> Result<u64, CoreError> {
    let mut total: u64 = 0;
    for amount in amounts {
        total = total.checked_add(*amount).ok_or(CoreError::Overflow)?;
    }
    Ok(total)
}
