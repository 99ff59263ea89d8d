//! initialize_config (interface, section 4.1): whoever calls first fixes authority and treasury (H-27).

use super::log;
use crate::accounts::{Accounts, Config, writable};
use crate::create::init;
use crate::lamports::now;
use crate::pda::Seeds;
use money_match_core::layout::config as c;
use money_match_core::layout::match_account::payment_method;
use pinocchio::ProgramResult;

const SECONDS_PER_WEEK: u64 = 604_800;

/// 0.01 as the bits of an f64: the code generator has no floats.
const AC_PRICE_USD: u64 = 0.01_f64.to_bits();

pub fn process(mut accounts: Accounts, treasury_multisig: [u8; 32]) -> ProgramResult {
    log("Instruction: InitializeConfig");

    let config = accounts.raw()?;
    let authority = accounts.signer()?;
    accounts.system_program()?;

    let mut config = init(config, &Seeds::config(), &authority, c::DISCRIMINATOR)?.account;
    writable(&authority)?;

    config.set(&c::AUTHORITY, *authority.address().as_array());
    config.set(&c::TREASURY_MULTISIG, treasury_multisig);
    set_economy(&mut config);
    set_money(&mut config);
    set_times(&mut config, now()?);
    Ok(())
}

/// Points and prices of the game economy: no money of a match depends on them (interface, section 2.4).
fn set_economy(config: &mut Config) {
    config.set(&c::AC_PRICE_USD, AC_PRICE_USD.to_le_bytes());
    config.set(&c::AC_PRICE_LAMPORTS, 1000);
    config.set(&c::GP_DAILY_AMOUNT, 1000);
    config.set(&c::GP_COST_PER_GAME, 10);
    config.set(&c::GP_PER_AD, 5);
    config.set(&c::MAX_DAILY_ADS, 10);
    config.set(&c::MAX_GP_BALANCE, 100_000);
    config.set(&c::AD_COOLDOWN_SECONDS, 300);
    config.set(&c::PRO_GP_MULTIPLIER, 2);
    config.set(&c::DISPUTE_DEPOSIT_GP, 100);
    for index in 0..10 {
        config.set_element(&c::AI_MODEL_COSTS, index, (index as u32 + 1) * 100);
    }
}

/// Fees and limits (interface, section 2.4).
fn set_money(config: &mut Config) {
    config.set(&c::PLATFORM_FEE_BPS, 500);
    config.set(&c::WITHDRAWAL_FEE, 5000);
    config.set(&c::MIN_ENTRY_FEE, 10_000);
    config.set(&c::MAX_ENTRY_FEE, 100_000_000_000);
    config.set(&c::CANCELLATION_FEE_BPS, 250);
    let methods = 1 << payment_method::WALLET | 1 << payment_method::PLATFORM;
    config.set(&c::SUPPORTED_PAYMENT_METHODS, methods);
}

fn set_times(config: &mut Config, now: i64) {
    // Unsigned: the code generator has no signed division, and the clock is past 1970.
    config.set(&c::CURRENT_SEASON_ID, now as u64 / SECONDS_PER_WEEK);
    config.set(&c::SEASON_DURATION_SECONDS, SECONDS_PER_WEEK as i64);
    config.set(&c::CREATED_AT, now);
    config.set(&c::LAST_UPDATED, now);
}
