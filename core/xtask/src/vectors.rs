//! Golden vectors: calls of the boundary with the native build's answers, for the TypeScript tests and for whoever
//! writes another implementation. Arguments and results are plain JSON: u64 as decimal text, bytes as hex.

mod refunds;
mod samples;
mod trees;

use std::fs;

use money_match_core::PROGRAM_ID;
use money_match_core::layout::match_account as m;
use money_match_core::text::{hex_encode, key_encode};
use serde_json::{Value, json};

use crate::native;
use crate::toolchain::workspace_root;
use refunds::refunds;
use samples::{config_account, deposit_account, escrow_account, match_account, registry_account};
use trees::merkle;

const PATH: &str = "test/vectors/core.json";
const MATCH: &str = "11111111-2222-4333-8444-555555555555";
/// The match id of the interface's own vectors (section 1.3).
const M: &str = "660e8400-e29b-41d4-a716-446655440001";

type Call = (&'static str, Vec<Value>);

/// Writes the vectors; with `check`, compares them with the ones on disk instead.
pub fn build(check: bool) -> Result<(), String> {
    let path = workspace_root()?.join(PATH);
    let text = format!("{:#}\n", json!(vectors()));
    if !check {
        let folder = path.parent().ok_or("no folder")?;
        return fs::create_dir_all(folder)
            .and_then(|()| fs::write(&path, text))
            .map_err(|error| format!("{PATH}: {error}"));
    }
    let stored = fs::read_to_string(&path).map_err(|error| format!("{PATH}: {error}"))?;
    if stored == text { Ok(()) } else { Err(format!("{PATH} is not what `cargo xtask vectors` writes")) }
}

fn vectors() -> Vec<Value> {
    let groups = [
        money(),
        refunds(),
        actions(),
        journal(),
        merkle(),
        snapshots(),
        accounts(),
        instructions(),
        program_errors(),
        spelling(),
    ];
    let answer = |(function, args): Call| match native::call(function, &args) {
        Ok(value) => json!({ "function": function, "args": args, "ok": value }),
        Err(code) => json!({ "function": function, "args": args, "error": code }),
    };
    groups.concat().into_iter().map(answer).collect()
}

fn key(byte: u8) -> String {
    key_encode(&[byte; 32])
}

fn money() -> Vec<Call> {
    let fee = |total: u64, bps: u16| ("feeBreakdown", vec![json!(total.to_string()), json!(bps)]);
    let split = |net: u64, shares: &[u16]| ("prizeDistribution", vec![json!(net.to_string()), json!(shares)]);
    let fee_bytes = |total: &str, fee: &str, net: &str| {
        ("feeBreakdownBytes", vec![json!({ "totalEntry": total, "platformFee": fee, "netPool": net })])
    };
    let split_bytes = |net: &str, prizes: &[&str]| {
        ("prizeDistributionBytes", vec![json!({ "netPool": net, "prizes": prizes })])
    };
    vec![
        ("abiVersion", vec![]),
        fee(200_000_000, 500),
        fee(1_000_000_000, 500),
        fee(19_999, 500),
        fee(0, 500),
        fee(u64::MAX, 0),
        // The last amount that the chain can compute, and the first that it cannot (interface, section 5).
        fee(36_893_488_147_419_103, 500),
        fee(36_893_488_147_419_104, 500),
        fee(1_844_674_407_370_955, 10_000),
        fee(1, 10_001),
        split(190_000_000, &[10_000]),
        split(190_000_001, &[7_000, 3_000]),
        split(100, &[1_000; 10]),
        split(9, &[9_999, 1]),
        split(100, &[5_000, 4_999]),
        split(100, &[]),
        split(100, &[910, 909, 909, 909, 909, 909, 909, 909, 909, 909, 909]),
        split(u64::MAX, &[10_000]),
        fee_bytes("200000000", "10000000", "190000000"),
        fee_bytes("200000000", "10000000", "190000001"),
        split_bytes("190000000", &["133000000", "57000000"]),
        split_bytes("190000000", &["133000000", "57000001"]),
        split_bytes("18446744073709551615", &["18446744073709551615", "1"]),
        split_bytes("1", &["1", "0"]),
        split_bytes("0", &[]),
    ]
}

fn action(kind: &str, args: Value) -> Value {
    let mut action = json!({
        "v": 1, "kind": kind, "cluster": key(1), "programId": key_encode(&PROGRAM_ID), "args": args, "seeds": [],
        "clientKey": "0192f0c0-0000-7000-8000-000000000001", "notAfter": 1_800_000_000_000_u64,
    });
    if !["deposit", "withdraw", "anchor"].contains(&kind) {
        action["matchId"] = json!(MATCH);
    }
    if ["join", "deposit", "withdraw"].contains(&kind) {
        action["user"] = json!({ "id": "alice", "wallet": key(2) });
    }
    action
}

/// Every kind, the vectors of the formats among them, then one refusal of each sort.
fn actions() -> Vec<Call> {
    let create = json!({
        "gameType": 0, "seed": "18446744073709551615", "entryFee": "100000000", "paymentMethod": 1, "matchType": 1,
        "tournamentId": "cd".repeat(16),
    });
    let mut join = action("join", json!({ "entryFee": "100000000", "paymentMethod": 1 }));
    join["seeds"] = json!([
        { "name": "match", "seeds": ["utf8:match", "utf8:abcd"], "address": key(3), "bump": 254 },
    ]);
    let result = json!([{ "userId": "alice", "shareBps": 7000 }, { "userId": "bob", "shareBps": 3000 }]);
    let end =
        json!({ "result": result, "matchHash": "ab".repeat(32), "hotUrl": "https://example.org/\u{e9}" });
    let good = [
        action("create", create),
        join.clone(),
        action("start", json!({})),
        action("end", end),
        action("distribute", json!({ "result": result })),
        action("refund", json!({ "reason": 0, "abandonedUserId": null })),
        action("refund", json!({ "reason": 1, "abandonedUserId": "bob" })),
        action("deposit", json!({ "lamports": "1" })),
        action("withdraw", json!({ "lamports": "50000000" })),
        action("anchor", json!({ "root": "00".repeat(32), "from": "0", "to": "1800000000000" })),
    ];
    let broken = [
        ("v", json!(2)),
        ("kind", json!("joins")),
        ("user", Value::Null),
        ("matchId", json!("11111111-2222-4333-8444-55555555555A")),
        ("notAfter", json!(-1)),
        ("extra", json!(0)),
        ("args", json!({ "entryFee": 100_000_000, "paymentMethod": 1 })),
    ];
    let refused = broken.into_iter().map(|(name, value)| {
        let mut action = join.clone();
        action[name] = value;
        ("pendingActionHash", vec![action])
    });
    let both = |action: &Value| {
        [("pendingActionBytes", vec![action.clone()]), ("pendingActionHash", vec![action.clone()])]
    };
    good.iter().flat_map(both).chain(refused).collect()
}

fn journal() -> Vec<Call> {
    let genesis = "2c0d872917ea3815a2c61ca9b2babf798534f3f62f1f29f811982dc033443694";
    let entry =
        r#"{"seq":1,"at":1800000000000,"id":"x","event":{"type":"join"},"from":"lobby","to":"lobby"}"#;
    let client_key = |origin: String, at: &str, kind: &str, n: u32| {
        ("clientKey", vec![json!(origin), json!(at), json!(kind), json!(n)])
    };
    vec![
        ("journalGenesis", vec![json!("match/test")]),
        ("journalHash", vec![json!(genesis), json!(entry)]),
        ("journalHash", vec![json!(genesis), json!("{\"note\":\"\u{1f600}\u{e9}\"}")]),
        ("journalHash", vec![json!("2C0D"), json!(entry)]),
        client_key(key(3), "1700000000", "start", 0),
        client_key(key(3), "1700000000", "start", 1),
        client_key(key(3), "-1", "refund", u32::MAX),
        client_key("directory/shard-3".to_owned(), "0", "anchor", 7),
        client_key("directory/shard-3".to_owned(), "0", "start", 7),
        client_key(key(3), "0", "none", 0),
    ]
}

fn snapshots() -> Vec<Call> {
    let paid = json!({
        "matchPda": key(3), "matchId": MATCH, "createdAt": "1700000000", "gameType": 0, "phase": 1,
        "matchType": 1, "paymentMethod": 1, "entryFee": "100000000", "authority": key(2),
        "playerIds": ["alice", "bob"], "matchHash": null, "endedAt": "0",
        "escrow": {
            "totalEntry": "200000000", "stakes": ["100000000", "100000000"], "funded": true, "distributed": false,
            "cancelled": false, "cancellationReason": 0, "abandonedIndex": null,
        },
    });
    let mut free = paid.clone();
    free["escrow"] = Value::Null;
    free["matchHash"] = json!("ab".repeat(32));
    let mut uneven = paid.clone();
    uneven["escrow"]["stakes"] = json!(["100000000"]);
    let bytes = native::call("matchStateBytes", std::slice::from_ref(&paid)).unwrap_or(Value::Null);
    let cut = bytes.as_str().map(|hex| hex[2..].to_owned());
    vec![
        ("matchStateBytes", vec![paid.clone()]),
        ("matchStateHash", vec![paid]),
        ("matchStateHash", vec![free]),
        ("matchStateHash", vec![uneven]),
        ("matchStateFromBytes", vec![bytes]),
        ("matchStateFromBytes", vec![json!(cut)]),
    ]
}

fn accounts() -> Vec<Call> {
    let hex = |data: &[u8]| json!(hex_encode(data));
    let (account, escrow) = (match_account(), escrow_account());
    let mut crowded = account;
    m::PLAYER_COUNT.set(&mut crowded, 11);
    let mut garbled = account;
    m::PLAYER_IDS.set(&mut garbled, 1, [0xff; 64]);
    let from =
        |pda: u8, escrow: Value| ("matchStateFromAccounts", vec![json!(key(pda)), hex(&account), escrow]);
    vec![
        ("decodeMatch", vec![hex(&account)]),
        ("decodeMatch", vec![hex(&account[1..])]),
        ("decodeMatch", vec![hex(&[0; m::SIZE])]),
        ("decodeMatch", vec![hex(&crowded)]),
        ("decodeMatch", vec![hex(&garbled)]),
        ("decodeEscrow", vec![hex(&escrow)]),
        ("decodeUserDeposit", vec![hex(&deposit_account())]),
        ("decodeConfig", vec![hex(&config_account())]),
        ("decodeRegistry", vec![hex(&registry_account())]),
        from(3, hex(&escrow)),
        from(3, Value::Null),
        from(4, hex(&escrow)),
    ]
}

fn instructions() -> Vec<Call> {
    let good = [
        json!({ "kind": "initialize_config", "treasuryMultisig": key(6) }),
        json!({
            "kind": "update_config", "platformFeeBps": 600, "withdrawalFeeLamports": "18446744073709551615",
            "minEntryFee": "20000", "maxEntryFee": "1", "treasuryMultisig": key(6), "supportedPaymentMethods": 3,
        }),
        json!({
            "kind": "update_config", "platformFeeBps": null, "withdrawalFeeLamports": null, "minEntryFee": null,
            "maxEntryFee": null, "treasuryMultisig": null, "supportedPaymentMethods": null,
        }),
        json!({ "kind": "pause_program" }),
        json!({ "kind": "unpause_program" }),
        json!({ "kind": "initialize_registry" }),
        json!({
            "kind": "register_game", "gameId": 0, "name": "CLAIM", "minPlayers": 2, "maxPlayers": 4,
            "ruleEngineUrl": "https://example.org", "version": 1,
        }),
        json!({
            "kind": "update_game", "gameId": 0, "name": "CLAIM", "minPlayers": 2, "maxPlayers": 4,
            "ruleEngineUrl": "https://example.org", "version": 2, "enabled": false,
        }),
        json!({
            "kind": "update_game", "gameId": 0, "name": null, "minPlayers": null, "maxPlayers": null,
            "ruleEngineUrl": null, "version": null, "enabled": true,
        }),
        json!({ "kind": "deposit_sol", "amount": "100000000" }),
        json!({ "kind": "withdraw_sol", "amount": "50000000" }),
        json!({
            "kind": "create_match", "matchId": M, "gameType": 0, "seed": "9876543210", "entryFee": "100000000",
            "paymentMethod": 1, "matchType": 1, "tournamentId": null,
        }),
        json!({
            "kind": "create_match", "matchId": M, "gameType": 0, "seed": "1", "entryFee": null, "paymentMethod": null,
            "matchType": null, "tournamentId": null,
        }),
        json!({ "kind": "join_match", "matchId": M, "userId": "user-alice-001" }),
        json!({ "kind": "start_match", "matchId": M }),
        json!({ "kind": "end_match", "matchId": M, "matchHash": null, "hotUrl": null }),
        json!({ "kind": "end_match", "matchId": M, "matchHash": "ab".repeat(32), "hotUrl": "https://example.org" }),
        json!({ "kind": "anchor_match_record", "matchId": M, "matchHash": "ab".repeat(32), "hotUrl": null }),
        json!({
            "kind": "anchor_match_record", "matchId": M, "matchHash": "00".repeat(32), "hotUrl": "https://example.org",
        }),
        json!({ "kind": "close_match_account", "matchId": M }),
        json!({
            "kind": "distribute_prizes", "matchId": M, "winnerIndices": [0, 1],
            "prizeAmounts": ["133000000", "18446744073709551615"],
        }),
        json!({
            "kind": "refund_escrow", "matchId": M, "playerIndices": [0, 1], "reason": 0, "abandonedPlayerIndex": null,
        }),
    ];
    let both = |instruction: &Value| {
        let data =
            native::call("encodeInstruction", std::slice::from_ref(instruction)).unwrap_or(Value::Null);
        [("encodeInstruction", vec![instruction.clone()]), ("decodeInstruction", vec![data])]
    };
    let refused = vec![
        ("encodeInstruction", vec![json!({ "kind": "deposit_sol" })]),
        ("encodeInstruction", vec![json!({ "kind": "deposit_sol", "amount": "18446744073709551616" })]),
        ("decodeInstruction", vec![json!("6c514e757d9b38c800e1f505000000")]),
        ("decodeInstruction", vec![json!("6c514e757d9b38c900e1f50500000000")]),
        ("decodeInstruction", vec![json!("")]),
        // A bool that is neither, an option that is neither, and a zero hash left out.
        ("decodeInstruction", vec![json!("9f3d848303ead1dc0000000000000102")]),
        ("decodeInstruction", vec![json!("1d9efcbf0a53db6302")]),
        ("encodeInstruction", vec![json!({ "kind": "anchor_match_record", "matchId": M, "hotUrl": null })]),
    ];
    good.iter().flat_map(both).chain(refused).collect()
}

fn program_errors() -> Vec<Call> {
    [6000, 6005, 6029, 6044, 6045, 5999, 101].map(|code| ("programErrorName", vec![json!(code)])).to_vec()
}

fn spelling() -> Vec<Call> {
    vec![
        ("sha256", vec![json!("")]),
        ("sha256", vec![json!("616263")]),
        ("base58Encode", vec![json!(hex_encode(&PROGRAM_ID))]),
        ("base58Encode", vec![json!("0000")]),
        ("base58Decode", vec![json!("7eWx3H8bXMif7SDyPS1j5LZw1yUGDNZY592WzEKNf696")]),
        ("base58Decode", vec![json!("0OIl")]),
    ]
}
