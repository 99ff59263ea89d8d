use alloc::string::String;

use crate::error::CoreError;
use crate::json::write::ObjectWriter;
use crate::layout::user_deposit as at;

/// A user's deposit as the chain holds it, in lamports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserDepositAccount {
    pub authority: [u8; 32],
    pub bump: u8,
    pub total_deposited: u64,
    pub available: u64,
    /// Unreliable: never released for losers (H-04).
    pub in_play: u64,
    pub withdrawn: u64,
    /// Unix seconds.
    pub locked_until: i64,
    pub frozen: bool,
    pub enhanced_review: bool,
}

/// # Errors
/// `bad_length`, `bad_discriminator`.
pub fn decode_user_deposit(data: &[u8]) -> Result<UserDepositAccount, CoreError> {
    let account = at::view(data)?;
    let flags = at::FLAGS.get(account);
    Ok(UserDepositAccount {
        authority: at::AUTHORITY.get(account),
        bump: at::BUMP.get(account),
        total_deposited: at::TOTAL_DEPOSITED.get(account),
        available: at::AVAILABLE.get(account),
        in_play: at::IN_PLAY.get(account),
        withdrawn: at::WITHDRAWN.get(account),
        locked_until: at::LOCKED_UNTIL.get(account),
        frozen: flags & at::flag::FROZEN != 0,
        enhanced_review: flags & at::flag::ENHANCED_REVIEW != 0,
    })
}

impl UserDepositAccount {
    #[must_use]
    pub fn to_json(&self) -> String {
        ObjectWriter::default()
            .key("authority", &self.authority)
            .number("bump", self.bump)
            .decimal("totalDeposited", self.total_deposited)
            .decimal("available", self.available)
            .decimal("inPlay", self.in_play)
            .decimal("withdrawn", self.withdrawn)
            .signed_decimal("lockedUntil", self.locked_until)
            .boolean("frozen", self.frozen)
            .boolean("enhancedReview", self.enhanced_review)
            .end()
    }
}
