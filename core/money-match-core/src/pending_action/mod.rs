//! PendingAction: what is queued while the chain cannot take it, and its identity (design: section 6; formats).

mod json;

use alloc::string::String;
use alloc::vec::Vec;

use crate::borsh::Sink;
use crate::error::CoreError;
use crate::hash::tagged;

/// What an action does. The numbers are hashed: they never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ActionKind {
    Create = 0,
    Join = 1,
    Start = 2,
    End = 3,
    Distribute = 4,
    Refund = 5,
    Deposit = 6,
    Withdraw = 7,
    Anchor = 8,
}

impl ActionKind {
    /// The kind of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "create" => Self::Create,
            "join" => Self::Join,
            "start" => Self::Start,
            "end" => Self::End,
            "distribute" => Self::Distribute,
            "refund" => Self::Refund,
            "deposit" => Self::Deposit,
            "withdraw" => Self::Withdraw,
            "anchor" => Self::Anchor,
            _ => return None,
        })
    }
}

/// The hashed part of a pending action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingAction {
    /// Genesis hash: the same action on another cluster is another action.
    pub cluster: [u8; 32],
    pub program_id: [u8; 32],
    pub match_id: Option<String>,
    pub user: Option<User>,
    pub args: Args,
    pub seeds: Vec<Pda>,
    pub client_key: [u8; 16],
    /// Unix ms.
    pub not_after: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub id: String,
    pub wallet: [u8; 32],
}

/// A derived address with what it was derived from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pda {
    pub name: String,
    pub seeds: Vec<Vec<u8>>,
    pub address: [u8; 32],
    pub bump: u8,
}

/// One rank of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    pub user_id: String,
    pub share_bps: u16,
}

/// What was decided, by kind, in the mirror's terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Args {
    Create {
        game_type: u8,
        seed: u64,
        entry_fee: u64,
        payment_method: u8,
        match_type: u8,
        tournament_id: Option<[u8; 16]>,
    },
    /// What the player agreed to; compared with the chain before signing.
    Join {
        entry_fee: u64,
        payment_method: u8,
    },
    Start,
    End {
        result: Vec<Share>,
        match_hash: Option<[u8; 32]>,
        hot_url: Option<String>,
    },
    Distribute {
        result: Vec<Share>,
    },
    Refund {
        reason: u8,
        abandoned_user_id: Option<String>,
    },
    Deposit {
        lamports: u64,
    },
    Withdraw {
        lamports: u64,
    },
    /// Unix ms.
    Anchor {
        root: [u8; 32],
        from: u64,
        to: u64,
    },
}

impl Args {
    /// The kind that has these arguments.
    #[must_use]
    pub const fn kind(&self) -> ActionKind {
        match self {
            Self::Create { .. } => ActionKind::Create,
            Self::Join { .. } => ActionKind::Join,
            Self::Start => ActionKind::Start,
            Self::End { .. } => ActionKind::End,
            Self::Distribute { .. } => ActionKind::Distribute,
            Self::Refund { .. } => ActionKind::Refund,
            Self::Deposit { .. } => ActionKind::Deposit,
            Self::Withdraw { .. } => ActionKind::Withdraw,
            Self::Anchor { .. } => ActionKind::Anchor,
        }
    }

    fn write(&self, w: &mut Vec<u8>) -> Result<(), CoreError> {
        match self {
            Self::Create { game_type, seed, entry_fee, payment_method, match_type, tournament_id } => {
                w.u8(*game_type)?;
                w.u64(*seed)?;
                w.u64(*entry_fee)?;
                w.u8(*payment_method)?;
                w.u8(*match_type)?;
                w.option(*tournament_id, |w, id| w.put(&id))
            }
            Self::Join { entry_fee, payment_method } => {
                w.u64(*entry_fee)?;
                w.u8(*payment_method)
            }
            Self::Start => Ok(()),
            Self::End { result, match_hash, hot_url } => {
                write_result(w, result)?;
                w.option(*match_hash, |w, hash| w.put(&hash))?;
                w.option(hot_url.as_ref(), |w, url| w.bytes(url.as_bytes()))
            }
            Self::Distribute { result } => write_result(w, result),
            Self::Refund { reason, abandoned_user_id } => {
                w.u8(*reason)?;
                w.option(abandoned_user_id.as_ref(), |w, id| w.bytes(id.as_bytes()))
            }
            Self::Deposit { lamports } | Self::Withdraw { lamports } => w.u64(*lamports),
            Self::Anchor { root, from, to } => {
                w.put(root)?;
                w.u64(*from)?;
                w.u64(*to)
            }
        }
    }
}

fn write_result(w: &mut Vec<u8>, result: &[Share]) -> Result<(), CoreError> {
    w.length(result.len())?;
    for share in result {
        w.bytes(share.user_id.as_bytes())?;
        w.u16(share.share_bps)?;
    }
    Ok(())
}

/// Version byte of the format; the tag carries the same one.
const VERSION: u8 = 1;

impl PendingAction {
    /// Reads the JSON spelling. The fields after the hash (`hash`, `signer`, `signature`) may be there; no other may.
    ///
    /// # Errors
    /// `invalid_action`.
    pub fn from_json(text: &str) -> Result<Self, CoreError> {
        json::read(text).ok_or(CoreError::InvalidAction)
    }

    /// The hashed bytes.
    ///
    /// # Errors
    /// `buffer_too_small` if a text or a list is longer than Borsh can say.
    pub fn to_bytes(&self) -> Result<Vec<u8>, CoreError> {
        let mut w = Vec::with_capacity(512);
        w.u8(VERSION)?;
        w.u8(self.args.kind() as u8)?;
        w.put(&self.cluster)?;
        w.put(&self.program_id)?;
        w.option(self.match_id.as_ref(), |w, id| w.bytes(id.as_bytes()))?;
        w.option(self.user.as_ref(), |w, user| {
            w.bytes(user.id.as_bytes())?;
            w.put(&user.wallet)
        })?;
        self.args.write(&mut w)?;
        w.length(self.seeds.len())?;
        for pda in &self.seeds {
            pda.write(&mut w)?;
        }
        w.put(&self.client_key)?;
        w.u64(self.not_after)?;
        Ok(w)
    }

    /// The action's identity.
    ///
    /// # Errors
    /// As [`Self::to_bytes`].
    pub fn hash(&self) -> Result<[u8; 32], CoreError> {
        Ok(tagged("money-match/pending-action/v1", &[&self.to_bytes()?]))
    }
}

impl Pda {
    fn write(&self, w: &mut Vec<u8>) -> Result<(), CoreError> {
        w.bytes(self.name.as_bytes())?;
        w.length(self.seeds.len())?;
        for seed in &self.seeds {
            w.bytes(seed)?;
        }
        w.put(&self.address)?;
        w.u8(self.bump)
    }
}
