use alloc::string::String;

use super::boolean;
use crate::error::CoreError;
use crate::json::write::ObjectWriter;
use crate::layout::config as at;

/// The program's settings as far as they concern money. Lamports, basis points, Unix seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigAccount {
    pub authority: [u8; 32],
    pub treasury_multisig: [u8; 32],
    pub platform_fee_bps: u16,
    pub withdrawal_fee: u64,
    pub min_entry_fee: u64,
    pub max_entry_fee: u64,
    pub cancellation_fee_bps: u16,
    pub is_paused: bool,
    pub supported_payment_methods: u8,
    pub kyc_tier_wallet: u8,
    pub kyc_tier_platform: u8,
    pub created_at: i64,
    pub last_updated: i64,
}

/// # Errors
/// `bad_length`, `bad_discriminator`; `invalid_account` for a pause that is neither on nor off.
pub fn decode_config(data: &[u8]) -> Result<ConfigAccount, CoreError> {
    let account = at::view(data)?;
    Ok(ConfigAccount {
        authority: at::AUTHORITY.get(account),
        treasury_multisig: at::TREASURY_MULTISIG.get(account),
        platform_fee_bps: at::PLATFORM_FEE_BPS.get(account),
        withdrawal_fee: at::WITHDRAWAL_FEE.get(account),
        min_entry_fee: at::MIN_ENTRY_FEE.get(account),
        max_entry_fee: at::MAX_ENTRY_FEE.get(account),
        cancellation_fee_bps: at::CANCELLATION_FEE_BPS.get(account),
        is_paused: boolean(at::IS_PAUSED.get(account))?,
        supported_payment_methods: at::SUPPORTED_PAYMENT_METHODS.get(account),
        kyc_tier_wallet: at::KYC_TIER_WALLET.get(account),
        kyc_tier_platform: at::KYC_TIER_PLATFORM.get(account),
        created_at: at::CREATED_AT.get(account),
        last_updated: at::LAST_UPDATED.get(account),
    })
}

impl ConfigAccount {
    #[must_use]
    pub fn to_json(&self) -> String {
        ObjectWriter::default()
            .key("authority", &self.authority)
            .key("treasuryMultisig", &self.treasury_multisig)
            .number("platformFeeBps", self.platform_fee_bps)
            .decimal("withdrawalFee", self.withdrawal_fee)
            .decimal("minEntryFee", self.min_entry_fee)
            .decimal("maxEntryFee", self.max_entry_fee)
            .number("cancellationFeeBps", self.cancellation_fee_bps)
            .boolean("isPaused", self.is_paused)
            .number("supportedPaymentMethods", self.supported_payment_methods)
            .number("kycTierWallet", self.kyc_tier_wallet)
            .number("kycTierPlatform", self.kyc_tier_platform)
            .signed_decimal("createdAt", self.created_at)
            .signed_decimal("lastUpdated", self.last_updated)
            .end()
    }
}
