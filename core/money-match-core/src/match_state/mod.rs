//! MatchStateSnapshot: the chain's facts about one match, so that mirror and chain can both produce them and compare
//! one hash (formats: MatchStateSnapshot).

mod json;

use alloc::string::String;
use alloc::vec::Vec;

use crate::MAX_PLAYERS;
use crate::accounts::{decode_escrow, decode_match};
use crate::borsh::{Reader, Sink};
use crate::error::CoreError;
use crate::hash::tagged;
use crate::layout::match_account::match_type;

/// Version byte of the format; the tag carries the same one.
const VERSION: u8 = 1;

/// Lamports; Unix seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchStateSnapshot {
    pub match_pda: [u8; 32],
    pub match_id: String,
    pub created_at: i64,
    pub game_type: u8,
    pub phase: u8,
    pub match_type: u8,
    pub payment_method: u8,
    pub entry_fee: u64,
    pub authority: [u8; 32],
    /// One a seat taken, by slot.
    pub player_ids: Vec<String>,
    pub match_hash: Option<[u8; 32]>,
    pub ended_at: i64,
    /// A free match has none.
    pub escrow: Option<EscrowState>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EscrowState {
    pub total_entry: u64,
    /// As many as there are players.
    pub stakes: Vec<u64>,
    pub funded: bool,
    pub distributed: bool,
    pub cancelled: bool,
    pub cancellation_reason: u8,
    pub abandoned_index: Option<u8>,
}

impl MatchStateSnapshot {
    /// The snapshot of two accounts that were read in one slot.
    ///
    /// # Errors
    /// Those of the decoders; `escrow_mismatch` if a paid match's escrow names another match.
    pub fn from_accounts(
        match_pda: [u8; 32],
        match_data: &[u8],
        escrow_data: Option<&[u8]>,
    ) -> Result<Self, CoreError> {
        let account = decode_match(match_data)?;
        let escrow = match escrow_data.map(decode_escrow).transpose()? {
            Some(escrow) if escrow.match_pda == match_pda => Some(escrow),
            // A free match made with an escrow leaves an empty one behind, bound to nothing (H-25).
            Some(_) if account.match_type == match_type::FREE => None,
            Some(_) => return Err(CoreError::EscrowMismatch),
            None => None,
        };
        let players = account.player_ids.len();
        Ok(Self {
            match_pda,
            match_id: account.match_id,
            created_at: account.created_at,
            game_type: account.game_type,
            phase: account.phase,
            match_type: account.match_type,
            payment_method: account.payment_method,
            entry_fee: account.entry_fee,
            authority: account.authority,
            player_ids: account.player_ids,
            match_hash: account.match_hash,
            ended_at: account.ended_at,
            escrow: escrow.map(|escrow| EscrowState {
                total_entry: escrow.total_entry,
                stakes: escrow.player_stakes.iter().copied().take(players).collect(),
                funded: escrow.funded,
                distributed: escrow.distributed,
                cancelled: escrow.cancelled,
                cancellation_reason: escrow.cancellation_reason,
                abandoned_index: escrow.abandoned_index,
            }),
        })
    }

    /// Reads the JSON spelling, every field of it and no other.
    ///
    /// # Errors
    /// `invalid_snapshot`.
    pub fn from_json(text: &str) -> Result<Self, CoreError> {
        json::read(text).ok_or(CoreError::InvalidSnapshot)?.checked()
    }

    /// Reads exactly what [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// `invalid_snapshot`, also for bytes left over.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CoreError> {
        let mut r = Reader::new(bytes);
        match read(&mut r) {
            Ok(snapshot) if r.rest().is_empty() => snapshot.checked(),
            _ => Err(CoreError::InvalidSnapshot),
        }
    }

    /// The hashed bytes.
    ///
    /// # Errors
    /// `invalid_snapshot` unless there is one stake a player, and at most ten.
    pub fn to_bytes(&self) -> Result<Vec<u8>, CoreError> {
        self.check()?;
        let mut w = Vec::with_capacity(256);
        w.u8(VERSION)?;
        w.put(&self.match_pda)?;
        w.bytes(self.match_id.as_bytes())?;
        w.i64(self.created_at)?;
        w.put(&[self.game_type, self.phase, self.match_type, self.payment_method])?;
        w.u64(self.entry_fee)?;
        w.put(&self.authority)?;
        w.length(self.player_ids.len())?;
        for id in &self.player_ids {
            w.bytes(id.as_bytes())?;
        }
        w.option(self.match_hash, |w, hash| w.put(&hash))?;
        w.i64(self.ended_at)?;
        w.option(self.escrow.as_ref(), |w, escrow| escrow.write(w))?;
        Ok(w)
    }

    /// Equal hashes, equal facts.
    ///
    /// # Errors
    /// As [`Self::to_bytes`].
    pub fn hash(&self) -> Result<[u8; 32], CoreError> {
        Ok(tagged("money-match/match-state/v1", &[&self.to_bytes()?]))
    }

    fn checked(self) -> Result<Self, CoreError> {
        self.check().map(|()| self)
    }

    fn check(&self) -> Result<(), CoreError> {
        let players = self.player_ids.len();
        let staked = self.escrow.as_ref().is_none_or(|escrow| escrow.stakes.len() == players);
        if players <= MAX_PLAYERS && staked { Ok(()) } else { Err(CoreError::InvalidSnapshot) }
    }
}

impl EscrowState {
    fn write(&self, w: &mut Vec<u8>) -> Result<(), CoreError> {
        w.u64(self.total_entry)?;
        w.length(self.stakes.len())?;
        for stake in &self.stakes {
            w.u64(*stake)?;
        }
        w.put(&[
            u8::from(self.funded),
            u8::from(self.distributed),
            u8::from(self.cancelled),
            self.cancellation_reason,
        ])?;
        w.option(self.abandoned_index, Sink::u8)
    }
}

fn read(r: &mut Reader<'_>) -> Result<MatchStateSnapshot, CoreError> {
    if r.value::<u8>()? != VERSION {
        return Err(CoreError::InvalidSnapshot);
    }
    Ok(MatchStateSnapshot {
        match_pda: r.value()?,
        match_id: r.string()?.into(),
        created_at: r.value()?,
        game_type: r.value()?,
        phase: r.value()?,
        match_type: r.value()?,
        payment_method: r.value()?,
        entry_fee: r.value()?,
        authority: r.value()?,
        player_ids: read_ids(r)?,
        match_hash: r.option(Reader::value)?,
        ended_at: r.value()?,
        escrow: r.option(read_escrow)?,
    })
}

fn read_ids(r: &mut Reader<'_>) -> Result<Vec<String>, CoreError> {
    let count = r.value::<u32>()?;
    // Nothing is reserved on the sender's word: the first id that is missing ends the loop.
    (0..count).map(|_| r.string().map(String::from)).collect()
}

fn read_escrow(r: &mut Reader<'_>) -> Result<EscrowState, CoreError> {
    Ok(EscrowState {
        total_entry: r.value()?,
        stakes: r.amounts()?.iter().collect(),
        funded: r.boolean()?,
        distributed: r.boolean()?,
        cancelled: r.boolean()?,
        cancellation_reason: r.value()?,
        abandoned_index: r.option(Reader::value)?,
    })
}
