//! Fees, prizes, refunds, withdrawals.

use crate::{Refusal, Writer};
use money_match_core::borsh::Reader;
use money_match_core::refunds::RefundTerms;
use money_match_core::{fee_breakdown, prize_distribution, refund_breakdown, withdrawal_debit};

/// More than the core accepts, so that its refusal of too many can be seen.
const MOST: usize = 16;

/// Total (u64), basis points (u16) → total, fee, net pool.
pub fn fees(args: &[u8], out: &mut Writer) -> Result<(), Refusal> {
    let mut args = Reader::new(args);
    let parts = fee_breakdown(args.value()?, args.value()?)?;
    for part in [parts.total_entry, parts.platform_fee, parts.net_pool] {
        out.value(&part)?;
    }
    Ok(())
}

/// Net pool (u64), shares (u32 and as many u16) → net pool, prizes.
pub fn prizes(args: &[u8], out: &mut Writer) -> Result<(), Refusal> {
    let mut args = Reader::new(args);
    let net_pool = args.value()?;
    let mut shares = [0; MOST];
    let count = args.value::<u32>()? as usize;
    let shares = shares.get_mut(..count).ok_or(Refusal::Full)?;
    for share in shares.iter_mut() {
        *share = args.value::<u16>()?;
    }
    let split = prize_distribution(net_pool, shares)?;
    out.value(&split.net_pool)?;
    amounts(split.prizes(), out)
}

/// Total (u64), stakes (`Vec<u64>`), listed (`Vec<u8>`), reason (u8), basis points (u16), abandoned (`Option<u8>`), the
/// escrow's lamports and rent minimum (u64 each) → payouts, treasury, and whether it is feasible.
pub fn refund(args: &[u8], out: &mut Writer) -> Result<(), Refusal> {
    let mut args = Reader::new(args);
    let total_entry = args.value()?;
    let given = args.amounts()?;
    let mut stakes = [0; MOST];
    let stakes = stakes.get_mut(..given.len()).ok_or(Refusal::Full)?;
    for (stake, given) in stakes.iter_mut().zip(given.iter()) {
        *stake = given;
    }
    let terms = RefundTerms {
        total_entry,
        stakes,
        listed: args.bytes()?,
        reason: args.value()?,
        cancellation_fee_bps: args.value()?,
        abandoned: args.option(Reader::value)?,
    };
    let (escrow_lamports, rent_minimum) = (args.value()?, args.value()?);
    let refund = refund_breakdown(&terms)?;
    amounts(refund.payouts(), out)?;
    out.value(&refund.treasury)?;
    out.byte(refund.feasible_with(escrow_lamports, rent_minimum).into())?;
    Ok(())
}

/// Amount, fee (u64 each) → debit.
pub fn withdrawal(args: &[u8], out: &mut Writer) -> Result<(), Refusal> {
    let mut args = Reader::new(args);
    let debit = withdrawal_debit(args.value()?, args.value()?)?;
    Ok(out.value(&debit)?)
}

/// `Vec<u64>`.
fn amounts(amounts: &[u64], out: &mut Writer) -> Result<(), Refusal> {
    out.value(&(amounts.len() as u32))?;
    for amount in amounts {
        out.value(amount)?;
    }
    Ok(())
}
