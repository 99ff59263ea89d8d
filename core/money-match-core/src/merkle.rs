//! Merkle trees over what is anchored (formats: Merkle): leaf `SHA-256(0x00 ‖ bytes)`, node `SHA-256(0x01 ‖ left ‖
//! right)`, an odd last node pairs with itself, the root of nothing is 32 zero bytes.
//!
//! A proof fixes the place of its leaf: the bits of the index say on which side each sibling stands, and a right one is
//! never equal to its left one. Without that rule the copy of an odd last node would prove a leaf that is not there.

use alloc::vec::Vec;

use crate::error::CoreError;
use crate::hash::joined;

pub type Hash = [u8; 32];

/// Levels between a leaf and the root, at most.
pub const MAX_DEPTH: usize = 16;
/// Leaves of a tree, at most. Their hashes are 2 MiB, of the 16 that the `.wasm` may use.
pub const MAX_LEAVES: usize = 1 << MAX_DEPTH;

/// What shows that a leaf stands at `index`, given the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MerkleProof {
    /// From 0.
    pub index: u32,
    /// From the leaf's level upwards; of a node that pairs with itself, itself.
    pub siblings: Vec<Hash>,
}

/// The hash of a leaf.
#[must_use]
pub fn merkle_leaf(bytes: &[u8]) -> Hash {
    joined(&[&[0], bytes])
}

fn node(left: &Hash, right: &Hash) -> Hash {
    joined(&[&[1], left, right])
}

/// The bytes of an anchor's leaf: `object name ‖ 0x00 ‖ seq ‖ head`. An anchor has one for each object, in the order of
/// its name.
///
/// # Errors
/// `invalid_text` for an empty name, or one with a NUL: it could take bytes of the next field into itself.
pub fn anchor_leaf(object_name: &str, seq: u64, head: &Hash) -> Result<Vec<u8>, CoreError> {
    if object_name.is_empty() || object_name.contains('\0') {
        return Err(CoreError::InvalidText);
    }
    let mut out = Vec::from(object_name);
    out.push(0);
    out.extend_from_slice(&seq.to_le_bytes());
    out.extend_from_slice(head);
    Ok(out)
}

/// The root over leaves.
///
/// # Errors
/// `bad_length` above [`MAX_LEAVES`].
pub fn merkle_root<T: AsRef<[u8]>>(leaves: &[T]) -> Result<Hash, CoreError> {
    root_of(hashes(leaves))
}

/// The proof of one leaf.
///
/// # Errors
/// `bad_length` above [`MAX_LEAVES`]; `index_out_of_range`; `ambiguous_leaf` if the place cannot be proved, since the
/// tree repeats on the right of the leaf's branch what stands on the left.
pub fn merkle_proof<T: AsRef<[u8]>>(leaves: &[T], index: u32) -> Result<MerkleProof, CoreError> {
    proof_of(hashes(leaves), index)
}

/// Whether the proof shows that `leaf` (its bytes, not its hash) stands at `proof.index` of the tree with this root.
#[must_use]
pub fn verify_proof(root: &Hash, leaf: &[u8], proof: &MerkleProof) -> bool {
    verify(root, leaf, proof.index, &proof.siblings)
}

/// As [`verify_proof`], from the parts of the proof.
pub(crate) fn verify(root: &Hash, leaf: &[u8], index: u32, siblings: &[Hash]) -> bool {
    if siblings.len() > MAX_DEPTH {
        return false;
    }
    let (mut hash, mut at) = (merkle_leaf(leaf), index);
    for sibling in siblings {
        hash = match at & 1 {
            0 => node(&hash, sibling),
            _ if *sibling == hash => return false,
            _ => node(sibling, &hash),
        };
        at >>= 1;
    }
    // An index beyond the tree would name a second place for the same leaf.
    at == 0 && hash == *root
}

fn hashes<T: AsRef<[u8]>>(leaves: &[T]) -> Vec<Hash> {
    leaves.iter().map(|leaf| merkle_leaf(leaf.as_ref())).collect()
}

/// As [`merkle_root`], from the leaves' hashes.
pub(crate) fn root_of(hashes: Vec<Hash>) -> Result<Hash, CoreError> {
    // The first leaf is on the left all the way up, where nothing is ambiguous.
    climb(hashes, 0).map(|(root, _)| root)
}

/// As [`merkle_proof`], from the leaves' hashes.
pub(crate) fn proof_of(hashes: Vec<Hash>, index: u32) -> Result<MerkleProof, CoreError> {
    if index as usize >= hashes.len() {
        return Err(CoreError::IndexOutOfRange);
    }
    climb(hashes, index as usize).map(|(_, siblings)| MerkleProof { index, siblings })
}

/// The root, and the siblings of what stands at `at` and above it.
fn climb(mut level: Vec<Hash>, mut at: usize) -> Result<(Hash, Vec<Hash>), CoreError> {
    if level.len() > MAX_LEAVES {
        return Err(CoreError::BadLength);
    }
    let mut siblings = Vec::with_capacity(MAX_DEPTH);
    while level.len() > 1 {
        let own = level.get(at).copied().unwrap_or_default();
        let sibling = level.get(at ^ 1).copied().unwrap_or(own);
        if at & 1 == 1 && sibling == own {
            return Err(CoreError::AmbiguousLeaf);
        }
        siblings.push(sibling);
        let pairs = level.chunks(2).filter_map(|pair| pair.first().zip(pair.last()));
        level = pairs.map(|(left, right)| node(left, right)).collect();
        at >>= 1;
    }
    Ok((level.first().copied().unwrap_or_default(), siblings))
}
