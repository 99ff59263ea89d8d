//! What a refund of an escrow moves, as coded on chain (interface, sections 4.14 and 5): the quirks H-02, H-06, H-23 and
//! H-24 included. Whether the escrow can bear it is a question of its own ([`RefundBreakdown::feasible_with`]).

use crate::MAX_PLAYERS;
use crate::error::CoreError;
use crate::fees::bps_of;
use crate::prizes::sum;

/// Cancellation reasons (interface, section 2.2). 5 to 7 are reserved, and accepted.
pub mod reason {
    pub const PLATFORM_FAULT: u8 = 0;
    pub const PLAYER_ABANDONMENT: u8 = 1;
    pub const INSUFFICIENT_PLAYERS: u8 = 2;
    pub const TIMEOUT: u8 = 3;
    pub const GRACE_PERIOD_EXPIRED: u8 = 4;
    /// The highest that three bits hold.
    pub const MAX: u8 = 7;

    /// Whether the stake of the abandoned player is forfeited.
    #[must_use]
    pub const fn forfeits(reason: u8) -> bool {
        matches!(reason, PLAYER_ABANDONMENT | TIMEOUT | GRACE_PERIOD_EXPIRED)
    }
}

/// One call of `refund_escrow`, and the state that it meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefundTerms<'a> {
    /// The escrow's, before the call.
    pub total_entry: u64,
    /// By slot. As many as there are players: a slot beyond them is out of range. Given all ten of the account, the
    /// empty ones count as players without a stake.
    pub stakes: &'a [u64],
    /// Slots, in the order of the payees.
    pub listed: &'a [u8],
    pub reason: u8,
    /// The config's, now in force.
    pub cancellation_fee_bps: u16,
    pub abandoned: Option<u8>,
}

impl RefundTerms<'_> {
    /// The program's first check, before it looks at any account.
    ///
    /// # Errors
    /// `invalid_list` unless 1 to 10 players are listed.
    pub const fn check_list(&self) -> Result<(), CoreError> {
        if self.listed.is_empty() || self.listed.len() > MAX_PLAYERS {
            return Err(CoreError::InvalidList);
        }
        Ok(())
    }

    /// The checks that the program makes of the other arguments, before it looks whether it is paused.
    ///
    /// # Errors
    /// In this order: `invalid_reason` above 7; `index_out_of_range` for the abandoned player, then for a listed one.
    pub fn check_arguments(&self) -> Result<(), CoreError> {
        if self.reason > reason::MAX {
            return Err(CoreError::InvalidReason);
        }
        let known = |index: &u8| usize::from(*index) < self.stakes.len().min(MAX_PLAYERS);
        if self.abandoned.iter().chain(self.listed).all(known) {
            Ok(())
        } else {
            Err(CoreError::IndexOutOfRange)
        }
    }

    /// What the program fixes before it pays the first: the fee on the whole total, and the forfeited stake.
    ///
    /// # Errors
    /// `overflow` when `total_entry * cancellation_fee_bps` leaves u64; `invalid_bps` above 10,000.
    pub fn open(&self) -> Result<RefundLedger, CoreError> {
        let mut stakes = [0; MAX_PLAYERS];
        for (slot, stake) in stakes.iter_mut().zip(self.stakes) {
            *slot = *stake;
        }
        let forfeiter = self.abandoned.filter(|_| reason::forfeits(self.reason));
        let stake_of = |index: u8| stakes.get(usize::from(index)).copied().unwrap_or(0);
        Ok(RefundLedger {
            stakes,
            total_entry: self.total_entry,
            forfeiter,
            cancellation_fee: cancellation_fee(self.total_entry, self.reason, self.cancellation_fee_bps)?,
            // Also when the player is not listed, whose stake then stays in the account (H-24).
            forfeited_stake: forfeiter.map_or(0, stake_of),
        })
    }
}

/// `floor(total_entry * bps / 10,000)`, on the total before the call; nothing if it is the platform's own fault.
///
/// # Errors
/// `invalid_bps` above 10,000; `overflow` when `total_entry * bps` leaves u64.
pub fn cancellation_fee(total_entry: u64, reason: u8, bps: u16) -> Result<u64, CoreError> {
    if reason == reason::PLATFORM_FAULT { Ok(0) } else { bps_of(total_entry, bps) }
}

/// A refund under way: the program's own bookkeeping, position by position. The program pays between two [`take`]s, so
/// that its refusals come in the interface's order; [`refund_breakdown`] runs the same to the end.
///
/// [`take`]: RefundLedger::take
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefundLedger {
    stakes: [u64; MAX_PLAYERS],
    total_entry: u64,
    forfeiter: Option<u8>,
    cancellation_fee: u64,
    forfeited_stake: u64,
}

impl RefundLedger {
    /// What the next listed player is paid; 0 for the one who forfeits, whose position is used up all the same. The
    /// stake is zero afterwards in both cases.
    ///
    /// # Errors
    /// `index_out_of_range`; `zero_stake` for a player without one, listed twice, or refunded before; `overflow` when
    /// the stake is more than what is left of the total (H-06).
    pub fn take(&mut self, index: u8) -> Result<u64, CoreError> {
        let slot = self.stakes.get_mut(usize::from(index)).ok_or(CoreError::IndexOutOfRange)?;
        let stake = core::mem::take(slot);
        let forfeits = self.forfeiter == Some(index);
        // A forfeiter may be without a stake, and be listed again and again (H-23).
        if stake == 0 && !forfeits {
            return Err(CoreError::ZeroStake);
        }
        self.total_entry = self.total_entry.checked_sub(stake).ok_or(CoreError::Overflow)?;
        Ok(if forfeits { 0 } else { stake })
    }

    /// F of the interface.
    #[must_use]
    pub const fn cancellation_fee(&self) -> u64 {
        self.cancellation_fee
    }

    /// A of the interface, 0 unless the reason forfeits it.
    #[must_use]
    pub const fn forfeited_stake(&self) -> u64 {
        self.forfeited_stake
    }

    /// R of the interface, F + A: what the treasury receives, on top of stakes paid back in full (H-02).
    ///
    /// # Errors
    /// `overflow`.
    pub fn treasury(&self) -> Result<u64, CoreError> {
        self.cancellation_fee.checked_add(self.forfeited_stake).ok_or(CoreError::Overflow)
    }

    /// What is left of the total after the positions taken so far; the program then sets it to 0 (H-06).
    #[must_use]
    pub const fn total_left(&self) -> u64 {
        self.total_entry
    }
}

/// What a refund moves, in lamports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefundBreakdown {
    pub treasury: u64,
    payouts: [u64; MAX_PLAYERS],
    count: u8,
}

impl RefundBreakdown {
    /// Takes a breakdown as given.
    ///
    /// # Errors
    /// `invalid_list` unless 1 to 10 payouts.
    pub fn from_parts(payouts: &[u64], treasury: u64) -> Result<Self, CoreError> {
        if payouts.is_empty() || payouts.len() > MAX_PLAYERS {
            return Err(CoreError::InvalidList);
        }
        let mut given = [0; MAX_PLAYERS];
        for (slot, payout) in given.iter_mut().zip(payouts) {
            *slot = *payout;
        }
        Ok(Self { treasury, payouts: given, count: payouts.len() as u8 })
    }

    /// One amount a position of the list; 0 where the listed player forfeits.
    #[must_use]
    pub fn payouts(&self) -> &[u64] {
        self.payouts.get(..usize::from(self.count)).unwrap_or(&[])
    }

    /// All that leaves the escrow.
    ///
    /// # Errors
    /// `overflow`.
    pub fn outflow(&self) -> Result<u64, CoreError> {
        sum(self.payouts())?.checked_add(self.treasury).ok_or(CoreError::Overflow)
    }

    /// Whether the transaction can land: the escrow keeps its rent minimum, or ends at exactly 0 lamports. The latter
    /// lands too, and deletes the account (H-02); `outflow() == escrow_lamports` tells it apart.
    #[must_use]
    pub fn feasible_with(&self, escrow_lamports: u64, rent_minimum: u64) -> bool {
        let left = self.outflow().ok().and_then(|outflow| escrow_lamports.checked_sub(outflow));
        left.is_some_and(|left| left == 0 || left >= rent_minimum)
    }

    /// Borsh.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn to_bytes(&self) -> alloc::vec::Vec<u8> {
        let mut out = alloc::vec::Vec::from(u32::from(self.count).to_le_bytes());
        out.extend(self.payouts().iter().chain([&self.treasury]).flat_map(|amount| amount.to_le_bytes()));
        out
    }
}

/// What a call of `refund_escrow` moves, or why the program refuses it.
///
/// # Errors
/// In the program's order: `invalid_list`, `invalid_reason`, `index_out_of_range`, `overflow` of the fee (`invalid_bps`
/// above 10,000), then position by position `zero_stake` and `overflow` (H-06), at last `overflow` of the treasury's sum.
pub fn refund_breakdown(terms: &RefundTerms<'_>) -> Result<RefundBreakdown, CoreError> {
    terms.check_list()?;
    terms.check_arguments()?;
    let mut ledger = terms.open()?;
    let mut payouts = [0; MAX_PLAYERS];
    for (payout, index) in payouts.iter_mut().zip(terms.listed) {
        *payout = ledger.take(*index)?;
    }
    Ok(RefundBreakdown { treasury: ledger.treasury()?, payouts, count: terms.listed.len() as u8 })
}
