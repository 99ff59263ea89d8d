//! What holds for every input: agreement with the `borsh` crate, with 128-bit arithmetic, and with the chain's reader.

use money_match_core::instruction::Instruction as Typed;
use money_match_core::text::{self, hex_encode};
use money_match_core::{CoreError, fee_breakdown, prize_distribution};
use money_match_core::{instruction_json, match_state, pending_action};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::instructions::instruction;
use crate::model::{action, amount};
use crate::snapshots::snapshot;

/// 1 to 10 shares that sum to 10,000.
fn shares() -> impl Strategy<Value = Vec<u16>> {
    proptest::collection::vec(0..=10_000_u16, 0..10).prop_map(|mut cuts| {
        cuts.push(10_000);
        cuts.sort_unstable();
        let mut last = 0;
        cuts.iter().map(|cut| cut - std::mem::replace(&mut last, *cut)).collect()
    })
}

/// The leaves and fields of a JSON value, each of which can be broken.
fn paths(value: &Value, at: &str, out: &mut Vec<String>) {
    if !at.is_empty() {
        out.push(at.to_owned());
    }
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| paths(value, &format!("{at}/{name}"), out))
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| paths(item, &format!("{at}/{index}"), out));
        }
        _ => {}
    }
}

/// No value is of this type anywhere in the formats.
fn broken(value: &Value, choice: prop::sample::Index) -> Value {
    let mut all = Vec::new();
    paths(value, "", &mut all);
    let mut broken = value.clone();
    *broken.pointer_mut(&all[choice.index(all.len())]).expect("a path of this value") = json!({ "no": -1 });
    broken
}

proptest! {
    #![proptest_config(crate::config())]

    #[test]
    fn an_action_is_encoded_as_the_borsh_crate_encodes_it(action in action()) {
        let json = action.json().to_string();
        let expected = borsh::to_vec(&action).expect("borsh");
        prop_assert_eq!(pending_action::pending_action_bytes(&json), Ok(expected));
    }

    #[test]
    fn an_action_with_any_field_broken_is_refused(action in action(), choice: prop::sample::Index) {
        let json = broken(&action.json(), choice).to_string();
        prop_assert_eq!(pending_action::pending_action_bytes(&json), Err(CoreError::InvalidAction));
    }

    #[test]
    fn an_action_with_a_field_too_many_is_refused(action in action(), name in "[a-z]{1,4}") {
        let mut json = action.json();
        json["args"][name] = json!(null);
        let refused = pending_action::pending_action_bytes(&json.to_string());
        prop_assert_eq!(refused, Err(CoreError::InvalidAction));
    }

    #[test]
    fn a_snapshot_is_encoded_as_the_borsh_crate_encodes_it_and_read_back(snapshot in snapshot()) {
        let json = snapshot.json();
        let expected = borsh::to_vec(&snapshot).expect("borsh");
        prop_assert_eq!(match_state::match_state_bytes(&json.to_string()), Ok(expected.clone()));
        let back = match_state::match_state_from_bytes(&expected).expect("our own bytes");
        prop_assert_eq!(serde_json::from_str::<Value>(&back).expect("JSON"), json);
    }

    #[test]
    fn snapshot_bytes_cut_lengthened_or_of_another_version_are_refused(snapshot in snapshot(), cut: prop::sample::Index) {
        let bytes = borsh::to_vec(&snapshot).expect("borsh");
        let refused = Err(CoreError::InvalidSnapshot);
        prop_assert_eq!(match_state::match_state_from_bytes(&bytes[..cut.index(bytes.len())]), refused.clone());
        prop_assert_eq!(match_state::match_state_from_bytes(&[bytes.as_slice(), &[0]].concat()), refused.clone());
        prop_assert_eq!(match_state::match_state_from_bytes(&[&[2], &bytes[1..]].concat()), refused);
    }

    #[test]
    fn an_instruction_is_encoded_as_the_borsh_crate_encodes_it_and_read_back((data, json) in instruction()) {
        prop_assert_eq!(instruction_json::encode_instruction(&json.to_string()), Ok(data.clone()));
        let back = instruction_json::decode_instruction(&data).expect("an instruction");
        prop_assert_eq!(serde_json::from_str::<Value>(&back).expect("JSON"), json);
    }

    #[test]
    fn the_chain_and_the_edge_read_the_same_instructions((data, _) in instruction(), cut: prop::sample::Index, tail in any::<[u8; 3]>()) {
        let cut = &data[..cut.index(data.len() + 1)];
        let chain = Typed::decode(cut).map(|_| ());
        prop_assert_eq!(chain, instruction_json::decode_instruction(cut).map(|_| ()));
        // Bytes after the arguments change nothing on either side.
        let longer = [data.as_slice(), &tail].concat();
        prop_assert_eq!(Typed::decode(&longer), Typed::decode(&data));
        prop_assert_eq!(instruction_json::decode_instruction(&longer), instruction_json::decode_instruction(&data));
    }

    #[test]
    fn the_chain_reads_what_the_edge_writes((data, json) in instruction()) {
        let field = |name: &str| json[name].clone();
        let typed = match Typed::decode(&data).expect("an instruction") {
            Typed::DepositSol { amount } | Typed::WithdrawSol { amount } => field("amount") == json!(amount.to_string()),
            Typed::CreateMatch(args) => json!([
                args.match_id, args.game_type, args.seed.to_string(), args.entry_fee.map(|fee| fee.to_string()),
                args.payment_method, args.match_type, args.tournament_id.map(|id| hex_encode(&id)),
            ]) == json!([
                field("matchId"), field("gameType"), field("seed"), field("entryFee"), field("paymentMethod"),
                field("matchType"), field("tournamentId"),
            ]),
            Typed::JoinMatch { match_id, user_id } => field("matchId") == match_id && field("userId") == user_id,
            Typed::StartMatch { match_id } | Typed::CloseMatchAccount { match_id } => field("matchId") == match_id,
            Typed::PauseProgram => field("kind") == "pause_program",
            Typed::UnpauseProgram => field("kind") == "unpause_program",
            Typed::UpdateConfig(args) => {
                let text = |amount: Option<u64>| amount.map(|amount| amount.to_string());
                json!([
                    args.platform_fee_bps, text(args.withdrawal_fee_lamports), text(args.min_entry_fee),
                    text(args.max_entry_fee), args.treasury_multisig.map(|key| text::key_encode(&key)),
                    args.supported_payment_methods,
                ]) == json!([
                    field("platformFeeBps"), field("withdrawalFeeLamports"), field("minEntryFee"), field("maxEntryFee"),
                    field("treasuryMultisig"), field("supportedPaymentMethods"),
                ])
            }
            Typed::UpdateGame(args) => json!([
                args.game_id, args.name, args.min_players, args.max_players, args.rule_engine_url, args.version,
                args.enabled,
            ]) == json!([
                field("gameId"), field("name"), field("minPlayers"), field("maxPlayers"), field("ruleEngineUrl"),
                field("version"), field("enabled"),
            ]),
            Typed::AnchorMatchRecord(args) => {
                json!([args.match_id, hex_encode(&args.match_hash), args.hot_url])
                    == json!([field("matchId"), field("matchHash"), field("hotUrl")])
            }
            Typed::EndMatch(args) => {
                json!([args.match_id, args.match_hash.map(|hash| hex_encode(&hash)), args.hot_url])
                    == json!([field("matchId"), field("matchHash"), field("hotUrl")])
            }
            Typed::DistributePrizes(args) => {
                let amounts: Vec<String> = args.prize_amounts.iter().map(|amount| amount.to_string()).collect();
                json!([args.match_id, args.winner_indices, amounts])
                    == json!([field("matchId"), field("winnerIndices"), field("prizeAmounts")])
            }
            Typed::RefundEscrow(args) => {
                json!([args.match_id, args.player_indices, args.reason, args.abandoned_player_index])
                    == json!([field("matchId"), field("playerIndices"), field("reason"), field("abandonedPlayerIndex")])
            }
            Typed::RegisterGame(args) => {
                json!([args.game_id, args.name, args.min_players, args.max_players, args.rule_engine_url, args.version])
                    == json!([field("gameId"), field("name"), field("minPlayers"), field("maxPlayers"), field("ruleEngineUrl"), field("version")])
            }
            Typed::InitializeConfig { treasury_multisig } => field("treasuryMultisig") == text::key_encode(&treasury_multisig),
            Typed::InitializeRegistry => field("kind") == "initialize_registry",
        };
        prop_assert!(typed, "{}", json);
    }

    #[test]
    fn a_fee_is_the_floor_and_overflows_where_the_chain_does(total in amount(), bps in 0..=10_100_u16) {
        let expected = match u64::try_from(u128::from(total) * u128::from(bps)) {
            _ if bps > 10_000 => Err(CoreError::InvalidBps),
            Err(_) => Err(CoreError::Overflow),
            Ok(product) => Ok((product / 10_000, total - product / 10_000)),
        };
        let actual = fee_breakdown(total, bps).map(|parts| (parts.platform_fee, parts.net_pool));
        prop_assert_eq!(actual, expected);
    }

    #[test]
    fn prizes_sum_to_the_pool_and_each_is_its_floor(net in amount(), shares in shares()) {
        let floor = |share: &u16| u64::try_from(u128::from(net) * u128::from(*share) / 10_000).expect("a part of u64");
        let mut expected: Vec<u64> = shares.iter().map(floor).collect();
        expected[0] += net - expected.iter().sum::<u64>();
        match prize_distribution(net, &shares) {
            Ok(split) => {
                prop_assert_eq!(split.prizes(), expected.as_slice());
                prop_assert_eq!(expected.iter().sum::<u64>(), net);
            }
            Err(refusal) => {
                prop_assert_eq!(refusal, CoreError::ZeroPrize);
                prop_assert!(expected.contains(&0));
            }
        }
    }

    #[test]
    fn shares_that_are_not_ten_thousand_are_refused(net: u64, shares in proptest::collection::vec(any::<u16>(), 0..13)) {
        let sum: u32 = shares.iter().map(|share| u32::from(*share)).sum();
        prop_assume!(sum != 10_000 || shares.is_empty() || shares.len() > 10);
        prop_assert_eq!(prize_distribution(net, &shares), Err(CoreError::InvalidShares));
    }

    #[test]
    fn base58_hex_decimal_and_uuid_read_what_they_write(bytes: Vec<u8>, number: u64, signed: i64, uuid: [u8; 16]) {
        prop_assert_eq!(text::base58_decode(&text::base58_encode(&bytes).expect("short")), Ok(bytes.clone()));
        prop_assert_eq!(text::hex_decode(&text::hex_encode(&bytes)), Ok(bytes));
        prop_assert_eq!(text::decimal(number), number.to_string());
        prop_assert_eq!(text::parse_decimal(number.to_string().as_bytes()), Some(number));
        prop_assert_eq!(text::signed_decimal(signed), signed.to_string());
        prop_assert_eq!(text::parse_signed_decimal(signed.to_string().as_bytes()), Some(signed));
        prop_assert_eq!(text::uuid_decode(&text::uuid_encode(&uuid)), Some(uuid));
    }
}

#[test]
fn every_value_has_one_spelling() {
    for text in ["", "00", "01", "+1", "-0", " 1", "1 ", "1e3", "1.0", "18446744073709551616", "\u{661}"] {
        assert_eq!(text::parse_decimal(text.as_bytes()), None, "{text}");
        assert_eq!(text::parse_signed_decimal(text.as_bytes()), None, "{text}");
    }
    assert_eq!(text::parse_signed_decimal(b"-9223372036854775808"), Some(i64::MIN));
    assert_eq!(text::parse_signed_decimal(b"9223372036854775808"), None);
    for text in ["AB", "0x", "a", "zz"] {
        assert_eq!(text::hex_decode(text), Err(CoreError::InvalidHex), "{text}");
    }
    for text in [
        "11111111-2222-4333-8444-55555555555A",
        "11111111222243338444555555555555",
        "{11111111-2222-4333-8444-555555555555}",
        "1111111-12222-4333-8444-555555555555",
    ] {
        assert_eq!(text::uuid_decode(text), None, "{text}");
    }
    for text in ["0", "l", "I", "O", "1\u{e9}"] {
        assert_eq!(text::base58_decode(text), Err(CoreError::InvalidBase58), "{text}");
    }
    assert_eq!(text::key_decode("1"), Err(CoreError::InvalidBase58));
    // What can be decoded can be encoded: the bounds of both are one.
    let (longest, bytes) = ("1".repeat(text::MAX_BASE58_BYTES), vec![0; text::MAX_BASE58_BYTES]);
    assert_eq!(text::base58_decode(&longest), Ok(bytes.clone()));
    assert_eq!(text::base58_encode(&bytes), Ok(longest.clone()));
    assert_eq!(text::base58_decode(&(longest + "1")), Err(CoreError::InvalidBase58));
    assert_eq!(text::base58_encode(&vec![255; text::MAX_BASE58_BYTES + 1]), Err(CoreError::BadLength));
    let widest = text::base58_encode(&vec![255; text::MAX_BASE58_BYTES]).expect("as long as may be");
    assert_eq!(text::base58_decode(&widest), Ok(vec![255; text::MAX_BASE58_BYTES]));
}

#[test]
fn json_that_is_not_exactly_json_is_refused() {
    let good = r#"{"kind":"deposit_sol","amount":"1"}"#;
    let data = instruction_json::encode_instruction(good).expect("good");
    let escaped = r#" { "k\u0069nd" : "deposit\u005fsol" , "\u0061mount" : "1" } "#;
    assert_eq!(instruction_json::encode_instruction(escaped), Ok(data));
    for bad in [
        "",
        "{",
        "null",
        "[]",
        r#""x""#,
        r#"{"kind":"deposit_sol","amount":"1"}}"#,
        r#"{"kind":"deposit_sol","amount":"1",}"#,
        r#"{"kind":"deposit_sol","amount":"1","amount":"1"}"#,
        r#"{"kind":"deposit_sol","amount":1}"#,
        r#"{"kind":"deposit_sol","amount":"1","more":0}"#,
        r#"{"kind":"deposit_sol" "amount":"1"}"#,
        r#"{"kind":"deposit_sol","amount":"\ud800"}"#,
        r#"{"kind":"deposit_sol","amount":"\udc00\ud800"}"#,
        "{\"kind\":\"deposit_sol\",\"amount\":\"1\n\"}",
        r#"{"kind":"deposit_sol","amount":[[[[[[[["1"]]]]]]]]}"#,
        r#"{"kind":"end_match","matchId":"m","matchHash":null,"hotUrl":"\x"}"#,
        r#"{"kind":"start_match","matchId":1e0}"#,
    ] {
        assert_eq!(instruction_json::encode_instruction(bad), Err(CoreError::InvalidInstruction), "{bad}");
    }
}
