//! Refunds against a model in 128-bit arithmetic, written from the text of the interface (sections 4.14 and 5), and the
//! figures that the interface names.

use money_match_core::program_error::ProgramError;
use money_match_core::refunds::{RefundBreakdown, RefundTerms, cancellation_fee, refund_breakdown};
use money_match_core::{CoreError, fee_breakdown, fees, withdrawal_debit};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::model::amount;
use crate::native;

/// Rent minimum of an escrow (interface, section 2).
const RENT: u64 = 2_227_200;

/// As [`RefundTerms`], but owning its lists.
#[derive(Clone, Debug)]
pub struct Terms {
    pub total_entry: u64,
    pub stakes: Vec<u64>,
    pub listed: Vec<u8>,
    pub reason: u8,
    pub bps: u16,
    pub abandoned: Option<u8>,
}

impl Terms {
    pub fn json(&self) -> Value {
        let stakes: Vec<String> = self.stakes.iter().map(u64::to_string).collect();
        json!({
            "totalEntry": self.total_entry.to_string(), "stakes": stakes, "listed": self.listed,
            "reason": self.reason, "cancellationFeeBps": self.bps, "abandoned": self.abandoned,
        })
    }

    fn borrowed(&self) -> RefundTerms<'_> {
        RefundTerms {
            total_entry: self.total_entry,
            stakes: &self.stakes,
            listed: &self.listed,
            reason: self.reason,
            cancellation_fee_bps: self.bps,
            abandoned: self.abandoned,
        }
    }

    fn breakdown(&self) -> Result<RefundBreakdown, CoreError> {
        refund_breakdown(&self.borrowed())
    }
}

/// An escrow of so many equal stakes, all listed in order, at the default fee.
fn of_equal_stakes(stake: u64, players: u8, reason: u8, abandoned: Option<u8>) -> Terms {
    let stakes = vec![stake; players.into()];
    let total_entry = stakes.iter().sum();
    Terms { total_entry, stakes, listed: (0..players).collect(), reason, bps: 250, abandoned }
}

/// Sound terms and wild ones: wild indices and totals are refused nearly always, and then prove only the refusals.
pub fn terms() -> impl Strategy<Value = Terms> {
    let sound = (0..1_u64 << 40, 1..=10_u8, 0..=8_u8, option::of(0..11_u8), any::<prop::sample::Index>())
        .prop_map(|(stake, players, reason, abandoned, cut)| {
            let mut terms = of_equal_stakes(stake, players, reason, abandoned);
            let first = cut.index(terms.listed.len());
            terms.listed.rotate_left(first);
            // One time in four only some are listed, which strands the others' stakes (H-06).
            if first % 4 == 1 {
                terms.listed.pop();
            }
            terms
        });
    let lists = (vec(amount(), 0..12), vec(0..12_u8, 0..12));
    let wild = (amount(), lists, 0..=9_u8, prop_oneof![0..=10_100_u16, Just(250)], option::of(any::<u8>()));
    let wild = wild.prop_map(|(total_entry, (stakes, listed), reason, bps, abandoned)| Terms {
        total_entry,
        stakes,
        listed,
        reason,
        bps,
        abandoned,
    });
    // Small stakes below a large total, in which duplicates and forfeits meet.
    let small = (vec(0..3_u64, 1..=10), vec(0..10_u8, 1..=10), 0..=7_u8, option::of(0..10_u8));
    let small = small.prop_map(|(stakes, listed, reason, abandoned)| {
        let total_entry = 9;
        Terms { total_entry, stakes, listed, reason, bps: 5_000, abandoned }
    });
    prop_oneof![3 => sound, 1 => wild, 2 => small]
}

/// The interface's own steps. Not clever on purpose.
fn model(terms: &Terms) -> Result<(Vec<u64>, u64), &'static str> {
    let u64_max = u128::from(u64::MAX);
    let known = |index: u8| usize::from(index) < terms.stakes.len().min(10);
    if terms.listed.is_empty() || terms.listed.len() > 10 {
        return Err("invalid_list");
    }
    if terms.reason > 7 {
        return Err("invalid_reason");
    }
    if terms.abandoned.is_some_and(|index| !known(index)) || !terms.listed.iter().all(|index| known(*index)) {
        return Err("index_out_of_range");
    }
    let mut fee = 0;
    if terms.reason != 0 {
        if terms.bps > 10_000 {
            return Err("invalid_bps");
        }
        let product = u128::from(terms.total_entry) * u128::from(terms.bps);
        if product > u64_max {
            return Err("overflow");
        }
        fee = product / 10_000;
    }
    let forfeiter = terms.abandoned.filter(|_| [1, 3, 4].contains(&terms.reason));
    let forfeited = forfeiter.map_or(0, |index| u128::from(terms.stakes[usize::from(index)]));
    let mut stakes = terms.stakes.clone();
    let mut left = i128::from(terms.total_entry);
    let mut payouts = vec![];
    for index in &terms.listed {
        let stake = std::mem::take(&mut stakes[usize::from(*index)]);
        let consumed = forfeiter == Some(*index);
        if !consumed && stake == 0 {
            return Err("zero_stake");
        }
        left -= i128::from(stake);
        if left < 0 {
            return Err("overflow");
        }
        payouts.push(if consumed { 0 } else { stake });
    }
    u64::try_from(fee + forfeited).map(|treasury| (payouts, treasury)).map_err(|_| "overflow")
}

proptest! {
    #![proptest_config(crate::config())]

    #[test]
    fn a_refund_is_what_the_interface_says(terms in terms()) {
        let refund = terms.breakdown();
        let parts = refund.map(|refund| (refund.payouts().to_vec(), refund.treasury));
        prop_assert_eq!(parts.map_err(CoreError::code), model(&terms));
    }

    #[test]
    fn a_refund_can_land_where_128_bits_say_so(payouts in vec(amount(), 1..=10), treasury in amount(), lamports in amount(), rent in 0..3_000_000_u64) {
        let refund = RefundBreakdown::from_parts(&payouts, treasury).expect("1 to 10 payouts");
        let outflow = payouts.iter().chain([&treasury]).map(|part| u128::from(*part)).sum::<u128>();
        prop_assert_eq!(refund.outflow().ok().map(u128::from), u64::try_from(outflow).ok().map(u128::from));
        let (lamports_wide, rent_wide) = (u128::from(lamports), u128::from(rent));
        let lands = outflow == lamports_wide || outflow + rent_wide <= lamports_wide;
        prop_assert_eq!(refund.feasible_with(lamports, rent), lands);
    }

    #[test]
    fn a_refund_is_encoded_as_the_borsh_crate_encodes_it(payouts in vec(amount(), 1..=10), treasury in amount()) {
        let refund = RefundBreakdown::from_parts(&payouts, treasury).expect("1 to 10 payouts");
        prop_assert_eq!(refund.to_bytes(), borsh::to_vec(&(payouts, treasury)).expect("borsh"));
    }

    #[test]
    fn the_program_can_go_step_by_step_and_comes_to_the_same(terms in terms()) {
        let steps = || {
            let given = terms.borrowed();
            given.check_list()?;
            given.check_arguments()?;
            let mut ledger = given.open()?;
            let taken = terms.listed.iter().map(|index| ledger.take(*index)).collect::<Result<Vec<_>, _>>()?;
            let fee = cancellation_fee(terms.total_entry, terms.reason, terms.bps)?;
            assert_eq!(fee, ledger.cancellation_fee());
            assert_eq!(ledger.treasury()?, fee + ledger.forfeited_stake());
            Ok((taken, ledger.treasury()?))
        };
        let whole = terms.breakdown().map(|refund| (refund.payouts().to_vec(), refund.treasury));
        prop_assert_eq!(steps(), whole);
    }

    #[test]
    fn a_withdrawal_takes_amount_and_fee(amount in amount(), fee in amount()) {
        let whole = u64::try_from(u128::from(amount) + u128::from(fee)).map_err(|_| CoreError::Overflow);
        let expected = if amount == 0 { Err(CoreError::ZeroAmount) } else { whole };
        prop_assert_eq!(withdrawal_debit(amount, fee), expected);
    }
}

#[test]
fn the_refund_matrix_holds_for_every_reason() {
    let stake = 100_000_000;
    for reason in 0..=7_u8 {
        let fee = if reason == 0 { 0 } else { 10_000_000 };
        let forfeits = [1, 3, 4].contains(&reason);
        let without = of_equal_stakes(stake, 4, reason, None).breakdown().expect("a refund");
        assert_eq!((without.payouts(), without.treasury), ([stake; 4].as_slice(), fee), "reason {reason}");
        let with = of_equal_stakes(stake, 4, reason, Some(2)).breakdown().expect("a refund");
        let expected = if forfeits { [stake, stake, 0, stake] } else { [stake; 4] };
        assert_eq!(with.payouts(), expected, "reason {reason}");
        assert_eq!(with.treasury, fee + if forfeits { stake } else { 0 }, "reason {reason}");
        // Not listed, the forfeiter's stake goes to the treasury all the same (H-24).
        let mut absent = of_equal_stakes(stake, 4, reason, Some(2));
        absent.listed = vec![3, 0];
        let absent = absent.breakdown().expect("a refund");
        assert_eq!((absent.payouts(), absent.treasury), ([stake; 2].as_slice(), with.treasury));
    }
}

#[test]
fn a_refund_is_refused_in_the_order_of_the_program() {
    let refused = |change: fn(&mut Terms)| {
        let mut terms = of_equal_stakes(5, 3, 0, None);
        change(&mut terms);
        terms.breakdown().expect_err("a refusal")
    };
    assert_eq!(refused(|terms| terms.listed.clear()), CoreError::InvalidList);
    assert_eq!(
        refused(|terms| *terms = Terms { listed: vec![0; 11], reason: 8, ..terms.clone() }),
        CoreError::InvalidList
    );
    assert_eq!(
        refused(|terms| *terms = Terms { reason: 8, abandoned: Some(3), ..terms.clone() }),
        CoreError::InvalidReason
    );
    assert_eq!(refused(|terms| terms.abandoned = Some(3)), CoreError::IndexOutOfRange);
    assert_eq!(refused(|terms| terms.listed[1] = 3), CoreError::IndexOutOfRange);
    assert_eq!(refused(|terms| terms.listed[2] = 0), CoreError::ZeroStake);
    assert_eq!(refused(|terms| terms.stakes[1] = 0), CoreError::ZeroStake);
    // What a partial refund leaves behind: the stake is there, the total is not (H-06).
    assert_eq!(refused(|terms| terms.total_entry = 0), CoreError::Overflow);
    let huge =
        |terms: &mut Terms| *terms = Terms { reason: 2, total_entry: u64::MAX / 250 + 1, ..terms.clone() };
    assert_eq!(refused(huge), CoreError::Overflow);
    // All of these are 6005 on chain, but for the sums, which are 6029.
    assert_eq!(ProgramError::of(CoreError::ZeroStake), ProgramError::InvalidPayload);
    assert_eq!(ProgramError::of(CoreError::Overflow).code(), 6029);
}

#[test]
fn the_forfeiter_alone_can_be_listed_again_after_a_refund() {
    // No money moves, and the escrow is relabelled (H-23).
    let mut terms = of_equal_stakes(0, 4, 3, Some(1));
    terms.listed = vec![1, 1];
    let refund = terms.breakdown().expect("a refund");
    assert_eq!((refund.payouts(), refund.treasury), ([0, 0].as_slice(), 0));
}

#[test]
fn the_numeric_vectors_of_the_interface_hold() {
    // 1: two of 0.1 SOL at 500 bps, and the gross pool of a table of four.
    let fees = fee_breakdown(200_000_000, 500).expect("fees");
    assert_eq!((fees.platform_fee, fees.net_pool), (10_000_000, 190_000_000));
    assert_eq!(fees::stake_total(100_000_000, 4), Ok(400_000_000));
    // 2: the winner of it alone, who had 0.9 SOL left.
    assert_eq!(900_000_000 + fees.net_pool, 1_090_000_000);
    // 4
    let fees = fee_breakdown(1_000_000_000, 500).expect("fees");
    assert_eq!((fees.platform_fee, fees.net_pool), (50_000_000, 950_000_000));
    // 5: three deposits.
    assert_eq!(money_match_core::prizes::sum(&[10_000_000, 20_000_000, 30_000_000]), Ok(60_000_000));
    // 7: everything but the fee.
    assert_eq!(withdrawal_debit(99_995_000, 5_000), Ok(100_000_000));
    // 9: abandonment of one of four.
    let refund = of_equal_stakes(100_000_000, 4, 1, Some(3)).breakdown().expect("a refund");
    assert_eq!(cancellation_fee(400_000_000, 1, 250), Ok(10_000_000));
    assert_eq!(refund.treasury, 110_000_000);
    assert_eq!(refund.payouts(), [100_000_000, 100_000_000, 100_000_000, 0]);
    assert_eq!(refund.outflow(), Ok(410_000_000));
    assert!(!refund.feasible_with(400_000_000 + RENT, RENT));
    assert!(refund.feasible_with(410_000_000 + RENT, RENT));
    // 11: the seed, as the account holds it.
    assert_eq!(9_876_543_210_u64 as u32, 1_286_608_618);
}

#[test]
fn a_fee_of_exactly_the_rent_empties_the_escrow_and_any_other_fee_cannot_land() {
    let lands = |total: u64| {
        let mut terms = of_equal_stakes(total, 1, 2, None);
        terms.stakes = vec![total - 1, 1];
        terms.listed = vec![0, 1];
        let refund = terms.breakdown().expect("a refund");
        (refund.treasury, refund.feasible_with(total + RENT, RENT))
    };
    assert_eq!(lands(89_088_000), (RENT, true));
    assert_eq!(lands(89_088_039), (RENT, true));
    assert_eq!(lands(89_087_999), (RENT - 1, false));
    assert_eq!(lands(89_088_040), (RENT + 1, false));
    // Without a fee (reason 0, or a total too small for one) it lands, and keeps its rent.
    assert_eq!(lands(39), (0, true));
    let free = of_equal_stakes(22_272_000, 4, 0, None).breakdown().expect("a refund");
    assert!(free.feasible_with(89_088_000 + RENT, RENT));
    assert!(!free.feasible_with(89_088_000 + RENT - 1, RENT));
}

#[test]
fn the_codes_of_the_program_have_their_names() {
    let name = |code: u32| native::call("programErrorName", &[json!(code)]).expect("no refusal");
    for (code, expected) in [(6000, "MatchFull"), (6005, "InvalidPayload"), (6029, "Overflow")] {
        assert_eq!(name(code), expected);
    }
    assert_eq!(name(6044), "InvalidPaymentMethod");
    for code in 6000..=6044 {
        assert_eq!(ProgramError::from_code(code).map(ProgramError::code), Some(code));
    }
    for code in [0, 1, 101, 5999, 6045, u32::MAX] {
        assert_eq!(name(code), Value::Null, "{code}");
    }
}
