//! MatchStateSnapshot as types of the `borsh` crate (see `model`).

use borsh::BorshSerialize;
use money_match_core::text::{hex_encode, key_encode};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::model::{Key, amount, key, text};

#[derive(BorshSerialize, Clone, Debug)]
pub struct Snapshot {
    pub v: u8,
    pub match_pda: Key,
    pub match_id: String,
    pub created_at: i64,
    pub game_type: u8,
    pub phase: u8,
    pub match_type: u8,
    pub payment_method: u8,
    pub entry_fee: u64,
    pub authority: Key,
    pub player_ids: Vec<String>,
    pub match_hash: Option<Key>,
    pub ended_at: i64,
    pub escrow: Option<Escrow>,
}

#[derive(BorshSerialize, Clone, Debug)]
pub struct Escrow {
    pub total_entry: u64,
    pub stakes: Vec<u64>,
    pub funded: bool,
    pub distributed: bool,
    pub cancelled: bool,
    pub cancellation_reason: u8,
    pub abandoned_index: Option<u8>,
}

impl Snapshot {
    pub fn json(&self) -> Value {
        json!({
            "matchPda": key_encode(&self.match_pda), "matchId": self.match_id,
            "createdAt": self.created_at.to_string(), "gameType": self.game_type, "phase": self.phase,
            "matchType": self.match_type, "paymentMethod": self.payment_method,
            "entryFee": self.entry_fee.to_string(), "authority": key_encode(&self.authority),
            "playerIds": self.player_ids, "matchHash": self.match_hash.map(|hash| hex_encode(&hash)),
            "endedAt": self.ended_at.to_string(), "escrow": self.escrow.as_ref().map(Escrow::json),
        })
    }
}

impl Escrow {
    fn json(&self) -> Value {
        json!({
            "totalEntry": self.total_entry.to_string(),
            "stakes": self.stakes.iter().map(u64::to_string).collect::<Vec<_>>(),
            "funded": self.funded, "distributed": self.distributed, "cancelled": self.cancelled,
            "cancellationReason": self.cancellation_reason, "abandonedIndex": self.abandoned_index,
        })
    }
}

pub fn snapshot() -> impl Strategy<Value = Snapshot> {
    let ids = (key(), text(), key());
    let facts = (any::<i64>(), any::<[u8; 4]>(), amount(), option::of(key()), any::<i64>());
    let players = vec((text(), amount()), 0..=10);
    let escrow = option::of((amount(), any::<[bool; 3]>(), any::<u8>(), option::of(any::<u8>())));
    (ids, facts, players, escrow).prop_map(|(ids, facts, players, escrow)| {
        let (match_pda, match_id, authority) = ids;
        let (created_at, [game_type, phase, match_type, payment_method], entry_fee, match_hash, ended_at) =
            facts;
        let (player_ids, stakes): (Vec<String>, Vec<u64>) = players.into_iter().unzip();
        let escrow = escrow.map(|(total_entry, flags, cancellation_reason, abandoned_index)| {
            let [funded, distributed, cancelled] = flags;
            Escrow {
                total_entry,
                stakes,
                funded,
                distributed,
                cancelled,
                cancellation_reason,
                abandoned_index,
            }
        });
        Snapshot {
            v: 1,
            match_pda,
            match_id,
            created_at,
            game_type,
            phase,
            match_type,
            payment_method,
            entry_fee,
            authority,
            player_ids,
            match_hash,
            ended_at,
            escrow,
        }
    })
}
