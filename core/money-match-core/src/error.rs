//! Why the core refuses: one enum, one stable code each. Codes are never reused or renamed.

/// A refusal of the core. It is never a panic, and never a text that a program would have to parse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
// Not a byte: the on-chain program, which carries it through its results, is smaller with a word.
#[repr(u32)]
pub enum CoreError {
    /// A sum or a product leaves u64.
    Overflow,
    /// Basis points above 10,000.
    InvalidBps,
    /// Not 1 to 10 shares, or they do not sum to 10,000 basis points.
    InvalidShares,
    /// A rank would win nothing: the program refuses an amount of zero.
    ZeroPrize,
    /// The parts of a breakdown or a distribution do not add up to its whole.
    Inconsistent,
    /// Account bytes of another length than the layout's.
    BadLength,
    /// Account bytes that begin with another discriminator.
    BadDiscriminator,
    /// The discriminator fits, the content does not: a count above its array, a bool that is neither 0 nor 1.
    InvalidAccount,
    /// Bytes that should be text are not UTF-8, or a text holds what it must not.
    InvalidText,
    /// The first 8 bytes are no instruction that the core knows.
    UnknownInstruction,
    /// The instruction is known, its arguments end early or are malformed.
    Undecodable,
    /// An instruction to encode lacks a field, has an unknown one, or one out of range.
    InvalidInstruction,
    /// A pending action that is not exactly the shape of its kind.
    InvalidAction,
    /// A snapshot that is not exactly its shape, in JSON or in Borsh.
    InvalidSnapshot,
    /// The escrow of a paid match belongs to another match.
    EscrowMismatch,
    /// Not base58, or not of the length asked for.
    InvalidBase58,
    /// Not lower-case hex, or not of the length asked for.
    InvalidHex,
    /// Not an object name, match address or kind that a client key can be derived from.
    InvalidClientKey,
    /// Not 1 to 10 players of a refund, or of its payouts.
    InvalidList,
    /// A cancellation reason above 7.
    InvalidReason,
    /// A player index beyond the players, listed or abandoned.
    IndexOutOfRange,
    /// A listed player has no stake: none was paid, it was refunded before, or the player is listed twice.
    ZeroStake,
    /// A withdrawal of nothing.
    ZeroAmount,
    /// A leaf whose place no proof can show: its branch of the Merkle tree equals the one on its left.
    AmbiguousLeaf,
}

impl CoreError {
    /// The code that crosses every border, in `snake_case`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Overflow => "overflow",
            Self::InvalidBps => "invalid_bps",
            Self::InvalidShares => "invalid_shares",
            Self::ZeroPrize => "zero_prize",
            Self::Inconsistent => "inconsistent",
            Self::BadLength => "bad_length",
            Self::BadDiscriminator => "bad_discriminator",
            Self::InvalidAccount => "invalid_account",
            Self::InvalidText => "invalid_text",
            Self::UnknownInstruction => "unknown_instruction",
            Self::Undecodable => "undecodable",
            Self::InvalidInstruction => "invalid_instruction",
            Self::InvalidAction => "invalid_action",
            Self::InvalidSnapshot => "invalid_snapshot",
            Self::EscrowMismatch => "escrow_mismatch",
            Self::InvalidBase58 => "invalid_base58",
            Self::InvalidHex => "invalid_hex",
            Self::InvalidClientKey => "invalid_client_key",
            Self::InvalidList => "invalid_list",
            Self::InvalidReason => "invalid_reason",
            Self::IndexOutOfRange => "index_out_of_range",
            Self::ZeroStake => "zero_stake",
            Self::ZeroAmount => "zero_amount",
            Self::AmbiguousLeaf => "ambiguous_leaf",
        }
    }
}
