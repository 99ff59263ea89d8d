//! The probe natively: a batch on stdin, the answers on stdout.

use std::io::{Read, Write, stdin, stdout};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut batch = Vec::new();
    if let Err(error) = stdin().read_to_end(&mut batch) {
        eprintln!("core-probe-native: {error}");
        return ExitCode::FAILURE;
    }
    // No answer is longer than its request by more than this, the code of a refusal included.
    let mut answers = vec![0; batch.len() + 64 * (batch.len() / 4 + 1)];
    let Ok(len) = core_probe::answer_all(&batch, &mut answers) else {
        eprintln!("core-probe-native: the batch is malformed");
        return ExitCode::FAILURE;
    };
    match stdout().write_all(&answers[..len]) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
