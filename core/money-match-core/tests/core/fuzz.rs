//! The fuzz targets (../../fuzz) on bytes that are made up and on good ones that are changed: without coverage to guide
//! it, but on every run, with a stable compiler, and the same bytes each time.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::accounts::scribbled;
use crate::instructions::instruction;
use crate::model::{action, text};
use crate::snapshots::snapshot;
use crate::{cases, native};

#[path = "../../fuzz/targets.rs"]
mod targets;

/// Bytes that one decoder or another accepts.
fn good() -> BoxedStrategy<Vec<u8>> {
    let proof = (vec(vec(any::<u8>(), 4), 1..9), any::<u8>()).prop_map(|(leaves, index)| {
        let leaves: Vec<String> =
            leaves.iter().map(|leaf| money_match_core::text::hex_encode(leaf)).collect();
        let root = native::call("merkleRoot", &[serde_json::json!(leaves)]).expect("few leaves");
        [&[4, index % 9, 4], root.to_string().as_bytes()].concat()
    });
    prop_oneof![
        scribbled().prop_map(|(_, data)| data),
        instruction().prop_map(|(data, _)| data),
        instruction().prop_map(|(_, json)| json.to_string().into_bytes()),
        snapshot().prop_map(|snapshot| borsh::to_vec(&snapshot).expect("borsh")),
        snapshot().prop_map(|snapshot| snapshot.json().to_string().into_bytes()),
        action().prop_map(|action| action.json().to_string().into_bytes()),
        text().prop_map(String::into_bytes),
        any::<u64>().prop_map(|number| number.to_string().into_bytes()),
        any::<[u8; 32]>().prop_map(|key| money_match_core::text::key_encode(&key).into_bytes()),
        proof,
    ]
    .boxed()
}

/// One change of some bytes.
#[derive(Clone, Debug)]
enum Change {
    Flip(Index, u8),
    Set(Index, u8),
    Insert(Index, Vec<u8>),
    Remove(Index, Index),
    Repeat(Index, Index),
    Cut(Index),
}

fn change() -> impl Strategy<Value = Change> {
    // What stands at the edge of a length, of UTF-8, of JSON.
    let byte = prop_oneof![
        Just(0),
        Just(1),
        Just(0x7f),
        Just(0xff),
        prop::sample::select(b"\"\\{}[]:,-09eu ".to_vec()),
        any::<u8>()
    ];
    let place = any::<Index>;
    prop_oneof![
        (place(), 0..8_u8).prop_map(|(at, bit)| Change::Flip(at, 1 << bit)),
        (place(), byte.clone()).prop_map(|(at, byte)| Change::Set(at, byte)),
        (place(), vec(byte, 1..5)).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        (place(), place()).prop_map(|(from, to)| Change::Remove(from, to)),
        (place(), place()).prop_map(|(from, to)| Change::Repeat(from, to)),
        place().prop_map(Change::Cut),
    ]
}

impl Change {
    fn apply(&self, data: &mut Vec<u8>) {
        let end = data.len() + 1;
        let range = |a: &Index, b: &Index| {
            let (a, b) = (a.index(end), b.index(end));
            a.min(b)..a.max(b)
        };
        match self {
            Self::Insert(at, bytes) => drop(data.splice(at.index(end)..at.index(end), bytes.iter().copied())),
            Self::Remove(from, to) => drop(data.drain(range(from, to))),
            Self::Repeat(from, to) => {
                let part = data[range(from, to)].to_vec();
                data.extend(part);
            }
            Self::Cut(at) => data.truncate(at.index(end)),
            Self::Flip(..) | Self::Set(..) if data.is_empty() => {}
            Self::Flip(at, bit) => {
                let at = at.index(data.len());
                data[at] ^= bit;
            }
            Self::Set(at, byte) => {
                let at = at.index(data.len());
                data[at] = *byte;
            }
        }
    }
}

fn inputs() -> impl Strategy<Value = Vec<u8>> {
    let changed = (good(), vec(change(), 1..6)).prop_map(|(mut data, changes)| {
        changes.iter().for_each(|change| change.apply(&mut data));
        data
    });
    prop_oneof![1 => vec(any::<u8>(), 0..300), 1 => good(), 4 => changed]
}

#[test]
fn no_bytes_make_a_decoder_panic() {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let inputs = inputs();
    for _ in 0..cases().max(1_000) {
        let data = inputs.new_tree(&mut runner).expect("a case").current();
        for (name, target) in targets::ALL {
            if std::panic::catch_unwind(|| target(&data)).is_err() {
                panic!("{name} fails on {data:02x?}");
            }
        }
    }
}

#[test]
fn neither_depth_nor_length_makes_one_panic() {
    let deep = |bracket: &str| bracket.repeat(100_000);
    let long = [
        deep("["),
        deep("{\"a\":"),
        deep("9"),
        deep("1"),
        "1".repeat(5_000),
        format!("\"{}\"", deep("\\u0000")),
        format!("{{\"kind\":\"deposit_sol\",\"amount\":\"{}\"}}", deep("1")),
    ];
    for text in long {
        for (_, target) in targets::ALL {
            target(text.as_bytes());
        }
    }
    // Lengths that promise more than there is.
    for head in ["9a63c95d526849e8", "6bba59631ac217cc", "f4082f82c03bb32c", "9f3d848303ead1dc"] {
        for count in ["ffffffff", "00000080", "ffffff7f", "01000000"] {
            let data = money_match_core::text::hex_decode(&format!("{head}{count}{count}")).expect("hex");
            targets::instruction(&data);
        }
    }
}
