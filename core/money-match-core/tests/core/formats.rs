//! The vectors of the formats and of the interface, as they stand there: literal inputs, literal results.

use money_match_core::PROGRAM_ID;
use money_match_core::text::key_encode;
use serde_json::{Value, json};

use crate::native;

const MATCH: &str = "11111111-2222-4333-8444-555555555555";
const M: &str = "660e8400-e29b-41d4-a716-446655440001";

fn key(byte: u8) -> String {
    key_encode(&[byte; 32])
}

fn ok(function: &str, args: &[Value]) -> Value {
    native::call(function, args).expect(function)
}

fn action(kind: &str) -> Value {
    json!({
        "v": 1, "kind": kind, "cluster": key(1), "programId": key_encode(&PROGRAM_ID), "matchId": MATCH, "args": {},
        "seeds": [], "clientKey": "0192f0c0-0000-7000-8000-000000000001", "notAfter": 1_800_000_000_000_u64,
    })
}

/// The hash and the length of an action's bytes.
fn identity(action: &Value) -> (Value, usize) {
    let bytes = ok("pendingActionBytes", std::slice::from_ref(action));
    (ok("pendingActionHash", std::slice::from_ref(action)), bytes.as_str().expect("hex").len() / 2)
}

#[test]
fn the_program_id_is_the_declared_one() {
    assert_eq!(key_encode(&PROGRAM_ID), "7eWx3H8bXMif7SDyPS1j5LZw1yUGDNZY592WzEKNf696");
}

#[test]
fn a_join_hashes_to_its_vector() {
    let mut join = action("join");
    join["user"] = json!({ "id": "alice", "wallet": key(2) });
    join["args"] = json!({ "entryFee": "100000000", "paymentMethod": 1 });
    let seeds = ["utf8:match", "utf8:abcd"];
    join["seeds"] = json!([{ "name": "match", "seeds": seeds, "address": key(3), "bump": 254 }]);
    let hash = "b284dcc5a0f112c4eef1180532b51d0612ef91e36bd7e27e47db5ab324255371";
    assert_eq!(identity(&join), (json!(hash), 249));
    // What comes after the hash is not hashed.
    join["hash"] = json!(hash);
    join["signer"] = json!(key(2));
    join["signature"] = json!("");
    assert_eq!(identity(&join), (json!(hash), 249));
}

#[test]
fn a_start_hashes_to_its_vector() {
    let hash = "92cc9d584b3d5ffdcfc3f6fa953b25bbe1e2b51ef12616371db10428350003c6";
    assert_eq!(identity(&action("start")), (json!(hash), 136));
}

#[test]
fn the_journal_chains_to_its_vector() {
    let genesis = ok("journalGenesis", &[json!("match/test")]);
    assert_eq!(genesis, "2c0d872917ea3815a2c61ca9b2babf798534f3f62f1f29f811982dc033443694");
    let entry =
        r#"{"seq":1,"at":1800000000000,"id":"x","event":{"type":"join"},"from":"lobby","to":"lobby"}"#;
    let first = ok("journalHash", &[genesis, json!(entry)]);
    assert_eq!(first, "cf41a399d844d6fe8f5bdc5b25cf9cb75fa89fb7f0210093e57fc2146cd6c958");
}

#[test]
fn a_client_key_is_derived_as_its_vector() {
    let derived = ok("clientKey", &[json!(key(3)), json!("1700000000"), json!("start"), json!(0)]);
    assert_eq!(derived, "acd70011-b5fe-8d22-8161-ccb1e3a788a7");
}

#[test]
fn a_snapshot_hashes_to_its_vector() {
    let snapshot = json!({
        "matchPda": key(3), "matchId": MATCH, "createdAt": "1700000000", "gameType": 0, "phase": 1,
        "matchType": 1, "paymentMethod": 1, "entryFee": "100000000", "authority": key(2),
        "playerIds": ["alice", "bob"], "matchHash": null, "endedAt": "0",
        "escrow": {
            "totalEntry": "200000000", "stakes": ["100000000", "100000000"], "funded": true, "distributed": false,
            "cancelled": false, "cancellationReason": 0, "abandonedIndex": null,
        },
    });
    let bytes = ok("matchStateBytes", std::slice::from_ref(&snapshot));
    assert_eq!(bytes.as_str().map(str::len), Some(2 * 188));
    assert_eq!(ok("matchStateFromBytes", &[bytes]), snapshot);
    let hash = "8aba99249b8048735f6ce23758fd57aa75347d53bc97c6983b41d43fcc9a90c0";
    assert_eq!(ok("matchStateHash", &[snapshot]), hash);
}

#[test]
fn the_fee_of_a_pool_is_that_of_the_interface() {
    let split = |total: &str| ok("feeBreakdown", &[json!(total), json!(500)]);
    let expect = |total: &str, fee: &str, net: &str| {
        assert_eq!(split(total), json!({ "totalEntry": total, "platformFee": fee, "netPool": net }));
    };
    expect("200000000", "10000000", "190000000");
    expect("1000000000", "50000000", "950000000");
    // The last amount that the chain can compute, and the first that it cannot (interface, section 5).
    for (bps, limit) in
        [(500, 36_893_488_147_419_103_u64), (250, 73_786_976_294_838_206), (10_000, 1_844_674_407_370_955)]
    {
        assert!(native::call("feeBreakdown", &[json!(limit.to_string()), json!(bps)]).is_ok());
        let beyond = native::call("feeBreakdown", &[json!((limit + 1).to_string()), json!(bps)]);
        assert_eq!(beyond, Err("overflow"));
    }
}

#[test]
fn instruction_data_is_that_of_the_interface() {
    let create = |seed: &str, fee: Option<&str>, method: Option<u8>, kind: Option<u8>| {
        json!({
            "kind": "create_match", "matchId": M, "gameType": 0, "seed": seed, "entryFee": fee,
            "paymentMethod": method, "matchType": kind, "tournamentId": null,
        })
    };
    let id = "2400000036363065383430302d653239622d343164342d613731362d343436363535343430303031";
    let vectors = [
        (
            json!({ "kind": "deposit_sol", "amount": "100000000" }),
            "6c514e757d9b38c800e1f50500000000".to_owned(),
        ),
        (
            json!({ "kind": "withdraw_sol", "amount": "50000000" }),
            "91834a8841892a2680f0fa0200000000".to_owned(),
        ),
        (
            create("9876543210", Some("100000000"), Some(1), Some(1)),
            format!("6b02b891468e11a5{id}00ea16b04c020000000100e1f505000000000101010100"),
        ),
        (create("1", None, None, None), format!("6b02b891468e11a5{id}00010000000000000000000000")),
        (
            json!({ "kind": "join_match", "matchId": M, "userId": "user-alice-001" }),
            format!("f4082f82c03bb32c{id}0e000000757365722d616c6963652d303031"),
        ),
        (json!({ "kind": "start_match", "matchId": M }), format!("64f6dfb5b065ff13{id}")),
        (
            json!({ "kind": "end_match", "matchId": M, "matchHash": null, "hotUrl": null }),
            format!("22747abf64de1475{id}0000"),
        ),
        (
            json!({
                "kind": "refund_escrow", "matchId": M, "playerIndices": [0, 1], "reason": 0,
                "abandonedPlayerIndex": null,
            }),
            format!("6bba59631ac217cc{id}0200000000010000"),
        ),
    ];
    for (instruction, data) in vectors {
        assert_eq!(ok("encodeInstruction", std::slice::from_ref(&instruction)), json!(data));
        assert_eq!(ok("decodeInstruction", &[json!(data)]), instruction);
    }
}
