//! A decoded instruction, written out again: its discriminator, then every argument in the order of the interface.

use crate::{Full, Refusal, Writer};
use money_match_core::instruction::{
    AnchorMatchRecord, CreateMatch, DistributePrizes, EndMatch, Instruction, RefundEscrow, RegisterGame,
    UpdateConfig, UpdateGame, discriminator as id,
};

pub fn decode(data: &[u8], out: &mut Writer) -> Result<(), Refusal> {
    let instruction = Instruction::decode(data)?;
    out.value(&discriminator(&instruction))?;
    arguments(&instruction, out)?;
    Ok(())
}

fn discriminator(instruction: &Instruction) -> [u8; 8] {
    match instruction {
        Instruction::InitializeConfig { .. } => id::INITIALIZE_CONFIG,
        Instruction::UpdateConfig(_) => id::UPDATE_CONFIG,
        Instruction::PauseProgram => id::PAUSE_PROGRAM,
        Instruction::UnpauseProgram => id::UNPAUSE_PROGRAM,
        Instruction::InitializeRegistry => id::INITIALIZE_REGISTRY,
        Instruction::RegisterGame(_) => id::REGISTER_GAME,
        Instruction::UpdateGame(_) => id::UPDATE_GAME,
        Instruction::DepositSol { .. } => id::DEPOSIT_SOL,
        Instruction::WithdrawSol { .. } => id::WITHDRAW_SOL,
        Instruction::CreateMatch(_) => id::CREATE_MATCH,
        Instruction::JoinMatch { .. } => id::JOIN_MATCH,
        Instruction::StartMatch { .. } => id::START_MATCH,
        Instruction::EndMatch(_) => id::END_MATCH,
        Instruction::AnchorMatchRecord(_) => id::ANCHOR_MATCH_RECORD,
        Instruction::CloseMatchAccount { .. } => id::CLOSE_MATCH_ACCOUNT,
        Instruction::DistributePrizes(_) => id::DISTRIBUTE_PRIZES,
        Instruction::RefundEscrow(_) => id::REFUND_ESCROW,
    }
}

fn arguments(instruction: &Instruction, out: &mut Writer) -> Result<(), Full> {
    match instruction {
        Instruction::PauseProgram | Instruction::UnpauseProgram | Instruction::InitializeRegistry => Ok(()),
        Instruction::InitializeConfig { treasury_multisig } => out.value(treasury_multisig),
        Instruction::UpdateConfig(args) => update_config(args, out),
        Instruction::RegisterGame(args) => register_game(args, out),
        Instruction::UpdateGame(args) => update_game(args, out),
        Instruction::DepositSol { amount } | Instruction::WithdrawSol { amount } => out.value(amount),
        Instruction::CreateMatch(args) => create_match(args, out),
        Instruction::JoinMatch { match_id, user_id } => {
            text(out, match_id)?;
            text(out, user_id)
        }
        Instruction::StartMatch { match_id } | Instruction::CloseMatchAccount { match_id } => {
            text(out, match_id)
        }
        Instruction::EndMatch(args) => end_match(args, out),
        Instruction::AnchorMatchRecord(args) => anchor_match_record(args, out),
        Instruction::DistributePrizes(args) => distribute_prizes(args, out),
        Instruction::RefundEscrow(args) => refund_escrow(args, out),
    }
}

fn text(out: &mut Writer, text: &str) -> Result<(), Full> {
    out.list(text.as_bytes())
}

fn update_config(args: &UpdateConfig, out: &mut Writer) -> Result<(), Full> {
    out.optional(args.platform_fee_bps)?;
    out.optional(args.withdrawal_fee_lamports)?;
    out.optional(args.min_entry_fee)?;
    out.optional(args.max_entry_fee)?;
    out.optional(args.treasury_multisig)?;
    out.optional(args.supported_payment_methods)
}

fn register_game(args: &RegisterGame, out: &mut Writer) -> Result<(), Full> {
    out.value(&args.game_id)?;
    text(out, args.name)?;
    out.value(&args.min_players)?;
    out.value(&args.max_players)?;
    text(out, args.rule_engine_url)?;
    out.value(&args.version)
}

fn update_game(args: &UpdateGame, out: &mut Writer) -> Result<(), Full> {
    out.value(&args.game_id)?;
    out.option(args.name, text)?;
    out.optional(args.min_players)?;
    out.optional(args.max_players)?;
    out.option(args.rule_engine_url, text)?;
    out.optional(args.version)?;
    out.option(args.enabled, |out, enabled| out.byte(enabled.into()))
}

fn create_match(args: &CreateMatch, out: &mut Writer) -> Result<(), Full> {
    text(out, args.match_id)?;
    out.value(&args.game_type)?;
    out.value(&args.seed)?;
    out.optional(args.entry_fee)?;
    out.optional(args.payment_method)?;
    out.optional(args.match_type)?;
    out.optional(args.tournament_id)
}

fn end_match(args: &EndMatch, out: &mut Writer) -> Result<(), Full> {
    text(out, args.match_id)?;
    out.optional(args.match_hash)?;
    out.option(args.hot_url, text)
}

fn anchor_match_record(args: &AnchorMatchRecord, out: &mut Writer) -> Result<(), Full> {
    text(out, args.match_id)?;
    out.value(&args.match_hash)?;
    out.option(args.hot_url, text)
}

fn distribute_prizes(args: &DistributePrizes, out: &mut Writer) -> Result<(), Full> {
    text(out, args.match_id)?;
    out.list(args.winner_indices)?;
    out.value(&(args.prize_amounts.len() as u32))?;
    for amount in args.prize_amounts.iter() {
        out.value(&amount)?;
    }
    Ok(())
}

fn refund_escrow(args: &RefundEscrow, out: &mut Writer) -> Result<(), Full> {
    text(out, args.match_id)?;
    out.list(args.player_indices)?;
    out.value(&args.reason)?;
    out.optional(args.abandoned_player_index)
}
