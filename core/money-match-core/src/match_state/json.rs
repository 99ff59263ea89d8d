//! The JSON spelling of a snapshot.

use alloc::string::String;

use super::{EscrowState, MatchStateSnapshot};
use crate::MAX_PLAYERS;
use crate::json::read::{Value, parse};
use crate::json::write::{ObjectWriter, push_decimal, push_string};
use crate::text::hex_encode;

pub(super) fn read(text: &str) -> Option<MatchStateSnapshot> {
    let mut object = parse(text)?.object()?;
    let snapshot = MatchStateSnapshot {
        match_pda: object.take("matchPda").key()?,
        match_id: object.take("matchId").string()?,
        created_at: object.take("createdAt").signed_decimal()?,
        game_type: object.take("gameType").u8()?,
        phase: object.take("phase").u8()?,
        match_type: object.take("matchType").u8()?,
        payment_method: object.take("paymentMethod").u8()?,
        entry_fee: object.take("entryFee").decimal()?,
        authority: object.take("authority").key()?,
        player_ids: object.take("playerIds").list(MAX_PLAYERS, Value::string)?,
        match_hash: object.take("matchHash").optional(Value::hex)?,
        ended_at: object.take("endedAt").signed_decimal()?,
        escrow: object.take("escrow").optional(read_escrow)?,
    };
    object.end()?;
    Some(snapshot)
}

fn read_escrow(value: Value) -> Option<EscrowState> {
    let mut object = value.object()?;
    let escrow = EscrowState {
        total_entry: object.take("totalEntry").decimal()?,
        stakes: object.take("stakes").list(MAX_PLAYERS, Value::decimal)?,
        funded: object.take("funded").boolean()?,
        distributed: object.take("distributed").boolean()?,
        cancelled: object.take("cancelled").boolean()?,
        cancellation_reason: object.take("cancellationReason").u8()?,
        abandoned_index: object.take("abandonedIndex").optional(Value::u8)?,
    };
    object.end()?;
    Some(escrow)
}

impl MatchStateSnapshot {
    #[must_use]
    pub fn to_json(&self) -> String {
        ObjectWriter::default()
            .key("matchPda", &self.match_pda)
            .text("matchId", &self.match_id)
            .signed_decimal("createdAt", self.created_at)
            .number("gameType", self.game_type)
            .number("phase", self.phase)
            .number("matchType", self.match_type)
            .number("paymentMethod", self.payment_method)
            .decimal("entryFee", self.entry_fee)
            .key("authority", &self.authority)
            .list("playerIds", &self.player_ids, |out, id| push_string(out, id))
            .optional("matchHash", self.match_hash, |o, name, hash| o.text(name, &hex_encode(&hash)))
            .signed_decimal("endedAt", self.ended_at)
            .optional("escrow", self.escrow.as_ref(), |o, name, escrow| o.raw(name, &escrow.to_json()))
            .end()
    }
}

impl EscrowState {
    fn to_json(&self) -> String {
        ObjectWriter::default()
            .decimal("totalEntry", self.total_entry)
            .list("stakes", self.stakes.iter().copied(), push_decimal)
            .boolean("funded", self.funded)
            .boolean("distributed", self.distributed)
            .boolean("cancelled", self.cancelled)
            .number("cancellationReason", self.cancellation_reason)
            .optional("abandonedIndex", self.abandoned_index, ObjectWriter::number)
            .end()
    }
}
