//! The JSON spelling of instructions, `kind` being the instruction's name on chain.

use alloc::string::String;
use alloc::vec::Vec;

use crate::borsh::Amounts;
use crate::error::CoreError;
use crate::instruction::{CreateMatch, DistributePrizes, EndMatch, Instruction, RefundEscrow, RegisterGame};
use crate::json::read::{Object, Value, parse};
use crate::json::write::{ObjectWriter, push_decimal};
use crate::text::{decimal, hex_encode};

/// Far above what a transaction holds; the lists come from a caller.
const MAX_LIST: usize = 255;

/// Instruction data of the JSON spelling.
///
/// # Errors
/// `invalid_instruction`.
pub fn encode_instruction(json: &str) -> Result<Vec<u8>, CoreError> {
    encode(json).ok_or(CoreError::InvalidInstruction)
}

/// The JSON spelling of instruction data.
///
/// # Errors
/// `unknown_instruction`, `undecodable`.
pub fn decode_instruction(data: &[u8]) -> Result<String, CoreError> {
    Instruction::decode(data).map(|instruction| to_json(&instruction))
}

fn encode(json: &str) -> Option<Vec<u8>> {
    let mut object = parse(json)?.object()?;
    let kind = object.take("kind").string()?;
    match kind.as_str() {
        "initialize_config" => {
            let treasury_multisig = object.take("treasuryMultisig").key()?;
            finish(object, &Instruction::InitializeConfig { treasury_multisig })
        }
        "initialize_registry" => finish(object, &Instruction::InitializeRegistry),
        "register_game" => register_game(object),
        "deposit_sol" => {
            let amount = object.take("amount").decimal()?;
            finish(object, &Instruction::DepositSol { amount })
        }
        "withdraw_sol" => {
            let amount = object.take("amount").decimal()?;
            finish(object, &Instruction::WithdrawSol { amount })
        }
        "create_match" => create_match(object),
        "join_match" => {
            let (match_id, user_id) = (match_id(&mut object)?, object.take("userId").string()?);
            finish(object, &Instruction::JoinMatch { match_id: &match_id, user_id: &user_id })
        }
        "start_match" => {
            let match_id = match_id(&mut object)?;
            finish(object, &Instruction::StartMatch { match_id: &match_id })
        }
        "end_match" => end_match(object),
        "distribute_prizes" => distribute_prizes(object),
        "refund_escrow" => refund_escrow(object),
        _ => None,
    }
}

fn finish(object: Object, instruction: &Instruction<'_>) -> Option<Vec<u8>> {
    object.end()?;
    let mut out = Vec::with_capacity(128);
    instruction.encode(&mut out).ok()?;
    Some(out)
}

fn match_id(object: &mut Object) -> Option<String> {
    object.take("matchId").string()
}

fn register_game(mut object: Object) -> Option<Vec<u8>> {
    let name = object.take("name").string()?;
    let rule_engine_url = object.take("ruleEngineUrl").string()?;
    let args = RegisterGame {
        game_id: object.take("gameId").u8()?,
        name: &name,
        min_players: object.take("minPlayers").u8()?,
        max_players: object.take("maxPlayers").u8()?,
        rule_engine_url: &rule_engine_url,
        version: object.take("version").u8()?,
    };
    finish(object, &Instruction::RegisterGame(args))
}

fn create_match(mut object: Object) -> Option<Vec<u8>> {
    let match_id = match_id(&mut object)?;
    let args = CreateMatch {
        match_id: &match_id,
        game_type: object.take("gameType").u8()?,
        seed: object.take("seed").decimal()?,
        entry_fee: object.take("entryFee").optional(Value::decimal)?,
        payment_method: object.take("paymentMethod").optional(Value::u8)?,
        match_type: object.take("matchType").optional(Value::u8)?,
        tournament_id: object.take("tournamentId").optional(Value::hex)?,
    };
    finish(object, &Instruction::CreateMatch(args))
}

fn end_match(mut object: Object) -> Option<Vec<u8>> {
    let match_id = match_id(&mut object)?;
    let hot_url = object.take("hotUrl").optional(Value::string)?;
    let match_hash = object.take("matchHash").optional(Value::hex)?;
    let args = EndMatch { match_id: &match_id, match_hash, hot_url: hot_url.as_deref() };
    finish(object, &Instruction::EndMatch(args))
}

fn distribute_prizes(mut object: Object) -> Option<Vec<u8>> {
    let match_id = match_id(&mut object)?;
    let winner_indices = object.take("winnerIndices").list(MAX_LIST, Value::u8)?;
    let amount = |value: Value| value.decimal().map(u64::to_le_bytes);
    let prize_amounts = object.take("prizeAmounts").list(MAX_LIST, amount)?;
    let args = DistributePrizes {
        match_id: &match_id,
        winner_indices: &winner_indices,
        prize_amounts: Amounts(&prize_amounts),
    };
    finish(object, &Instruction::DistributePrizes(args))
}

fn refund_escrow(mut object: Object) -> Option<Vec<u8>> {
    let match_id = match_id(&mut object)?;
    let player_indices = object.take("playerIndices").list(MAX_LIST, Value::u8)?;
    let args = RefundEscrow {
        match_id: &match_id,
        player_indices: &player_indices,
        reason: object.take("reason").u8()?,
        abandoned_player_index: object.take("abandonedPlayerIndex").optional(Value::u8)?,
    };
    finish(object, &Instruction::RefundEscrow(args))
}

fn to_json(instruction: &Instruction<'_>) -> String {
    let start = |kind| ObjectWriter::default().text("kind", kind);
    let of_match = |kind, match_id| start(kind).text("matchId", match_id);
    match instruction {
        Instruction::InitializeConfig { treasury_multisig } => {
            start("initialize_config").key("treasuryMultisig", treasury_multisig)
        }
        Instruction::InitializeRegistry => start("initialize_registry"),
        Instruction::RegisterGame(args) => start("register_game")
            .number("gameId", args.game_id)
            .text("name", args.name)
            .number("minPlayers", args.min_players)
            .number("maxPlayers", args.max_players)
            .text("ruleEngineUrl", args.rule_engine_url)
            .number("version", args.version),
        Instruction::DepositSol { amount } => start("deposit_sol").decimal("amount", *amount),
        Instruction::WithdrawSol { amount } => start("withdraw_sol").decimal("amount", *amount),
        Instruction::CreateMatch(args) => of_match("create_match", args.match_id)
            .number("gameType", args.game_type)
            .decimal("seed", args.seed)
            .optional("entryFee", args.entry_fee, ObjectWriter::decimal)
            .optional("paymentMethod", args.payment_method, ObjectWriter::number)
            .optional("matchType", args.match_type, ObjectWriter::number)
            .optional("tournamentId", args.tournament_id, |o, name, id| o.text(name, &hex_encode(&id))),
        Instruction::JoinMatch { match_id, user_id } => {
            of_match("join_match", match_id).text("userId", user_id)
        }
        Instruction::StartMatch { match_id } => of_match("start_match", match_id),
        Instruction::EndMatch(args) => of_match("end_match", args.match_id)
            .optional("matchHash", args.match_hash, |o, name, hash| o.text(name, &hex_encode(&hash)))
            .optional("hotUrl", args.hot_url, ObjectWriter::text),
        Instruction::DistributePrizes(args) => of_match("distribute_prizes", args.match_id)
            .list("winnerIndices", args.winner_indices, push_index)
            .list("prizeAmounts", args.prize_amounts.iter(), push_decimal),
        Instruction::RefundEscrow(args) => of_match("refund_escrow", args.match_id)
            .list("playerIndices", args.player_indices, push_index)
            .number("reason", args.reason)
            .optional("abandonedPlayerIndex", args.abandoned_player_index, ObjectWriter::number),
    }
    .end()
}

fn push_index(out: &mut String, index: &u8) {
    out.push_str(&decimal(u64::from(*index)));
}
