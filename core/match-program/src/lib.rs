//! The reference on-chain program: the money instructions of the interface, as a real SBF program.
//!
//! For development and tests only. It behaves as the deployed Anchor program does, quirks (H-01 to H-30) included:
//! same discriminators, layouts, addresses, account order, order of checks, error codes and effects. Every figure,
//! offset and code comes from `money-match-core`. "Interface" in comments is the on-chain interface that this mirrors.
#![no_std]

mod accounts;
mod create;
mod error;
mod instructions;
mod lamports;
mod payees;
mod pda;
#[cfg(target_arch = "bpf")]
mod runtime;

use accounts::Accounts;
use error::{anchor, fail, undecoded};
use money_match_core::instruction::Instruction;
use pinocchio::{AccountView, Address, ProgramResult, program_entrypoint};

/// The only address that the program runs at, as Anchor's declared id.
pub const ID: Address = Address::new_from_array(money_match_core::PROGRAM_ID);

/// Accounts of an instruction that are looked at; the largest, distribute and refund, take 25. Further ones are
/// ignored, as Anchor does. 32 pointers keep the entry point's frame far below the 4 kB of stack.
const MAX_ACCOUNTS: usize = 32;

program_entrypoint!(process, MAX_ACCOUNTS);

/// Reads the instruction from `data` and runs it.
///
/// # Errors
/// 4100 at another address than [`ID`], 101 for an unknown instruction (also for one of the game's own, which exists on
/// chain, but not here), 102 for arguments that do not decode, else what the instruction refuses with.
pub fn process(program: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
    if program != &ID {
        return fail(anchor::DECLARED_PROGRAM_ID_MISMATCH);
    }
    let accounts = Accounts::new(accounts);
    match Instruction::decode(data).map_err(undecoded)? {
        Instruction::InitializeConfig { treasury_multisig } => {
            instructions::initialize_config::process(accounts, treasury_multisig)
        }
        Instruction::UpdateConfig(args) => instructions::update_config::process(accounts, &args),
        Instruction::PauseProgram => instructions::pause::process(accounts, true),
        Instruction::UnpauseProgram => instructions::pause::process(accounts, false),
        Instruction::InitializeRegistry => instructions::initialize_registry::process(accounts),
        Instruction::RegisterGame(args) => instructions::register_game::process(accounts, &args),
        Instruction::UpdateGame(args) => instructions::update_game::process(accounts, &args),
        Instruction::DepositSol { amount } => instructions::deposit_sol::process(accounts, amount),
        Instruction::WithdrawSol { amount } => instructions::withdraw_sol::process(accounts, amount),
        Instruction::CreateMatch(args) => instructions::create_match::process(accounts, &args),
        Instruction::JoinMatch { match_id, user_id } => {
            instructions::join_match::process(accounts, match_id.as_bytes(), user_id.as_bytes())
        }
        Instruction::StartMatch { match_id } => {
            instructions::start_match::process(accounts, match_id.as_bytes())
        }
        Instruction::EndMatch(args) => instructions::end_match::process(accounts, &args),
        Instruction::AnchorMatchRecord(args) => instructions::anchor_match_record::process(accounts, &args),
        Instruction::CloseMatchAccount { match_id } => {
            instructions::close_match_account::process(accounts, match_id.as_bytes())
        }
        Instruction::DistributePrizes(args) => instructions::distribute_prizes::process(accounts, &args),
        Instruction::RefundEscrow(args) => instructions::refund_escrow::process(accounts, &args),
    }
}
