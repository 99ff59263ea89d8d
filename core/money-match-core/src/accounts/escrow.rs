use alloc::string::String;

use crate::MAX_PLAYERS;
use crate::error::CoreError;
use crate::json::write::{ObjectWriter, push_decimal};
use crate::layout::escrow as at;

/// The money of one match as the chain holds it, in lamports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EscrowAccount {
    pub match_pda: [u8; 32],
    pub bump: u8,
    pub total_entry: u64,
    pub platform_fee: u64,
    pub treasury_due: u64,
    /// By slot.
    pub player_stakes: [u64; MAX_PLAYERS],
    pub funded: bool,
    pub distributed: bool,
    pub cancelled: bool,
    /// As the bits stand, though they mean something only together with `cancelled`.
    pub cancellation_reason: u8,
    pub abandoned_index: Option<u8>,
}

/// # Errors
/// `bad_length`, `bad_discriminator`.
pub fn decode_escrow(data: &[u8]) -> Result<EscrowAccount, CoreError> {
    let account = at::view(data)?;
    let status = at::STATUS_FLAGS.get(account);
    let mut player_stakes = [0; MAX_PLAYERS];
    for (slot, stake) in player_stakes.iter_mut().enumerate() {
        *stake = at::PLAYER_STAKES.get(account, slot).unwrap_or(0);
    }
    Ok(EscrowAccount {
        match_pda: at::MATCH_PDA.get(account),
        bump: at::BUMP.get(account),
        total_entry: at::TOTAL_ENTRY.get(account),
        platform_fee: at::PLATFORM_FEE.get(account),
        treasury_due: at::TREASURY_DUE.get(account),
        player_stakes,
        funded: status & at::status::FUNDED != 0,
        distributed: status & at::status::DISTRIBUTED != 0,
        cancelled: status & at::status::CANCELLED != 0,
        cancellation_reason: at::status::reason(status),
        abandoned_index: Some(at::ABANDONED_INDEX.get(account)).filter(|slot| *slot != at::NOT_ABANDONED),
    })
}

impl EscrowAccount {
    #[must_use]
    pub fn to_json(&self) -> String {
        ObjectWriter::default()
            .key("matchPda", &self.match_pda)
            .number("bump", self.bump)
            .decimal("totalEntry", self.total_entry)
            .decimal("platformFee", self.platform_fee)
            .decimal("treasuryDue", self.treasury_due)
            .list("playerStakes", self.player_stakes, push_decimal)
            .boolean("funded", self.funded)
            .boolean("distributed", self.distributed)
            .boolean("cancelled", self.cancelled)
            .number("cancellationReason", self.cancellation_reason)
            .optional("abandonedIndex", self.abandoned_index, ObjectWriter::number)
            .end()
    }
}
