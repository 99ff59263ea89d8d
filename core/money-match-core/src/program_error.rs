//! The program's own error codes (interface, section 4.0), as they show in `custom program error: 0x1770` and following.

use crate::error::CoreError;

/// Each name once, in the order of the codes: an enum and a table of names, so that neither can drift from the other.
macro_rules! program_errors {
    ($($name:ident = $code:literal,)*) => {
        /// A refusal of the on-chain program: custom error 6000 + index. Names do not always describe the cause (H-29).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u32)]
        pub enum ProgramError {
            $($name = $code,)*
        }

        const ALL: &[(ProgramError, &str)] = &[$((ProgramError::$name, stringify!($name)),)*];
    };
}

program_errors! {
    MatchFull = 6000,
    InvalidPhase = 6001,
    NotPlayerTurn = 6002,
    PlayerNotInMatch = 6003,
    InvalidAction = 6004,
    InvalidPayload = 6005,
    Unauthorized = 6006,
    MatchNotFound = 6007,
    MoveValidationFailed = 6008,
    MatchAlreadyEnded = 6009,
    MatchNotReady = 6010,
    InvalidMoveIndex = 6011,
    InvalidTimestamp = 6012,
    InsufficientFunds = 6013,
    InsufficientPlayers = 6014,
    SignerAlreadyExists = 6015,
    SignerRegistryFull = 6016,
    SignerNotFound = 6017,
    InvalidBatchId = 6018,
    DisputeNotFound = 6019,
    DisputeAlreadyResolved = 6020,
    InsufficientGPForDispute = 6021,
    GPDepositAlreadyProcessed = 6022,
    InvalidNonce = 6023,
    CardHashMismatch = 6024,
    DailyClaimCooldown = 6025,
    AdCooldownActive = 6026,
    InvalidAdVerification = 6027,
    InvalidTier = 6028,
    Overflow = 6029,
    InsufficientGP = 6030,
    InsufficientAC = 6031,
    MaxDailyAdsReached = 6032,
    GPBalanceExceeded = 6033,
    GameAlreadyExists = 6034,
    GameRegistryFull = 6035,
    ProgramPaused = 6036,
    InvalidFeeParameter = 6037,
    AccountFrozen = 6038,
    AccountLocked = 6039,
    EscrowAlreadyDistributed = 6040,
    EscrowNotFunded = 6041,
    MatchNotEnded = 6042,
    MatchNotCancelled = 6043,
    InvalidPaymentMethod = 6044,
}

/// The first code; the others follow without a gap.
const FIRST: u32 = 6000;

impl ProgramError {
    /// The number that the runtime reports.
    #[must_use]
    pub const fn code(self) -> u32 {
        self as u32
    }

    /// `None` for a number that is not the program's: the framework's and the system program's are below 6000.
    #[must_use]
    pub fn from_code(code: u32) -> Option<Self> {
        entry(code).map(|(error, _)| *error)
    }

    /// The name, as the interface spells it.
    #[must_use]
    pub fn name(self) -> &'static str {
        entry(self.code()).map_or("", |(_, name)| name)
    }

    /// What the program refuses with where the core's arithmetic does (interface, sections 4.12 to 4.14).
    #[must_use]
    pub const fn of(error: CoreError) -> Self {
        match error {
            CoreError::Overflow => Self::Overflow,
            _ => Self::InvalidPayload,
        }
    }
}

fn entry(code: u32) -> Option<&'static (ProgramError, &'static str)> {
    ALL.get(code.checked_sub(FIRST)? as usize)
}
