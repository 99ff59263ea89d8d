//! update_config (interface, section 4.2). Works while paused; the cancellation fee has no setter at all.

use super::{log, require_treasury};
use crate::accounts::{Accounts, Config};
use crate::error::{Refusal, require};
use crate::lamports::now;
use crate::pda::Seeds;
use money_match_core::fees::BPS_DENOMINATOR;
use money_match_core::instruction::UpdateConfig;
use money_match_core::layout::config as c;
use money_match_core::layout::match_account::payment_method;
use pinocchio::ProgramResult;

/// A bit for every method that exists.
const ALL_METHODS: u8 = 1 << payment_method::WALLET | 1 << payment_method::PLATFORM;

pub fn process(mut accounts: Accounts, args: &UpdateConfig) -> ProgramResult {
    log("Instruction: UpdateConfig");

    let mut config = accounts.config()?;
    let authority = accounts.signer()?;
    accounts.system_program()?;

    config.at(&Seeds::config())?;
    config.writable()?;

    require_treasury(&config, &authority)?;
    if let Some(bps) = args.platform_fee_bps {
        require(u64::from(bps) <= BPS_DENOMINATOR, Refusal::InvalidFeeParameter)?;
        config.set(&c::PLATFORM_FEE_BPS, bps);
    }
    if let Some(fee) = args.withdrawal_fee_lamports {
        config.set(&c::WITHDRAWAL_FEE, fee);
    }
    update_limits(&mut config, args)?;
    if let Some(treasury) = args.treasury_multisig {
        config.set(&c::TREASURY_MULTISIG, treasury);
    }
    if let Some(methods) = args.supported_payment_methods {
        require(methods <= ALL_METHODS, Refusal::InvalidFeeParameter)?;
        config.set(&c::SUPPORTED_PAYMENT_METHODS, methods);
    }
    config.set(&c::LAST_UPDATED, now()?);
    Ok(())
}

/// Each limit is held against the other as it stands then: raising both above the old maximum takes two calls.
fn update_limits(config: &mut Config, args: &UpdateConfig) -> ProgramResult {
    if let Some(min) = args.min_entry_fee {
        let fits = min > 0 && min <= config.get(&c::MAX_ENTRY_FEE);
        require(fits, Refusal::InvalidFeeParameter)?;
        config.set(&c::MIN_ENTRY_FEE, min);
    }
    if let Some(max) = args.max_entry_fee {
        require(max >= config.get(&c::MIN_ENTRY_FEE), Refusal::InvalidFeeParameter)?;
        config.set(&c::MAX_ENTRY_FEE, max);
    }
    Ok(())
}
