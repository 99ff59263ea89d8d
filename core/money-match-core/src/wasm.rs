//! The boundary to JavaScript, and nothing else: bytes, texts and JSON in; bytes, texts and JSON out; a refusal is
//! thrown as its code. No panic crosses it: there is none to cross, and a trap is the door's business (core/index.ts).

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::error::CoreError;
use crate::fees::FeeBreakdown;
use crate::merkle::Hash;
use crate::prizes::PrizeDistribution;
use crate::program_error::ProgramError;
use crate::refunds::{RefundBreakdown, RefundTerms};
use crate::{accounts, instruction_json, match_state, merkle, pending_action, text};

type Thrown<T> = Result<T, JsValue>;

/// The code itself is thrown; the door makes an error of it.
impl From<CoreError> for JsValue {
    fn from(error: CoreError) -> Self {
        Self::from_str(error.code())
    }
}

#[wasm_bindgen(js_name = abiVersion)]
pub fn abi_version() -> u32 {
    crate::abi_version()
}

/// Total, fee, net pool.
#[wasm_bindgen(js_name = feeBreakdown)]
pub fn fee_breakdown(total_entry: u64, platform_fee_bps: u16) -> Thrown<Vec<u64>> {
    let parts = crate::fee_breakdown(total_entry, platform_fee_bps)?;
    Ok(vec![parts.total_entry, parts.platform_fee, parts.net_pool])
}

/// The prizes by rank.
#[wasm_bindgen(js_name = prizeDistribution)]
pub fn prize_distribution(net_pool: u64, shares_bps: &[u16]) -> Thrown<Vec<u64>> {
    Ok(crate::prize_distribution(net_pool, shares_bps)?.prizes().to_vec())
}

/// The payouts by position of the list, then what the treasury receives.
#[wasm_bindgen(js_name = refundBreakdown)]
pub fn refund_breakdown(
    total_entry: u64,
    stakes: &[u64],
    listed: &[u8],
    reason: u8,
    cancellation_fee_bps: u16,
    abandoned: Option<u8>,
) -> Thrown<Vec<u64>> {
    let terms = RefundTerms { total_entry, stakes, listed, reason, cancellation_fee_bps, abandoned };
    let refund = crate::refund_breakdown(&terms)?;
    Ok([refund.payouts(), &[refund.treasury]].concat())
}

#[wasm_bindgen(js_name = refundFeasible)]
pub fn refund_feasible(
    payouts: &[u64],
    treasury: u64,
    escrow_lamports: u64,
    rent_minimum: u64,
) -> Thrown<bool> {
    Ok(RefundBreakdown::from_parts(payouts, treasury)?.feasible_with(escrow_lamports, rent_minimum))
}

#[wasm_bindgen(js_name = withdrawalDebit)]
pub fn withdrawal_debit(amount: u64, fee: u64) -> Thrown<u64> {
    Ok(crate::withdrawal_debit(amount, fee)?)
}

#[wasm_bindgen(js_name = feeBreakdownBytes)]
pub fn fee_breakdown_bytes(total_entry: u64, platform_fee: u64, net_pool: u64) -> Thrown<Vec<u8>> {
    Ok(FeeBreakdown { total_entry, platform_fee, net_pool }.to_bytes()?)
}

#[wasm_bindgen(js_name = prizeDistributionBytes)]
pub fn prize_distribution_bytes(net_pool: u64, prizes: &[u64]) -> Thrown<Vec<u8>> {
    Ok(PrizeDistribution::from_prizes(net_pool, prizes)?.to_bytes())
}

#[wasm_bindgen(js_name = refundBreakdownBytes)]
pub fn refund_breakdown_bytes(payouts: &[u64], treasury: u64) -> Thrown<Vec<u8>> {
    Ok(RefundBreakdown::from_parts(payouts, treasury)?.to_bytes())
}

#[wasm_bindgen(js_name = programErrorName)]
pub fn program_error_name(code: u32) -> Option<String> {
    ProgramError::from_code(code).map(|error| error.name().into())
}

#[wasm_bindgen(js_name = decodeMatch)]
pub fn decode_match(data: &[u8]) -> Thrown<String> {
    Ok(accounts::decode_match(data)?)
}

#[wasm_bindgen(js_name = decodeEscrow)]
pub fn decode_escrow(data: &[u8]) -> Thrown<String> {
    Ok(accounts::decode_escrow(data)?)
}

#[wasm_bindgen(js_name = decodeUserDeposit)]
pub fn decode_user_deposit(data: &[u8]) -> Thrown<String> {
    Ok(accounts::decode_user_deposit(data)?)
}

#[wasm_bindgen(js_name = decodeConfig)]
pub fn decode_config(data: &[u8]) -> Thrown<String> {
    Ok(accounts::decode_config(data)?)
}

#[wasm_bindgen(js_name = decodeRegistry)]
pub fn decode_registry(data: &[u8]) -> Thrown<String> {
    Ok(accounts::decode_registry(data)?)
}

#[wasm_bindgen(js_name = encodeInstruction)]
pub fn encode_instruction(json: &str) -> Thrown<Vec<u8>> {
    Ok(instruction_json::encode_instruction(json)?)
}

#[wasm_bindgen(js_name = decodeInstruction)]
pub fn decode_instruction(data: &[u8]) -> Thrown<String> {
    Ok(instruction_json::decode_instruction(data)?)
}

#[wasm_bindgen(js_name = matchStateBytes)]
pub fn match_state_bytes(json: &str) -> Thrown<Vec<u8>> {
    Ok(match_state::match_state_bytes(json)?)
}

#[wasm_bindgen(js_name = matchStateFromBytes)]
pub fn match_state_from_bytes(bytes: &[u8]) -> Thrown<String> {
    Ok(match_state::match_state_from_bytes(bytes)?)
}

#[wasm_bindgen(js_name = matchStateHash)]
pub fn match_state_hash(json: &str) -> Thrown<String> {
    Ok(match_state::match_state_hash(json)?)
}

#[wasm_bindgen(js_name = matchStateFromAccounts)]
pub fn match_state_from_accounts(pda: &str, account: &[u8], escrow: Option<Vec<u8>>) -> Thrown<String> {
    Ok(match_state::match_state_from_accounts(pda, account, escrow.as_deref())?)
}

#[wasm_bindgen(js_name = pendingActionBytes)]
pub fn pending_action_bytes(json: &str) -> Thrown<Vec<u8>> {
    Ok(pending_action::pending_action_bytes(json)?)
}

#[wasm_bindgen(js_name = pendingActionHash)]
pub fn pending_action_hash(json: &str) -> Thrown<String> {
    Ok(pending_action::pending_action_hash(json)?)
}

#[wasm_bindgen(js_name = journalGenesis)]
pub fn journal_genesis(object_name: &str) -> String {
    text::hex_encode(&crate::journal::journal_genesis(object_name))
}

#[wasm_bindgen(js_name = journalHash)]
pub fn journal_hash(prev: &str, entry: &str) -> Thrown<String> {
    Ok(text::hex_encode(&crate::journal::journal_hash(&text::hex_array(prev)?, entry)))
}

#[wasm_bindgen(js_name = anchorLeaf)]
pub fn anchor_leaf(object_name: &str, seq: u64, head: &str) -> Thrown<Vec<u8>> {
    Ok(merkle::anchor_leaf(object_name, seq, &text::hex_array(head)?)?)
}

/// The hash of a leaf. The trees take hashes, so that the leaves themselves need not fit the memory together.
#[wasm_bindgen(js_name = merkleLeaf)]
pub fn merkle_leaf(leaf: &[u8]) -> Vec<u8> {
    merkle::merkle_leaf(leaf).to_vec()
}

#[wasm_bindgen(js_name = merkleRoot)]
pub fn merkle_root(hashes: &[u8]) -> Thrown<String> {
    Ok(text::hex_encode(&merkle::root_of(joined(hashes)?.to_vec())?))
}

/// The siblings, from the leaf's level upwards.
#[wasm_bindgen(js_name = merkleProof)]
pub fn merkle_proof(hashes: &[u8], index: u32) -> Thrown<Vec<u8>> {
    Ok(merkle::proof_of(joined(hashes)?.to_vec(), index)?.siblings.concat())
}

#[wasm_bindgen(js_name = verifyProof)]
pub fn verify_proof(root: &str, leaf: &[u8], index: u32, siblings: &[u8]) -> Thrown<bool> {
    Ok(merkle::verify(&text::hex_array(root)?, leaf, index, joined(siblings)?))
}

/// Hashes that stand one behind the other.
fn joined(bytes: &[u8]) -> Result<&[Hash], CoreError> {
    let (hashes, rest) = bytes.as_chunks();
    if rest.is_empty() { Ok(hashes) } else { Err(CoreError::BadLength) }
}

#[wasm_bindgen(js_name = clientKey)]
pub fn client_key(origin: &str, created_at: i64, kind: &str, n: u32) -> Thrown<String> {
    Ok(crate::client_key::client_key(origin, created_at, kind, n)?)
}

#[wasm_bindgen]
pub fn sha256(bytes: &[u8]) -> Vec<u8> {
    crate::hash::sha256(bytes).to_vec()
}

#[wasm_bindgen(js_name = base58Encode)]
pub fn base58_encode(bytes: &[u8]) -> Thrown<String> {
    Ok(text::base58_encode(bytes)?)
}

#[wasm_bindgen(js_name = base58Decode)]
pub fn base58_decode(text: &str) -> Thrown<Vec<u8>> {
    Ok(text::base58_decode(text)?)
}

/// What a freestanding module must bring itself. The standard library would bring the same allocator, and with it the
/// panic machinery, which is larger than the whole core.
#[cfg(target_arch = "wasm32")]
mod freestanding {
    #[global_allocator]
    static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

    #[panic_handler]
    fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
        core::arch::wasm32::unreachable()
    }
}
