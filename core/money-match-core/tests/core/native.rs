//! Every function of the boundary by its JavaScript name, on the native build, with arguments and results in plain
//! JSON: u64 as decimal text, bytes as hex. The golden vectors and the `.wasm` are held against this.

use money_match_core::merkle::{self, MerkleProof};
use money_match_core::program_error::ProgramError;
use money_match_core::text::{base58_decode, base58_encode, hex_array, hex_decode, hex_encode};
use money_match_core::{
    CoreError, FeeBreakdown, PrizeDistribution, RefundBreakdown, RefundTerms, accounts, client_key, hash,
};
use money_match_core::{
    fee_breakdown, instruction_json, journal, match_state, pending_action, prize_distribution,
    refund_breakdown, withdrawal_debit,
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
            json!({ "netPool": split.net_pool.to_string(), "prizes": texts(split.prizes()) })
        }
        "refundBreakdown" => {
            let terms = args.at(0);
            let (stakes, listed) = (u64s(&terms["stakes"]), u8s(&terms["listed"]));
            let refund = refund_breakdown(&RefundTerms {
                total_entry: u64_of(&terms["totalEntry"]),
                stakes: &stakes,
                listed: &listed,
                reason: u8_of(&terms["reason"]),
                cancellation_fee_bps: u16_of(&terms["cancellationFeeBps"]),
                abandoned: (!terms["abandoned"].is_null()).then(|| u8_of(&terms["abandoned"])),
            })?;
            json!({ "payouts": texts(refund.payouts()), "treasury": refund.treasury.to_string() })
        }
        "refundFeasible" => json!(refund_of(args.at(0))?.feasible_with(args.u64(1), args.u64(2))),
        "refundBreakdownBytes" => json!(hex_encode(&refund_of(args.at(0))?.to_bytes())),
        "withdrawalDebit" => json!(withdrawal_debit(args.u64(0), args.u64(1))?.to_string()),
        "programErrorName" => {
            json!(ProgramError::from_code(args.u32(0)).map(ProgramError::name))
        }
        "feeBreakdownBytes" => {
            let parts = args.at(0);
            let [total_entry, platform_fee, net_pool] =
                ["totalEntry", "platformFee", "netPool"].map(|name| u64_of(&parts[name]));
            json!(hex_encode(&FeeBreakdown { total_entry, platform_fee, net_pool }.to_bytes()?))
        }
        "prizeDistributionBytes" => {
            let split = args.at(0);
            let prizes = u64s(&split["prizes"]);
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
            json!(client_key::client_key(args.text(0), created_at, args.text(2), args.u32(3))?)
        }
        "anchorLeaf" => {
            let head = hex_array(args.text(2))?;
            json!(hex_encode(&merkle::anchor_leaf(args.text(0), args.u64(1), &head)?))
        }
        "merkleLeaf" => json!(hex_encode(&merkle::merkle_leaf(&args.bytes(0)))),
        "merkleRoot" => json!(hex_encode(&merkle::merkle_root(&leaves(args.at(0)))?)),
        "merkleProof" => {
            let proof = merkle::merkle_proof(&leaves(args.at(0)), args.u32(1))?;
            let siblings: Vec<String> = proof.siblings.iter().map(|hash| hex_encode(hash)).collect();
            json!({ "index": proof.index, "siblings": siblings })
        }
        "verifyProof" => {
            let (root, given) = (hex_array(args.text(0))?, args.at(2));
            let siblings = given["siblings"].as_array().expect("siblings").iter();
            let siblings =
                siblings.map(|hash| hex_array(hash.as_str().expect("hex"))).collect::<Result<_, _>>()?;
            let proof = MerkleProof { index: u32_of(&given["index"]), siblings };
            json!(merkle::verify_proof(&root, &args.bytes(1), &proof))
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

fn u32_of(value: &Value) -> u32 {
    value.as_u64().and_then(|number| number.try_into().ok()).expect("u32")
}

fn u16_of(value: &Value) -> u16 {
    value.as_u64().and_then(|number| number.try_into().ok()).expect("u16")
}

fn u8_of(value: &Value) -> u8 {
    value.as_u64().and_then(|number| number.try_into().ok()).expect("u8")
}

fn u64s(value: &Value) -> Vec<u64> {
    value.as_array().expect("amounts").iter().map(u64_of).collect()
}

fn u8s(value: &Value) -> Vec<u8> {
    value.as_array().expect("numbers").iter().map(u8_of).collect()
}

fn texts(amounts: &[u64]) -> Vec<String> {
    amounts.iter().map(u64::to_string).collect()
}

fn leaves(value: &Value) -> Vec<Vec<u8>> {
    let hex = |leaf: &Value| hex_decode(leaf.as_str().expect("hex")).expect("hex");
    value.as_array().expect("leaves").iter().map(hex).collect()
}

fn refund_of(value: &Value) -> Result<RefundBreakdown, CoreError> {
    RefundBreakdown::from_parts(&u64s(&value["payouts"]), u64_of(&value["treasury"]))
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
    fn u32(&self, index: usize) -> u32 {
        u32_of(self.at(index))
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
