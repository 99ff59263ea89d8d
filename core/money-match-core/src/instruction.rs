//! Instruction data: discriminator and Borsh arguments (interface, sections 1.2, 1.3 and 4).
//!
//! This is how the chain reads it: with types, without alloc. Reading is as lenient as the program, and no more: bytes after the arguments are ignored, since the chain executes
//! such a transaction too and the mirror must then see it. It does not judge the arguments; the program does.

use crate::borsh::{Amounts, Reader};
use crate::error::CoreError;

/// `sha256("global:" + name)[0..8]`, the first bytes of instruction data.
pub mod discriminator {
    pub const INITIALIZE_CONFIG: [u8; 8] = [0xd0, 0x7f, 0x15, 0x01, 0xc2, 0xbe, 0xc4, 0x46];
    pub const UPDATE_CONFIG: [u8; 8] = [0x1d, 0x9e, 0xfc, 0xbf, 0x0a, 0x53, 0xdb, 0x63];
    pub const PAUSE_PROGRAM: [u8; 8] = [0x5b, 0x56, 0xfd, 0xaf, 0x42, 0xec, 0xac, 0x7c];
    pub const UNPAUSE_PROGRAM: [u8; 8] = [0x2b, 0xa2, 0xe9, 0x5c, 0xfe, 0x3e, 0x45, 0x3a];
    pub const INITIALIZE_REGISTRY: [u8; 8] = [0xbd, 0xb5, 0x14, 0x11, 0xae, 0x39, 0xf9, 0x3b];
    pub const REGISTER_GAME: [u8; 8] = [0x7a, 0x2c, 0x5f, 0x3a, 0x59, 0x21, 0x28, 0x3b];
    pub const UPDATE_GAME: [u8; 8] = [0x9f, 0x3d, 0x84, 0x83, 0x03, 0xea, 0xd1, 0xdc];
    pub const CREATE_MATCH: [u8; 8] = [0x6b, 0x02, 0xb8, 0x91, 0x46, 0x8e, 0x11, 0xa5];
    pub const JOIN_MATCH: [u8; 8] = [0xf4, 0x08, 0x2f, 0x82, 0xc0, 0x3b, 0xb3, 0x2c];
    pub const START_MATCH: [u8; 8] = [0x64, 0xf6, 0xdf, 0xb5, 0xb0, 0x65, 0xff, 0x13];
    pub const END_MATCH: [u8; 8] = [0x22, 0x74, 0x7a, 0xbf, 0x64, 0xde, 0x14, 0x75];
    pub const ANCHOR_MATCH_RECORD: [u8; 8] = [0x2b, 0x29, 0x37, 0x16, 0x92, 0x2a, 0xd4, 0x49];
    pub const CLOSE_MATCH_ACCOUNT: [u8; 8] = [0x9c, 0x5e, 0x35, 0x2d, 0x1c, 0xf1, 0xd4, 0xa0];
    pub const DEPOSIT_SOL: [u8; 8] = [0x6c, 0x51, 0x4e, 0x75, 0x7d, 0x9b, 0x38, 0xc8];
    pub const WITHDRAW_SOL: [u8; 8] = [0x91, 0x83, 0x4a, 0x88, 0x41, 0x89, 0x2a, 0x26];
    pub const DISTRIBUTE_PRIZES: [u8; 8] = [0x9a, 0x63, 0xc9, 0x5d, 0x52, 0x68, 0x49, 0xe8];
    pub const REFUND_ESCROW: [u8; 8] = [0x6b, 0xba, 0x59, 0x63, 0x1a, 0xc2, 0x17, 0xcc];
}

/// A money instruction with its arguments, borrowed from where they were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instruction<'a> {
    InitializeConfig { treasury_multisig: [u8; 32] },
    UpdateConfig(UpdateConfig),
    PauseProgram,
    UnpauseProgram,
    InitializeRegistry,
    RegisterGame(RegisterGame<'a>),
    UpdateGame(UpdateGame<'a>),
    DepositSol { amount: u64 },
    WithdrawSol { amount: u64 },
    CreateMatch(CreateMatch<'a>),
    JoinMatch { match_id: &'a str, user_id: &'a str },
    StartMatch { match_id: &'a str },
    EndMatch(EndMatch<'a>),
    AnchorMatchRecord(AnchorMatchRecord<'a>),
    CloseMatchAccount { match_id: &'a str },
    DistributePrizes(DistributePrizes<'a>),
    RefundEscrow(RefundEscrow<'a>),
}

/// Interface, section 4.2. What is not given stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UpdateConfig {
    pub platform_fee_bps: Option<u16>,
    pub withdrawal_fee_lamports: Option<u64>,
    pub min_entry_fee: Option<u64>,
    pub max_entry_fee: Option<u64>,
    pub treasury_multisig: Option<[u8; 32]>,
    pub supported_payment_methods: Option<u8>,
}

/// Interface, section 4.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegisterGame<'a> {
    pub game_id: u8,
    pub name: &'a str,
    pub min_players: u8,
    pub max_players: u8,
    pub rule_engine_url: &'a str,
    pub version: u8,
}

/// Interface, section 4.4. What is not given stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UpdateGame<'a> {
    pub game_id: u8,
    pub name: Option<&'a str>,
    pub min_players: Option<u8>,
    pub max_players: Option<u8>,
    pub rule_engine_url: Option<&'a str>,
    pub version: Option<u8>,
    pub enabled: Option<bool>,
}

/// Interface, section 4.5. The seed is u64 here and u32 in the account (H-30).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreateMatch<'a> {
    pub match_id: &'a str,
    pub game_type: u8,
    pub seed: u64,
    pub entry_fee: Option<u64>,
    pub payment_method: Option<u8>,
    pub match_type: Option<u8>,
    pub tournament_id: Option<[u8; 16]>,
}

/// Interface, section 4.8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndMatch<'a> {
    pub match_id: &'a str,
    pub match_hash: Option<[u8; 32]>,
    pub hot_url: Option<&'a str>,
}

/// Interface, section 4.9.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnchorMatchRecord<'a> {
    pub match_id: &'a str,
    pub match_hash: [u8; 32],
    pub hot_url: Option<&'a str>,
}

/// Interface, section 4.13. The two lists need not be equally long: that is for the program to refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DistributePrizes<'a> {
    pub match_id: &'a str,
    pub winner_indices: &'a [u8],
    pub prize_amounts: Amounts<'a>,
}

/// Interface, section 4.14.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefundEscrow<'a> {
    pub match_id: &'a str,
    pub player_indices: &'a [u8],
    pub reason: u8,
    pub abandoned_player_index: Option<u8>,
}

impl<'a> Instruction<'a> {
    /// Reads instruction data.
    ///
    /// # Errors
    /// `unknown_instruction` (the program's 101), `undecodable` (its 102).
    pub fn decode(data: &'a [u8]) -> Result<Self, CoreError> {
        let (head, args) = data.split_first_chunk::<8>().ok_or(CoreError::UnknownInstruction)?;
        let mut r = Reader::new(args);
        Ok(match *head {
            discriminator::INITIALIZE_CONFIG => Self::InitializeConfig { treasury_multisig: r.value()? },
            discriminator::UPDATE_CONFIG => Self::UpdateConfig(UpdateConfig::read(&mut r)?),
            discriminator::PAUSE_PROGRAM => Self::PauseProgram,
            discriminator::UNPAUSE_PROGRAM => Self::UnpauseProgram,
            discriminator::INITIALIZE_REGISTRY => Self::InitializeRegistry,
            discriminator::REGISTER_GAME => Self::RegisterGame(RegisterGame::read(&mut r)?),
            discriminator::UPDATE_GAME => Self::UpdateGame(UpdateGame::read(&mut r)?),
            discriminator::DEPOSIT_SOL => Self::DepositSol { amount: r.value()? },
            discriminator::WITHDRAW_SOL => Self::WithdrawSol { amount: r.value()? },
            discriminator::CREATE_MATCH => Self::CreateMatch(CreateMatch::read(&mut r)?),
            discriminator::JOIN_MATCH => Self::JoinMatch { match_id: r.string()?, user_id: r.string()? },
            discriminator::START_MATCH => Self::StartMatch { match_id: r.string()? },
            discriminator::END_MATCH => Self::EndMatch(EndMatch::read(&mut r)?),
            discriminator::ANCHOR_MATCH_RECORD => Self::AnchorMatchRecord(AnchorMatchRecord::read(&mut r)?),
            discriminator::CLOSE_MATCH_ACCOUNT => Self::CloseMatchAccount { match_id: r.string()? },
            discriminator::DISTRIBUTE_PRIZES => Self::DistributePrizes(DistributePrizes::read(&mut r)?),
            discriminator::REFUND_ESCROW => Self::RefundEscrow(RefundEscrow::read(&mut r)?),
            _ => return Err(CoreError::UnknownInstruction),
        })
    }
}

impl UpdateConfig {
    fn read(r: &mut Reader<'_>) -> Result<Self, CoreError> {
        Ok(Self {
            platform_fee_bps: r.option(Reader::value)?,
            withdrawal_fee_lamports: r.option(Reader::value)?,
            min_entry_fee: r.option(Reader::value)?,
            max_entry_fee: r.option(Reader::value)?,
            treasury_multisig: r.option(Reader::value)?,
            supported_payment_methods: r.option(Reader::value)?,
        })
    }
}

impl<'a> RegisterGame<'a> {
    fn read(r: &mut Reader<'a>) -> Result<Self, CoreError> {
        Ok(Self {
            game_id: r.value()?,
            name: r.string()?,
            min_players: r.value()?,
            max_players: r.value()?,
            rule_engine_url: r.string()?,
            version: r.value()?,
        })
    }
}

impl<'a> UpdateGame<'a> {
    fn read(r: &mut Reader<'a>) -> Result<Self, CoreError> {
        Ok(Self {
            game_id: r.value()?,
            name: r.option(Reader::string)?,
            min_players: r.option(Reader::value)?,
            max_players: r.option(Reader::value)?,
            rule_engine_url: r.option(Reader::string)?,
            version: r.option(Reader::value)?,
            enabled: r.option(Reader::boolean)?,
        })
    }
}

impl<'a> CreateMatch<'a> {
    fn read(r: &mut Reader<'a>) -> Result<Self, CoreError> {
        Ok(Self {
            match_id: r.string()?,
            game_type: r.value()?,
            seed: r.value()?,
            entry_fee: r.option(Reader::value)?,
            payment_method: r.option(Reader::value)?,
            match_type: r.option(Reader::value)?,
            tournament_id: r.option(Reader::value)?,
        })
    }
}

impl<'a> EndMatch<'a> {
    fn read(r: &mut Reader<'a>) -> Result<Self, CoreError> {
        Ok(Self {
            match_id: r.string()?,
            match_hash: r.option(Reader::value)?,
            hot_url: r.option(Reader::string)?,
        })
    }
}

impl<'a> AnchorMatchRecord<'a> {
    fn read(r: &mut Reader<'a>) -> Result<Self, CoreError> {
        Ok(Self { match_id: r.string()?, match_hash: r.value()?, hot_url: r.option(Reader::string)? })
    }
}

impl<'a> DistributePrizes<'a> {
    fn read(r: &mut Reader<'a>) -> Result<Self, CoreError> {
        Ok(Self { match_id: r.string()?, winner_indices: r.bytes()?, prize_amounts: r.amounts()? })
    }
}

impl<'a> RefundEscrow<'a> {
    fn read(r: &mut Reader<'a>) -> Result<Self, CoreError> {
        Ok(Self {
            match_id: r.string()?,
            player_indices: r.bytes()?,
            reason: r.value()?,
            abandoned_player_index: r.option(Reader::value)?,
        })
    }
}
