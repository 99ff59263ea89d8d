//! Refunds and withdrawals: the matrix of the interface (section 5), its edges, and one refusal of each sort.

use serde_json::{Value, json};

use super::Call;

/// Rent minimum of an escrow (interface, section 2).
const RENT: u64 = 2_227_200;
const STAKE: u64 = 100_000_000;

/// An escrow of equal stakes, at the default fee.
fn terms(stake: u64, players: u8, listed: &[u8], reason: u8, abandoned: Option<u8>) -> Value {
    let stakes = vec![stake.to_string(); players.into()];
    json!({
        "totalEntry": (stake * u64::from(players)).to_string(), "stakes": stakes, "listed": listed,
        "reason": reason, "cancellationFeeBps": 250, "abandoned": abandoned,
    })
}

fn with(mut terms: Value, name: &str, value: Value) -> Value {
    terms[name] = value;
    terms
}

fn refund(terms: Value) -> Call {
    ("refundBreakdown", vec![terms])
}

fn feasible(payouts: &[u64], treasury: u64, lamports: u64) -> Call {
    let texts: Vec<String> = payouts.iter().map(u64::to_string).collect();
    let breakdown = json!({ "payouts": texts, "treasury": treasury.to_string() });
    ("refundFeasible", vec![breakdown, json!(lamports.to_string()), json!(RENT.to_string())])
}

pub fn refunds() -> Vec<Call> {
    let matrix = (0..=7).flat_map(|reason| {
        [None, Some(2)].map(|abandoned| refund(terms(STAKE, 4, &[0, 1, 2, 3], reason, abandoned)))
    });
    matrix.chain(edges()).chain(feasibility()).chain(bytes()).chain(withdrawals()).collect()
}

fn edges() -> Vec<Call> {
    let sound = || terms(STAKE, 4, &[0, 1, 2, 3], 1, Some(3));
    vec![
        // The position of the forfeiter is used up, wherever it stands in the list.
        refund(terms(STAKE, 4, &[3, 2, 0, 1], 1, Some(2))),
        // Not listed: the stake goes to the treasury, and stays in the account (H-24).
        refund(terms(STAKE, 4, &[0, 1], 1, Some(3))),
        // Only some are listed (H-06); then a second call finds no total.
        refund(terms(STAKE, 4, &[1], 0, None)),
        refund(with(sound(), "totalEntry", json!("0"))),
        // The forfeiter alone, again (H-23).
        refund(terms(0, 4, &[1, 1], 3, Some(1))),
        refund(terms(8_908_800, 10, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 2, None)),
        refund(with(sound(), "listed", json!([]))),
        refund(with(sound(), "listed", json!([0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2]))),
        refund(with(sound(), "listed", json!([4]))),
        refund(with(sound(), "listed", json!([0, 0]))),
        refund(with(sound(), "reason", json!(8))),
        refund(with(sound(), "abandoned", json!(4))),
        refund(with(sound(), "cancellationFeeBps", json!(10_001))),
        // The last total whose fee the chain can compute, and the first that it cannot.
        refund(with(sound(), "totalEntry", json!("73786976294838206"))),
        refund(with(sound(), "totalEntry", json!("73786976294838207"))),
    ]
}

fn feasibility() -> Vec<Call> {
    let total = 89_088_000;
    vec![
        feasible(&[STAKE; 4], 0, 4 * STAKE + RENT),
        feasible(&[STAKE; 4], 0, 4 * STAKE + RENT - 1),
        feasible(&[STAKE, STAKE, STAKE, 0], 110_000_000, 4 * STAKE + RENT),
        feasible(&[STAKE, STAKE, STAKE, 0], 110_000_000, 410_000_000 + RENT),
        // A fee of exactly the rent empties the escrow (H-02); one lamport more or less cannot land.
        feasible(&[total], RENT, total + RENT),
        feasible(&[total], RENT - 1, total + RENT),
        feasible(&[total], RENT + 1, total + RENT),
        feasible(&[u64::MAX, 1], 0, u64::MAX),
        feasible(&[], 0, RENT),
    ]
}

fn bytes() -> Vec<Call> {
    let bytes = |payouts: &[&str]| {
        ("refundBreakdownBytes", vec![json!({ "payouts": payouts, "treasury": "110000000" })])
    };
    vec![bytes(&["100000000", "18446744073709551615", "0"]), bytes(&[]), bytes(&["1"; 11])]
}

fn withdrawals() -> Vec<Call> {
    let debit = |amount: &str, fee: &str| ("withdrawalDebit", vec![json!(amount), json!(fee)]);
    vec![
        debit("99995000", "5000"),
        debit("1", "0"),
        debit("0", "5000"),
        debit("18446744073709546615", "5000"),
        debit("18446744073709546616", "5000"),
    ]
}
