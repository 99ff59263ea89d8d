//! The core against its formats, against encoders and arithmetic that are not ours, and against its own `.wasm`.
#![cfg(feature = "native")]

mod accounts;
mod formats;
mod fuzz;
mod instructions;
mod merkle;
mod model;
mod native;
mod properties;
mod refunds;
mod snapshots;
mod wasm;

use proptest::test_runner::Config;

/// How many cases a property is tried with: `CASES`, or as many as are quick.
fn cases() -> u32 {
    std::env::var("CASES").map_or(256, |cases| cases.parse().expect("CASES is a number"))
}

fn config() -> Config {
    Config::with_cases(cases())
}
