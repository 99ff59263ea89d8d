//! What is fuzzed: every function that reads bytes or texts of others. No input may make one panic; and where something
//! is accepted, more must hold than that. Used by the fuzz targets beside this file, and by the ordinary tests.
// Each fuzz target uses one of these.
#![allow(dead_code)]

use money_match_core::instruction::Instruction;
use money_match_core::merkle::{
    MerkleProof, anchor_leaf, merkle_leaf, merkle_proof, merkle_root, verify_proof,
};
use money_match_core::refunds::{RefundBreakdown, RefundTerms, refund_breakdown};
use money_match_core::{accounts as account, client_key, instruction_json as ix, layout, text};
use money_match_core::{match_state, pending_action as action, prize_distribution};

pub type Target = fn(&[u8]);

/// Every target by its name.
pub const ALL: [(&str, Target); 8] = [
    ("accounts", accounts),
    ("instruction", instruction),
    ("instruction_json", instruction_json),
    ("snapshot", snapshot),
    ("pending_action", pending_action),
    ("spelling", spelling),
    ("merkle", merkle),
    ("refund", refund),
];

/// Account bytes, as they are, and as the content of an account of each kind: a fuzzer alone would hardly find the
/// lengths and the discriminators.
pub fn accounts(data: &[u8]) {
    use layout::{config as c, escrow as e, match_account as m, registry as r, user_deposit as d};
    let filled = |size: usize, discriminator: [u8; 8]| {
        let content = data.iter().copied().chain(std::iter::repeat(0));
        discriminator.into_iter().chain(content).take(size).collect::<Vec<u8>>()
    };
    let (match_account, escrow) = (filled(m::SIZE, m::DISCRIMINATOR), filled(e::SIZE, e::DISCRIMINATOR));
    decode(data);
    decode(&match_account);
    decode(&escrow);
    decode(&filled(d::SIZE, d::DISCRIMINATOR));
    decode(&filled(c::SIZE, c::DISCRIMINATOR));
    decode(&filled(r::SIZE, r::DISCRIMINATOR));
    let (first, second) = data.split_at(data.len().min(m::SIZE));
    let own = text::key_encode(&e::MATCH_PDA.get(escrow.as_slice().try_into().expect("an escrow's size")));
    for (account, escrow) in [(first, None), (first, Some(second)), (&match_account, Some(escrow.as_slice()))]
    {
        if let Ok(json) = match_state::match_state_from_accounts(&own, account, escrow) {
            assert!(match_state::match_state_hash(&json).is_ok(), "what accounts say can be hashed: {json}");
        }
    }
}

/// The five decoders, of which one at most accepts, and the lookup of a game.
fn decode(data: &[u8]) {
    let decoders = [
        account::decode_match,
        account::decode_escrow,
        account::decode_user_deposit,
        account::decode_config,
        account::decode_registry,
    ];
    assert!(decoders.iter().filter(|decode| decode(data).is_ok()).count() <= 1);
    if let Ok(registry) = layout::registry::view(data) {
        let found = (0..=255).filter(|id| layout::registry::find_game(registry, *id).is_some()).count();
        assert!(found <= layout::registry::MAX_GAMES);
    }
}

/// Instruction data: the chain's reader and the edge's, which agree; what both read is written back as it was.
pub fn instruction(data: &[u8]) {
    let (typed, shown) = (Instruction::decode(data), ix::decode_instruction(data));
    assert_eq!(typed.map(|_| ()), shown.as_ref().map(|_| ()).map_err(|error| *error));
    if let Ok(json) = shown
        // A list longer than any transaction can carry is shown, but not written.
        && let Ok(written) = ix::encode_instruction(&json)
    {
        assert!(data.starts_with(&written), "{json}");
    }
}

/// The JSON of an instruction.
pub fn instruction_json(data: &[u8]) {
    let Ok(json) = std::str::from_utf8(data) else { return };
    if let Ok(written) = ix::encode_instruction(json) {
        let shown = ix::decode_instruction(&written).expect("what was written can be read");
        assert_eq!(ix::encode_instruction(&shown), Ok(written));
    }
}

/// The bytes and the JSON of a snapshot.
pub fn snapshot(data: &[u8]) {
    if let Ok(json) = match_state::match_state_from_bytes(data) {
        assert_eq!(match_state::match_state_bytes(&json).as_deref(), Ok(data), "{json}");
    }
    let Ok(json) = std::str::from_utf8(data) else { return };
    if let Ok(bytes) = match_state::match_state_bytes(json) {
        assert!(match_state::match_state_from_bytes(&bytes).is_ok(), "{json}");
    }
}

/// The JSON of a pending action.
pub fn pending_action(data: &[u8]) {
    let Ok(json) = std::str::from_utf8(data) else { return };
    let (bytes, hash) = (action::pending_action_bytes(json), action::pending_action_hash(json));
    assert_eq!(bytes.is_ok(), hash.is_ok());
}

/// Texts that stand for bytes and numbers: each value has one spelling.
pub fn spelling(data: &[u8]) {
    match text::base58_encode(data) {
        Ok(base58) => assert_eq!(text::base58_decode(&base58).as_deref(), Ok(data)),
        Err(_) => assert!(data.len() > text::MAX_BASE58_BYTES),
    }
    assert_eq!(text::hex_decode(&text::hex_encode(data)).as_deref(), Ok(data));
    let Ok(given) = std::str::from_utf8(data) else { return };
    if let Ok(bytes) = text::base58_decode(given) {
        assert!(text::base58_encode(&bytes).is_ok_and(|base58| base58 == given));
    }
    if let Ok(key) = text::key_decode(given) {
        assert_eq!(text::key_encode(&key), given);
    }
    if let Ok(bytes) = text::hex_decode(given) {
        assert_eq!(text::hex_encode(&bytes), given);
    }
    if let Some(uuid) = text::uuid_decode(given) {
        assert_eq!(text::uuid_encode(&uuid), given);
    }
    if let Some(number) = text::parse_decimal(data) {
        assert_eq!(text::decimal(number), given);
    }
    if let Some(number) = text::parse_signed_decimal(data) {
        assert_eq!(text::signed_decimal(number), given);
    }
    for kind in ["start", "anchor", given] {
        let _ = client_key::client_key(given, -1, kind, 0);
    }
}

/// Trees and proofs. The first bytes say how the rest is cut: leaves, or a leaf, an index and siblings.
pub fn merkle(data: &[u8]) {
    let Some((&[width, index, length], rest)) = data.split_first_chunk() else { return };
    let leaves: Vec<&[u8]> = rest.chunks(usize::from(width).max(1)).collect();
    let Ok(root) = merkle_root(&leaves) else { return };
    if let Ok(proof) = merkle_proof(&leaves, index.into()) {
        assert!(verify_proof(&root, leaves[usize::from(index)], &proof));
    }
    let (leaf, siblings) = rest.split_at(rest.len().min(length.into()));
    let siblings = siblings.as_chunks().0.to_vec();
    let proof = MerkleProof { index: index.into(), siblings };
    let proves = verify_proof(&root, leaf, &proof);
    // Only by being the leaf that stands there.
    assert!(!proves || leaves.get(usize::from(index)) == Some(&leaf));
    assert!(!proof.siblings.is_empty() || verify_proof(&merkle_leaf(leaf), leaf, &proof) == (index == 0));
    if let Ok(name) = std::str::from_utf8(leaf) {
        assert_eq!(anchor_leaf(name, 1, &root).is_ok(), !name.is_empty() && !name.contains('\0'));
    }
}

/// The arithmetic: refunds and splits of any figures keep what went in.
pub fn refund(data: &[u8]) {
    let Some((&[reason, abandoned, count, bps_high, bps_low], rest)) = data.split_first_chunk() else {
        return;
    };
    let (listed, rest) = rest.split_at(rest.len().min(usize::from(count % 13)));
    let words: Vec<u64> = rest.as_chunks().0.iter().map(|bytes| u64::from_le_bytes(*bytes)).collect();
    let (total_entry, stakes) =
        words.split_first().map_or((0, [].as_slice()), |(first, rest)| (*first, rest));
    let bps = u16::from_be_bytes([bps_high, bps_low]);
    let terms = RefundTerms {
        total_entry,
        stakes,
        listed,
        reason,
        cancellation_fee_bps: bps,
        abandoned: (abandoned < 250).then_some(abandoned),
    };
    if let Ok(refund) = refund_breakdown(&terms) {
        let paid: u128 = refund.payouts().iter().map(|payout| u128::from(*payout)).sum();
        assert!(paid <= u128::from(total_entry) && refund.payouts().len() == listed.len());
        assert_eq!(RefundBreakdown::from_parts(refund.payouts(), refund.treasury), Ok(refund));
        assert!(
            !refund.feasible_with(total_entry, 1)
                || paid + u128::from(refund.treasury) <= u128::from(total_entry)
        );
    }
    let shares: Vec<u16> = words.iter().map(|word| *word as u16).collect();
    if let Ok(split) = prize_distribution(total_entry, &shares) {
        assert_eq!(
            split.prizes().iter().map(|prize| u128::from(*prize)).sum::<u128>(),
            u128::from(total_entry)
        );
    }
}
