//! Merkle trees: the vector of the formats, every shape up to five leaves, and proofs that prove nothing.

use money_match_core::text::hex_encode;
use serde_json::{Value, json};

use super::Call;
use crate::native;

/// `a`, `b`, `c` and so on.
fn letters(count: u8) -> Value {
    (0..count).map(|index| hex_encode(&[b'a' + index])).collect()
}

pub fn merkle() -> Vec<Call> {
    let roots = (0..=5).map(|count| ("merkleRoot", vec![letters(count)]));
    let proofs = (0..5).map(|index| ("merkleProof", vec![letters(5), json!(index)]));
    roots.chain(proofs).chain(refused()).chain(verified()).chain(leaves()).collect()
}

fn refused() -> Vec<Call> {
    vec![
        ("merkleProof", vec![letters(5), json!(5)]),
        ("merkleProof", vec![letters(0), json!(0)]),
        // The fourth could be the copy of a third.
        ("merkleProof", vec![json!(["61", "62", "63", "63"]), json!(2)]),
        ("merkleProof", vec![json!(["61", "62", "63", "63"]), json!(3)]),
    ]
}

fn verified() -> Vec<Call> {
    let root = native::call("merkleRoot", &[letters(3)]).unwrap_or(Value::Null);
    let proof = native::call("merkleProof", &[letters(3), json!(2)]).unwrap_or(Value::Null);
    let at = |index: u32| json!({ "index": index, "siblings": proof["siblings"] });
    let verify = |leaf: &str, proof: Value| ("verifyProof", vec![root.clone(), json!(leaf), proof]);
    vec![
        verify("63", at(2)),
        // Where the copy of the odd last leaf stands, another leaf, another place, a place beyond the tree.
        verify("63", at(3)),
        verify("64", at(2)),
        verify("63", at(0)),
        verify("63", at(6)),
        verify("63", json!({ "index": 0, "siblings": [] })),
        verify("63", json!({ "index": 0, "siblings": vec!["00".repeat(32); 17] })),
    ]
}

fn leaves() -> Vec<Call> {
    let head = "2c0d872917ea3815a2c61ca9b2babf798534f3f62f1f29f811982dc033443694";
    vec![
        ("merkleLeaf", vec![json!("61")]),
        ("anchorLeaf", vec![json!("match/test"), json!("18446744073709551615"), json!(head)]),
        ("anchorLeaf", vec![json!(""), json!("1"), json!(head)]),
        ("anchorLeaf", vec![json!("match\0test"), json!("1"), json!(head)]),
        ("anchorLeaf", vec![json!("match/test"), json!("1"), json!("AB")]),
    ]
}
