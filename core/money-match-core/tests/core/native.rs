//! Every function of the boundary by its JavaScript name, on the native build, with arguments and results in plain
//! JSON: u64 as decimal text, bytes as hex. The golden vectors and the `.wasm` are held against this.

use money_match_core::text::{base58_decode, base58_encode, hex_array, hex_decode, hex_encode};
use money_match_core::{CoreError, FeeBreakdown, PrizeDistribution, accounts, client_key, hash};
use money_match_core::{
    fee_breakdown, instruction_json, journal, match_state, pending_action, prize_distribution,
};
use serde_json::{Value, json};

/// The result, or the code of the refusal.
pub fn call(function: &str, args: &[Value]) -> Result<Value, &'static str> {
    run(function, &Args(args)).map_err(CoreError::code)
}

fn run(function: &str, args: &Args<'_>) -> Result<Value, CoreError> {
    Ok(match function {
        "abiVersion" => json!(money_match_core::abi_version()),
        "feeBreakdown" => {
            let parts = fee_breakdown(args.u64(0), args.u16(1))?;
            let [total, fee, net] =
                [parts.total_entry, parts.platform_fee, parts.net_pool].map(|n| n.to_string());
            json!({ "totalEntry": total, "platformFee": fee, "netPool": net })
        }
        "prizeDistribution" => {
            let shares: Vec<u16> = args.list(1).iter().map(u16_of).collect();
            let split = prize_distribution(args.u64(0), &shares)?;
            let prizes: Vec<String> = split.prizes().iter().map(u64::to_string).collect();
            json!({ "netPool": split.net_pool.to_string(), "prizes": prizes })
        }
        "feeBreakdownBytes" => {
            let parts = args.at(0);
            let [total_entry, platform_fee, net_pool] =
                ["totalEntry", "platformFee", "netPool"].map(|name| u64_of(&parts[name]));
            json!(hex_encode(&FeeBreakdown { total_entry, platform_fee, net_pool }.to_bytes()?))
        }
        "prizeDistributionBytes" => {
            let split = args.at(0);
            let prizes: Vec<u64> = split["prizes"].as_array().expect("prizes").iter().map(u64_of).collect();
            json!(hex_encode(&PrizeDistribution::from_prizes(u64_of(&split["netPool"]), &prizes)?.to_bytes()))
        }
        "decodeMatch" => parsed(&accounts::decode_match(&args.bytes(0))?),
        "decodeEscrow" => parsed(&accounts::decode_escrow(&args.bytes(0))?),
        "decodeUserDeposit" => parsed(&accounts::decode_user_deposit(&args.bytes(0))?),
        "decodeConfig" => parsed(&accounts::decode_config(&args.bytes(0))?),
        "decodeRegistry" => parsed(&accounts::decode_registry(&args.bytes(0))?),
        "encodeInstruction" => json!(hex_encode(&instruction_json::encode_instruction(&args.json(0))?)),
        "decodeInstruction" => parsed(&instruction_json::decode_instruction(&args.bytes(0))?),
        "matchStateBytes" => json!(hex_encode(&match_state::match_state_bytes(&args.json(0))?)),
        "matchStateFromBytes" => parsed(&match_state::match_state_from_bytes(&args.bytes(0))?),
        "matchStateHash" => json!(match_state::match_state_hash(&args.json(0))?),
        "matchStateFromAccounts" => {
            let escrow = (!args.at(2).is_null()).then(|| args.bytes(2));
            parsed(&match_state::match_state_from_accounts(args.text(0), &args.bytes(1), escrow.as_deref())?)
        }
        "pendingActionBytes" => json!(hex_encode(&pending_action::pending_action_bytes(&args.json(0))?)),
        "pendingActionHash" => json!(pending_action::pending_action_hash(&args.json(0))?),
        "journalGenesis" => json!(hex_encode(&journal::journal_genesis(args.text(0)))),
        "journalHash" => {
            json!(hex_encode(&journal::journal_hash(&hex_array(args.text(0))?, args.text(1))))
        }
        "clientKey" => {
            let created_at = args.text(1).parse().expect("i64");
            let n = args.at(3).as_u64().and_then(|n| n.try_into().ok()).expect("u32");
            json!(client_key::client_key(args.text(0), created_at, args.text(2), n)?)
        }
        "sha256" => json!(hex_encode(&hash::sha256(&args.bytes(0)))),
        "base58Encode" => json!(base58_encode(&args.bytes(0))?),
        "base58Decode" => json!(hex_encode(&base58_decode(args.text(0))?)),
        unknown => panic!("no such function: {unknown}"),
    })
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("the core writes JSON")
}

fn u64_of(value: &Value) -> u64 {
    value.as_str().and_then(|digits| digits.parse().ok()).expect("u64 as decimal text")
}

fn u16_of(value: &Value) -> u16 {
    value.as_u64().and_then(|number| number.try_into().ok()).expect("u16")
}

/// The arguments of one call. A case that is malformed itself is a fault of the test, so it may panic.
struct Args<'a>(&'a [Value]);

impl Args<'_> {
    fn at(&self, index: usize) -> &Value {
        self.0.get(index).unwrap_or(&Value::Null)
    }
    fn u64(&self, index: usize) -> u64 {
        u64_of(self.at(index))
    }
    fn u16(&self, index: usize) -> u16 {
        u16_of(self.at(index))
    }
    fn text(&self, index: usize) -> &str {
        self.at(index).as_str().expect("text")
    }
    fn json(&self, index: usize) -> String {
        self.at(index).to_string()
    }
    fn bytes(&self, index: usize) -> Vec<u8> {
        hex_decode(self.text(index)).expect("bytes as hex")
    }
    fn list(&self, index: usize) -> &[Value] {
        self.at(index).as_array().expect("list")
    }
}
