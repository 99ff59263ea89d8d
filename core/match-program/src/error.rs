//! How a refusal leaves the program: always `Custom(code)`.

use money_match_core::CoreError;
pub use money_match_core::program_error::ProgramError as Refusal;
use pinocchio::error::ProgramError;

/// Anchor's own codes (interface, section 4.0), where the framework would refuse before the handler runs.
pub mod anchor {
    pub const INSTRUCTION_FALLBACK_NOT_FOUND: u32 = 101;
    pub const INSTRUCTION_DID_NOT_DESERIALIZE: u32 = 102;
    pub const CONSTRAINT_MUT: u32 = 2000;
    pub const CONSTRAINT_SEEDS: u32 = 2006;
    pub const CONSTRAINT_CLOSE: u32 = 2011;
    pub const CONSTRAINT_SPACE: u32 = 2019;
    pub const ACCOUNT_DISCRIMINATOR_NOT_FOUND: u32 = 3001;
    pub const ACCOUNT_DISCRIMINATOR_MISMATCH: u32 = 3002;
    pub const ACCOUNT_DID_NOT_DESERIALIZE: u32 = 3003;
    pub const ACCOUNT_NOT_ENOUGH_KEYS: u32 = 3005;
    pub const ACCOUNT_OWNED_BY_WRONG_PROGRAM: u32 = 3007;
    pub const INVALID_PROGRAM_ID: u32 = 3008;
    pub const ACCOUNT_NOT_SIGNER: u32 = 3010;
    pub const ACCOUNT_NOT_INITIALIZED: u32 = 3012;
    pub const DECLARED_PROGRAM_ID_MISMATCH: u32 = 4100;
    pub const TRYING_TO_INIT_PAYER_AS_PROGRAM_ACCOUNT: u32 = 4101;
}

/// Refuses with one of Anchor's codes.
pub fn fail<T>(code: u32) -> Result<T, ProgramError> {
    Err(ProgramError::Custom(code))
}

/// Refuses with one of Anchor's codes unless `holds`.
pub fn demand(holds: bool, code: u32) -> Result<(), ProgramError> {
    if holds { Ok(()) } else { fail(code) }
}

/// The program's own refusal, as the runtime reports it.
pub fn refusal(refusal: Refusal) -> ProgramError {
    ProgramError::Custom(refusal.code())
}

/// Refuses with one of the program's own codes unless `holds`.
pub fn require(holds: bool, otherwise: Refusal) -> Result<(), ProgramError> {
    if holds { Ok(()) } else { Err(refusal(otherwise)) }
}

/// Instruction data that the core cannot read: 101 or 102.
pub fn undecoded(error: CoreError) -> ProgramError {
    ProgramError::Custom(match error {
        CoreError::UnknownInstruction => anchor::INSTRUCTION_FALLBACK_NOT_FOUND,
        _ => anchor::INSTRUCTION_DID_NOT_DESERIALIZE,
    })
}

/// Where the core refuses, the program does: 6029 for what leaves u64, else 6005.
pub fn refused(error: CoreError) -> ProgramError {
    refusal(Refusal::of(error))
}

/// `a + b`, or 6029.
pub fn checked_add(a: u64, b: u64) -> Result<u64, ProgramError> {
    a.checked_add(b).ok_or(refusal(Refusal::Overflow))
}
