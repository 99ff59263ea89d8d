//! The JSON spelling of the money instructions. The chain reads instruction data with types and without alloc
//! (`instruction`); the edge reads and writes it by these tables, and a property test holds the two together.

use alloc::string::String;
use alloc::vec::Vec;

use crate::borsh::Reader;
use crate::error::CoreError;
use crate::instruction::discriminator as id;
use crate::json::read::parse;
use crate::json::write::Writer;
use crate::schema::{Field, Type, pairs, show_fields, write_struct};

struct Instruction {
    name: &'static str,
    discriminator: [u8; 8],
    args: &'static [Field],
}

const INSTRUCTIONS: [Instruction; 17] = [
    Instruction { name: "initialize_config", discriminator: id::INITIALIZE_CONFIG, args: INITIALIZE_CONFIG },
    Instruction { name: "update_config", discriminator: id::UPDATE_CONFIG, args: UPDATE_CONFIG },
    Instruction { name: "pause_program", discriminator: id::PAUSE_PROGRAM, args: &[] },
    Instruction { name: "unpause_program", discriminator: id::UNPAUSE_PROGRAM, args: &[] },
    Instruction { name: "initialize_registry", discriminator: id::INITIALIZE_REGISTRY, args: &[] },
    Instruction { name: "register_game", discriminator: id::REGISTER_GAME, args: REGISTER_GAME },
    Instruction { name: "update_game", discriminator: id::UPDATE_GAME, args: UPDATE_GAME },
    Instruction { name: "deposit_sol", discriminator: id::DEPOSIT_SOL, args: AMOUNT },
    Instruction { name: "withdraw_sol", discriminator: id::WITHDRAW_SOL, args: AMOUNT },
    Instruction { name: "create_match", discriminator: id::CREATE_MATCH, args: CREATE_MATCH },
    Instruction { name: "join_match", discriminator: id::JOIN_MATCH, args: JOIN_MATCH },
    Instruction { name: "start_match", discriminator: id::START_MATCH, args: &[MATCH_ID] },
    Instruction { name: "end_match", discriminator: id::END_MATCH, args: END_MATCH },
    Instruction {
        name: "anchor_match_record",
        discriminator: id::ANCHOR_MATCH_RECORD,
        args: ANCHOR_MATCH_RECORD,
    },
    Instruction { name: "close_match_account", discriminator: id::CLOSE_MATCH_ACCOUNT, args: &[MATCH_ID] },
    Instruction { name: "distribute_prizes", discriminator: id::DISTRIBUTE_PRIZES, args: DISTRIBUTE_PRIZES },
    Instruction { name: "refund_escrow", discriminator: id::REFUND_ESCROW, args: REFUND_ESCROW },
];

const MATCH_ID: Field = Field { name: "matchId", kind: Type::Text };
/// Far above what a transaction holds; the list comes from a caller. `Vec<u8>` is a list of numbers.
const INDICES: Type = Type::List(&Type::U8, 255);
const AMOUNTS: Type = Type::List(&Type::U64, 255);

const INITIALIZE_CONFIG: &[Field] = &[Field { name: "treasuryMultisig", kind: Type::Key }];
const UPDATE_CONFIG: &[Field] = &[
    Field { name: "platformFeeBps", kind: Type::Option(&Type::U16) },
    Field { name: "withdrawalFeeLamports", kind: Type::Option(&Type::U64) },
    Field { name: "minEntryFee", kind: Type::Option(&Type::U64) },
    Field { name: "maxEntryFee", kind: Type::Option(&Type::U64) },
    Field { name: "treasuryMultisig", kind: Type::Option(&Type::Key) },
    Field { name: "supportedPaymentMethods", kind: Type::Option(&Type::U8) },
];
const REGISTER_GAME: &[Field] = &[
    Field { name: "gameId", kind: Type::U8 },
    Field { name: "name", kind: Type::Text },
    Field { name: "minPlayers", kind: Type::U8 },
    Field { name: "maxPlayers", kind: Type::U8 },
    Field { name: "ruleEngineUrl", kind: Type::Text },
    Field { name: "version", kind: Type::U8 },
];
const UPDATE_GAME: &[Field] = &[
    Field { name: "gameId", kind: Type::U8 },
    Field { name: "name", kind: Type::Option(&Type::Text) },
    Field { name: "minPlayers", kind: Type::Option(&Type::U8) },
    Field { name: "maxPlayers", kind: Type::Option(&Type::U8) },
    Field { name: "ruleEngineUrl", kind: Type::Option(&Type::Text) },
    Field { name: "version", kind: Type::Option(&Type::U8) },
    Field { name: "enabled", kind: Type::Option(&Type::Bool) },
];
const AMOUNT: &[Field] = &[Field { name: "amount", kind: Type::U64 }];
const CREATE_MATCH: &[Field] = &[
    MATCH_ID,
    Field { name: "gameType", kind: Type::U8 },
    Field { name: "seed", kind: Type::U64 },
    Field { name: "entryFee", kind: Type::Option(&Type::U64) },
    Field { name: "paymentMethod", kind: Type::Option(&Type::U8) },
    Field { name: "matchType", kind: Type::Option(&Type::U8) },
    Field { name: "tournamentId", kind: Type::Option(&Type::Hex(16)) },
];
const JOIN_MATCH: &[Field] = &[MATCH_ID, Field { name: "userId", kind: Type::Text }];
const END_MATCH: &[Field] = &[
    MATCH_ID,
    Field { name: "matchHash", kind: Type::Option(&Type::Hex(32)) },
    Field { name: "hotUrl", kind: Type::Option(&Type::Text) },
];
const ANCHOR_MATCH_RECORD: &[Field] = &[
    MATCH_ID,
    Field { name: "matchHash", kind: Type::Hex(32) },
    Field { name: "hotUrl", kind: Type::Option(&Type::Text) },
];
const DISTRIBUTE_PRIZES: &[Field] = &[
    MATCH_ID,
    Field { name: "winnerIndices", kind: INDICES },
    Field { name: "prizeAmounts", kind: AMOUNTS },
];
const REFUND_ESCROW: &[Field] = &[
    MATCH_ID,
    Field { name: "playerIndices", kind: INDICES },
    Field { name: "reason", kind: Type::U8 },
    Field { name: "abandonedPlayerIndex", kind: Type::Option(&Type::U8) },
];

/// Instruction data of the JSON spelling, `kind` being the instruction's name on chain.
///
/// # Errors
/// `invalid_instruction`.
pub fn encode_instruction(json: &str) -> Result<Vec<u8>, CoreError> {
    encode(json).ok_or(CoreError::InvalidInstruction)
}

fn encode(json: &str) -> Option<Vec<u8>> {
    let value = parse(json)?;
    let kind = value.field("kind").as_str()?;
    let instruction = INSTRUCTIONS.iter().find(|instruction| instruction.name == kind)?;
    let mut out = Vec::with_capacity(128);
    out.extend_from_slice(&instruction.discriminator);
    write_struct(&value, pairs(instruction.args).chain([("kind", &Type::Ignored)]), &mut out)?;
    Some(out)
}

/// The JSON spelling of instruction data. Bytes after the arguments are ignored, since the program ignores them too.
///
/// # Errors
/// `unknown_instruction`, `undecodable`.
pub fn decode_instruction(data: &[u8]) -> Result<String, CoreError> {
    let (head, args) = data.split_first_chunk().ok_or(CoreError::UnknownInstruction)?;
    let known = INSTRUCTIONS.iter().find(|instruction| instruction.discriminator == *head);
    let instruction = known.ok_or(CoreError::UnknownInstruction)?;
    let mut out = Writer::default();
    out.open('{');
    out.name("kind");
    out.text(instruction.name);
    show_fields(&mut Reader::new(args), instruction.args, &mut out)?;
    out.close('}');
    Ok(out.finish())
}
