//! Merkle trees against another way of building them, and against everything that a proof must not prove.

use money_match_core::CoreError;
use money_match_core::hash::sha256;
use money_match_core::merkle::{
    Hash, MAX_DEPTH, MAX_LEAVES, MerkleProof, anchor_leaf, merkle_leaf, merkle_proof, merkle_root,
    verify_proof,
};
use money_match_core::text::hex_encode;
use proptest::collection::{hash_set, vec};
use proptest::prelude::*;

/// The definition from the root downwards, where ours climbs: a tree of `2^depth` places, of which the first are taken.
fn root(leaves: &[Vec<u8>], depth: usize) -> Option<Hash> {
    let first = leaves.first()?;
    if depth == 0 {
        return Some(sha256(&[&[0], first.as_slice()].concat()));
    }
    let half = leaves.len().min(1 << (depth - 1));
    let left = root(&leaves[..half], depth - 1)?;
    let right = root(&leaves[half..], depth - 1).unwrap_or(left);
    Some(sha256(&[&[1], left.as_slice(), right.as_slice()].concat()))
}

/// Levels above the leaves.
fn depth(count: usize) -> usize {
    count.max(1).next_power_of_two().trailing_zeros() as usize
}

/// Leaves that differ, as those of an anchor do, since each begins with the name of its object.
fn distinct() -> impl Strategy<Value = Vec<Vec<u8>>> {
    hash_set(vec(any::<u8>(), 0..40), 1..40).prop_map(|leaves| leaves.into_iter().collect())
}

proptest! {
    #![proptest_config(crate::config())]

    #[test]
    fn a_root_is_that_of_the_definition(leaves in vec(vec(0..3_u8, 0..3), 0..70)) {
        let expected = root(&leaves, depth(leaves.len())).unwrap_or([0; 32]);
        prop_assert_eq!(merkle_root(&leaves), Ok(expected));
    }

    #[test]
    fn every_leaf_is_proved_at_its_own_place_and_at_no_other(leaves in distinct(), other in 0..64_u32) {
        let root = merkle_root(&leaves).expect("few leaves");
        for (index, leaf) in leaves.iter().enumerate() {
            let proof = merkle_proof(&leaves, index as u32).expect("a leaf of this tree");
            prop_assert_eq!(proof.siblings.len(), depth(leaves.len()));
            prop_assert!(verify_proof(&root, leaf, &proof));
            // Not even where the copy of an odd last node stands.
            let moved = MerkleProof { index: other, ..proof };
            prop_assert_eq!(verify_proof(&root, leaf, &moved), other == index as u32);
        }
        prop_assert_eq!(merkle_proof(&leaves, leaves.len() as u32), Err(CoreError::IndexOutOfRange));
    }

    #[test]
    fn a_proof_changed_in_any_way_proves_nothing(leaves in distinct(), choice: prop::sample::Index, place: prop::sample::Index, bit in 0..8_u8) {
        let index = choice.index(leaves.len());
        let (root, leaf) = (merkle_root(&leaves).expect("few leaves"), leaves[index].as_slice());
        let proof = merkle_proof(&leaves, index as u32).expect("a leaf of this tree");
        let mut longer = proof.clone();
        longer.siblings.push(root);
        prop_assert!(!verify_proof(&root, leaf, &longer));
        prop_assert!(!verify_proof(&root, &[leaf, &[0]].concat(), &proof));
        let mut other_root = root;
        other_root[place.index(32)] ^= 1 << bit;
        prop_assert!(!verify_proof(&other_root, leaf, &proof));
        if let Some(sibling) = (!proof.siblings.is_empty()).then(|| place.index(proof.siblings.len())) {
            let mut flipped = proof.clone();
            flipped.siblings[sibling][place.index(32)] ^= 1 << bit;
            prop_assert!(!verify_proof(&root, leaf, &flipped));
            let mut shorter = proof.clone();
            shorter.siblings.remove(sibling);
            prop_assert!(!verify_proof(&root, leaf, &shorter));
            // A node is not a leaf: its children's hashes, as bytes, prove nothing.
            let pair = if index & 1 == 0 { [merkle_leaf(leaf), proof.siblings[0]] } else { [proof.siblings[0], merkle_leaf(leaf)] };
            let upper = MerkleProof { index: proof.index >> 1, siblings: proof.siblings[1..].to_vec() };
            prop_assert!(!verify_proof(&root, &pair.concat(), &upper));
        }
    }

    #[test]
    fn among_equal_leaves_a_proof_is_refused_or_holds(leaves in vec(vec(0..2_u8, 0..2), 1..30)) {
        let root = merkle_root(&leaves).expect("few leaves");
        for (index, leaf) in leaves.iter().enumerate() {
            match merkle_proof(&leaves, index as u32) {
                Ok(proof) => prop_assert!(verify_proof(&root, leaf, &proof)),
                Err(refusal) => prop_assert_eq!(refusal, CoreError::AmbiguousLeaf),
            }
        }
    }
}

#[test]
fn the_vector_of_the_formats_holds() {
    let root = merkle_root(&["a", "b", "c"]).expect("three leaves");
    assert_eq!(hex_encode(&root), "e9636069c740c9ff51625b01a0b040396d265a9b920cc6febdfa5ecc9f58ecce");
    assert_eq!(merkle_root::<&[u8]>(&[]), Ok([0; 32]));
    assert_eq!(merkle_root(&["a"]), Ok(merkle_leaf(b"a")));
}

#[test]
fn the_copy_of_a_last_leaf_cannot_be_proved() {
    // [a, b, c] and [a, b, c, c] have one root, so it must not prove a fourth leaf.
    let (three, four) = (["a", "b", "c"], ["a", "b", "c", "c"]);
    let root = merkle_root(&three).expect("three leaves");
    assert_eq!(merkle_root(&four), Ok(root));
    let proof = merkle_proof(&three, 2).expect("a proof");
    assert!(verify_proof(&root, b"c", &proof));
    assert!(!verify_proof(&root, b"c", &MerkleProof { index: 3, ..proof }));
    assert_eq!(merkle_proof(&four, 3), Err(CoreError::AmbiguousLeaf));
}

#[test]
fn trees_and_proofs_have_bounds() {
    let leaves: Vec<[u8; 4]> = (0..=MAX_LEAVES as u32).map(u32::to_le_bytes).collect();
    assert_eq!(merkle_root(&leaves), Err(CoreError::BadLength));
    assert_eq!(merkle_proof(&leaves, 0), Err(CoreError::BadLength));
    let full = &leaves[..MAX_LEAVES];
    let root = merkle_root(full).expect("as many as fit");
    let last = MAX_LEAVES as u32 - 1;
    let proof = merkle_proof(full, last).expect("a proof");
    assert_eq!(proof.siblings.len(), MAX_DEPTH);
    assert!(verify_proof(&root, &last.to_le_bytes(), &proof));
    let deep = MerkleProof { index: 0, siblings: vec![[0; 32]; MAX_DEPTH + 1] };
    assert!(!verify_proof(&root, &last.to_le_bytes(), &deep));
    let beyond = MerkleProof { index: u32::MAX, ..proof };
    assert!(!verify_proof(&root, &last.to_le_bytes(), &beyond));
}

#[test]
fn the_leaf_of_an_anchor_is_name_seq_and_head() {
    let leaf = anchor_leaf("match/test", 0x0102, &[0xab; 32]).expect("a leaf");
    let expected = [b"match/test".as_slice(), &[0, 2, 1, 0, 0, 0, 0, 0, 0], &[0xab; 32]].concat();
    assert_eq!(leaf, expected);
    for name in ["", "a\0b"] {
        assert_eq!(anchor_leaf(name, 1, &[0; 32]), Err(CoreError::InvalidText));
    }
}
