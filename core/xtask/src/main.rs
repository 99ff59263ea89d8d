//! `cargo xtask wasm | program | vectors`: builds the vendored artefacts, pinned by Cargo.lock.

#[path = "../../money-match-core/tests/core/native.rs"]
mod native;
mod program;
mod toolchain;
mod vectors;
mod wasm;

use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask wasm [--check] | program [--check] | vectors [--check]";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let check = args.iter().any(|arg| arg == "--check");
    let result = match args.first().map(String::as_str) {
        Some("wasm") => wasm::build(check),
        Some("program") => program::build(check),
        Some("vectors") => vectors::build(check),
        _ => Err(USAGE.to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}
