//! Puts the core's own functions within reach of a test: requests in, the core's results out, as bytes.
//!
//! **For tests only.** The same code runs in the SVM, where the core is compiled for the chain, and natively
//! (`core-probe-native`), so that both can be held against each other and against the `.wasm`. It links what the on-chain
//! program links of the core: no features, no alloc.
//!
//! A request is an operation's number and its arguments in Borsh, or the bytes to decode. An answer is 0 and the result in
//! Borsh, or 1 and the code of the refusal. A batch is a row of requests, each after its length (u32); so are its answers.
#![no_std]

mod accounts;
mod instructions;
mod money;
mod writer;

#[cfg(target_arch = "bpf")]
mod program;
#[cfg(target_arch = "bpf")]
#[path = "../../match-program/src/runtime.rs"]
mod runtime;

use money_match_core::CoreError;
use money_match_core::borsh::Reader;
pub use writer::{Full, Writer};

/// Answers every request of `batch`, and returns how many bytes of `out` the answers take.
///
/// # Errors
/// If `out` is full, or the batch ends within a request.
pub fn answer_all(batch: &[u8], out: &mut [u8]) -> Result<usize, Full> {
    let mut out = Writer::new(out);
    let mut rest = Reader::new(batch);
    while !rest.rest().is_empty() {
        let request = rest.bytes().map_err(|_| Full)?;
        out.framed(|out| answer(request, out))?;
    }
    Ok(out.len())
}

fn answer(request: &[u8], out: &mut Writer) -> Result<(), Full> {
    let start = out.len();
    out.byte(0)?;
    if let Err(refusal) = run(request, out) {
        let Refusal::Core(error) = refusal else { return Err(Full) };
        out.rewind(start);
        out.byte(1)?;
        out.bytes(error.code().as_bytes())?;
    }
    Ok(())
}

/// Why an operation wrote no result.
pub(crate) enum Refusal {
    /// The core refused: that is an answer too.
    Core(CoreError),
    /// There is no room for the answer, or no such operation.
    Full,
}

impl From<CoreError> for Refusal {
    fn from(error: CoreError) -> Self {
        Self::Core(error)
    }
}

impl From<Full> for Refusal {
    fn from(_: Full) -> Self {
        Self::Full
    }
}

fn run(request: &[u8], out: &mut Writer) -> Result<(), Refusal> {
    let (operation, args) = request.split_first().ok_or(Refusal::Full)?;
    match operation {
        0 => money::fees(args, out),
        1 => money::prizes(args, out),
        2 => money::refund(args, out),
        3 => money::withdrawal(args, out),
        4 => accounts::match_account(args, out),
        5 => accounts::escrow(args, out),
        6 => accounts::user_deposit(args, out),
        7 => accounts::config(args, out),
        8 => accounts::registry(args, out),
        9 => instructions::decode(args, out),
        _ => Err(Refusal::Full),
    }
}
