//! Executes the vendored `.wasm` itself, in Node, and compares it with the native build on generated cases.
//!
//! `CASES` is the number of rounds (each calls every function once or more), `CORE_PKG` the package to run
//! instead of the vendored one, from the workspace root.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::accounts::{a_match, an_escrow, scribbled};
use crate::instructions::instruction;
use crate::model::{action, amount, text};
use crate::refunds::terms;
use crate::snapshots::snapshot;
use crate::{cases, native};
use money_match_core::text::{hex_encode, key_encode};

type Call = (&'static str, Vec<Value>);
/// A decoder and its account bytes.
type Decoding = (&'static str, Vec<u8>);

/// One call of every function, good or broken.
fn round() -> impl Strategy<Value = Vec<Call>> {
    (money(), refunds(), hashed(), chain(), spelling(), trees())
        .prop_map(|(a, b, c, d, e, f)| [a, b, c, d, e, f].concat())
}

fn money() -> impl Strategy<Value = Vec<Call>> {
    let shares = prop_oneof![
        vec(any::<u16>(), 0..12),
        Just(vec![10_000]),
        Just(vec![7_000, 3_000]),
        Just(vec![5_000, 3_000, 1_999, 1])
    ];
    let parts = (amount(), amount(), any::<bool>());
    (amount(), 0..=10_100_u16, shares, parts).prop_map(|(total, bps, shares, (fee, net, sound))| {
        let whole = if sound { fee.wrapping_add(net) } else { total };
        let breakdown = json!({
            "totalEntry": whole.to_string(), "platformFee": fee.to_string(), "netPool": net.to_string(),
        });
        let split = json!({ "netPool": whole.to_string(), "prizes": [fee.to_string(), net.to_string()] });
        vec![
            ("abiVersion", vec![]),
            ("feeBreakdown", vec![json!(total.to_string()), json!(bps)]),
            ("prizeDistribution", vec![json!(total.to_string()), json!(shares)]),
            ("feeBreakdownBytes", vec![breakdown]),
            ("prizeDistributionBytes", vec![split]),
        ]
    })
}

fn refunds() -> impl Strategy<Value = Vec<Call>> {
    (terms(), amount(), amount(), 5995..6050_u32).prop_map(|(terms, lamports, rent, code)| {
        let texts = |amounts: &[u64]| amounts.iter().map(u64::to_string).collect::<Vec<_>>();
        let breakdown = json!({ "payouts": texts(&terms.stakes), "treasury": lamports.to_string() });
        vec![
            ("refundBreakdown", vec![terms.json()]),
            ("refundFeasible", vec![breakdown.clone(), json!(lamports.to_string()), json!(rent.to_string())]),
            ("refundBreakdownBytes", vec![breakdown]),
            ("withdrawalDebit", vec![json!(lamports.to_string()), json!(rent.to_string())]),
            ("programErrorName", vec![json!(code)]),
        ]
    })
}

fn trees() -> impl Strategy<Value = Vec<Call>> {
    // Few values, so that equal leaves occur.
    let leaves = vec(vec(0..4_u8, 0..3), 0..20);
    (leaves, 0..20_u32, text(), amount(), 0..600_usize).prop_map(|(leaves, index, name, seq, bit)| {
        let hex: Vec<String> = leaves.iter().map(|leaf| hex_encode(leaf)).collect();
        let root = native::call("merkleRoot", &[json!(hex)]).expect("few leaves");
        let leaf = json!(hex.get(index as usize).cloned().unwrap_or_default());
        let mut proof = native::call("merkleProof", &[json!(hex), json!(index)])
            .unwrap_or_else(|_| json!({ "index": index, "siblings": [root] }));
        let sound = ("verifyProof", vec![root.clone(), leaf.clone(), proof.clone()]);
        if bit & 1 == 0 {
            proof["index"] = json!(index ^ 1 << (bit / 2 % 6));
        } else if let Some(siblings) = proof["siblings"].as_array_mut() {
            siblings.pop();
        }
        vec![
            ("anchorLeaf", vec![json!(name), json!(seq.to_string()), root.clone()]),
            ("merkleLeaf", vec![leaf.clone()]),
            ("merkleRoot", vec![json!(hex)]),
            ("merkleProof", vec![json!(hex), json!(index)]),
            sound,
            ("verifyProof", vec![root, leaf, proof]),
        ]
    })
}

/// With one top-level field made a "1", if the place falls among them: most such JSON is refused, some is not.
fn scratched(value: &Value, place: u16) -> Value {
    let mut json = value.clone();
    if let Some(fields) = json.as_object_mut()
        && let Some(name) = fields.keys().nth(usize::from(place)).cloned()
    {
        fields.insert(name, json!("1"));
    }
    json
}

fn hashed() -> impl Strategy<Value = Vec<Call>> {
    (action(), snapshot(), 0..60_u16, 0..60_u16, vec(any::<u8>(), 0..64)).prop_map(
        |(action, state, a, b, noise)| {
            let bytes = borsh::to_vec(&state).expect("borsh");
            let (action, state) = (scratched(&action.json(), a), scratched(&state.json(), b));
            vec![
                ("pendingActionBytes", vec![action.clone()]),
                ("pendingActionHash", vec![action]),
                ("matchStateBytes", vec![state.clone()]),
                ("matchStateHash", vec![state]),
                ("matchStateFromBytes", vec![json!(hex_encode(&bytes))]),
                ("matchStateFromBytes", vec![json!(hex_encode(&noise))]),
            ]
        },
    )
}

fn chain() -> impl Strategy<Value = Vec<Call>> {
    (scribbled(), scribbled(), scribbled(), instruction(), 0..40_u16, any::<prop::sample::Index>()).prop_map(
        |(one, two, three, (data, json), scratch, cut)| {
            let hex = |data: &[u8]| json!(hex_encode(data));
            let account = if one.0 == "decodeMatch" { one.1.clone() } else { a_match() };
            let escrow = if two.0 == "decodeEscrow" { two.1.clone() } else { an_escrow() };
            let decode = |(function, data): &Decoding| (*function, vec![hex(data)]);
            vec![
                decode(&one),
                decode(&two),
                decode(&three),
                ("matchStateFromAccounts", vec![json!(key_encode(&[3; 32])), hex(&account), hex(&escrow)]),
                ("matchStateFromAccounts", vec![json!("no key"), hex(&account), Value::Null]),
                ("encodeInstruction", vec![scratched(&json, scratch)]),
                ("decodeInstruction", vec![hex(&data)]),
                ("decodeInstruction", vec![hex(&data[..cut.index(data.len())])]),
            ]
        },
    )
}

fn spelling() -> impl Strategy<Value = Vec<Call>> {
    let kind = prop_oneof![Just("start"), Just("anchor"), Just("refund"), Just("no kind")];
    (text(), any::<[u8; 32]>(), any::<i64>(), kind, any::<u32>(), vec(any::<u8>(), 0..200)).prop_map(
        |(text, key, at, kind, n, bytes)| {
            let origin = if kind == "anchor" { text.clone() } else { key_encode(&key) };
            vec![
                ("journalGenesis", vec![json!(text)]),
                ("journalHash", vec![json!(hex_encode(&key)), json!(text)]),
                ("journalHash", vec![json!(text), json!(text)]),
                ("clientKey", vec![json!(origin), json!(at.to_string()), json!(kind), json!(n)]),
                ("sha256", vec![json!(hex_encode(&bytes))]),
                ("base58Encode", vec![json!(hex_encode(&bytes))]),
                ("base58Decode", vec![json!(key_encode(&key))]),
                ("base58Decode", vec![json!(text)]),
            ]
        },
    )
}

/// The results of the package, one for each call.
fn run_package(calls: &[Call]) -> Vec<Value> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let package = root.join(std::env::var("CORE_PKG").unwrap_or_else(|_| "core/pkg".to_owned()));
    let node = root.join("node_modules/.bin/node");
    let mut child = Command::new(if node.exists() { node } else { "node".into() })
        .arg(root.join("core/money-match-core/tests/core/run-package.mjs"))
        .arg(package)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node runs");
    let input: String = calls.iter().map(|call| json!(call).to_string() + "\n").collect();
    let mut stdin = child.stdin.take().expect("a pipe");
    // Written from a thread of its own, so that neither side waits for the other with a full pipe.
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().expect("node ends");
    writer.join().expect("the writer ends").expect("node reads");
    assert!(output.status.success(), "node failed");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[test]
fn the_vendored_wasm_answers_as_the_native_build() {
    let rounds = cases() as usize;
    let (mut runner, strategy) = (TestRunner::default(), round());
    let mut calls = Vec::new();
    for _ in 0..rounds {
        calls.extend(strategy.new_tree(&mut runner).expect("a case").current());
    }
    let results = run_package(&calls);
    assert_eq!(results.len(), calls.len());
    let (mut accepted, mut refused) = (0, 0);
    for ((function, args), result) in calls.iter().zip(results) {
        let expected = match native::call(function, args) {
            Ok(value) => {
                accepted += 1;
                json!({ "ok": value })
            }
            Err(code) => {
                refused += 1;
                json!({ "error": code })
            }
        };
        assert_eq!(result, expected, "{function} {}", json!(args));
    }
    // A comparison of refusals only would prove little.
    assert!(accepted > 5 * rounds && refused > rounds, "{accepted} accepted, {refused} refused");
}
