//! The money instructions as types of the `borsh` crate (see `model`).

use borsh::{BorshSerialize, to_vec};
use money_match_core::hash::sha256;
use money_match_core::text::{hex_encode, key_encode};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::model::{amount, text};

/// Instruction data and its JSON.
pub type Instruction = (Vec<u8>, Value);

/// The discriminator by its definition, not from a table (interface, section 1).
fn data(name: &str, args: &impl BorshSerialize) -> Vec<u8> {
    let mut data = sha256(format!("global:{name}").as_bytes())[..8].to_vec();
    data.extend(to_vec(args).expect("borsh"));
    data
}

pub fn instruction() -> impl Strategy<Value = Instruction> {
    let governance = prop_oneof![update_config(), switches(), update_game()];
    let record = prop_oneof![anchor_match_record(), end_match()];
    prop_oneof![setup(), governance, deposit(), create_match(), seats(), record, distribute(), refund()]
}

fn setup() -> BoxedStrategy<Instruction> {
    let config = any::<[u8; 32]>().prop_map(|key| {
        let json = json!({ "kind": "initialize_config", "treasuryMultisig": key_encode(&key) });
        (data("initialize_config", &key), json)
    });
    let registry = Just((data("initialize_registry", &()), json!({ "kind": "initialize_registry" })));
    let game = (any::<[u8; 4]>(), text(), text()).prop_map(|([id, min, max, version], name, url)| {
        let json = json!({
            "kind": "register_game", "gameId": id, "name": name, "minPlayers": min, "maxPlayers": max,
            "ruleEngineUrl": url, "version": version,
        });
        (data("register_game", &(id, name, min, max, url, version)), json)
    });
    prop_oneof![config, registry, game].boxed()
}

fn update_config() -> BoxedStrategy<Instruction> {
    let fees = (option::of(any::<u16>()), vec(option::of(amount()), 3..=3));
    (fees, option::of(any::<[u8; 32]>()), option::of(any::<u8>()))
        .prop_map(|((bps, fees), treasury, methods)| {
            let text = |index: usize| fees[index].map(|fee: u64| fee.to_string());
            let json = json!({
                "kind": "update_config", "platformFeeBps": bps, "withdrawalFeeLamports": text(0),
                "minEntryFee": text(1), "maxEntryFee": text(2),
                "treasuryMultisig": treasury.map(|key| key_encode(&key)), "supportedPaymentMethods": methods,
            });
            (data("update_config", &(bps, fees[0], fees[1], fees[2], treasury, methods)), json)
        })
        .boxed()
}

/// Those without arguments.
fn switches() -> BoxedStrategy<Instruction> {
    prop_oneof![Just("pause_program"), Just("unpause_program")]
        .prop_map(|kind| (data(kind, &()), json!({ "kind": kind })))
        .boxed()
}

fn update_game() -> BoxedStrategy<Instruction> {
    let numbers = vec(option::of(any::<u8>()), 3..=3);
    (any::<u8>(), option::of(text()), option::of(text()), numbers, option::of(any::<bool>()))
        .prop_map(|(id, name, url, numbers, enabled)| {
            let (min, max, version) = (numbers[0], numbers[1], numbers[2]);
            let json = json!({
                "kind": "update_game", "gameId": id, "name": name, "minPlayers": min, "maxPlayers": max,
                "ruleEngineUrl": url, "version": version, "enabled": enabled,
            });
            (data("update_game", &(id, name, min, max, url, version, enabled)), json)
        })
        .boxed()
}

fn anchor_match_record() -> BoxedStrategy<Instruction> {
    (text(), any::<[u8; 32]>(), option::of(text()))
        .prop_map(|(id, hash, url)| {
            let json = json!({
                "kind": "anchor_match_record", "matchId": id, "matchHash": hex_encode(&hash), "hotUrl": url,
            });
            (data("anchor_match_record", &(id, hash, url)), json)
        })
        .boxed()
}

fn deposit() -> BoxedStrategy<Instruction> {
    (prop_oneof![Just("deposit_sol"), Just("withdraw_sol")], amount())
        .prop_map(|(kind, amount)| {
            (data(kind, &amount), json!({ "kind": kind, "amount": amount.to_string() }))
        })
        .boxed()
}

fn create_match() -> BoxedStrategy<Instruction> {
    let options = (
        option::of(amount()),
        option::of(any::<u8>()),
        option::of(any::<u8>()),
        option::of(any::<[u8; 16]>()),
    );
    (text(), any::<u8>(), amount(), options)
        .prop_map(|(id, game, seed, (fee, method, kind, tournament))| {
            let json = json!({
                "kind": "create_match", "matchId": id, "gameType": game, "seed": seed.to_string(),
                "entryFee": fee.map(|fee| fee.to_string()), "paymentMethod": method, "matchType": kind,
                "tournamentId": tournament.map(|id| hex_encode(&id)),
            });
            (data("create_match", &(id, game, seed, fee, method, kind, tournament)), json)
        })
        .boxed()
}

fn seats() -> BoxedStrategy<Instruction> {
    let join = (text(), text()).prop_map(|(id, user)| {
        let json = json!({ "kind": "join_match", "matchId": id, "userId": user });
        (data("join_match", &(id, user)), json)
    });
    let named = (prop_oneof![Just("start_match"), Just("close_match_account")], text());
    let start = named.prop_map(|(kind, id)| (data(kind, &id), json!({ "kind": kind, "matchId": id })));
    prop_oneof![join, start].boxed()
}

fn end_match() -> BoxedStrategy<Instruction> {
    (text(), option::of(any::<[u8; 32]>()), option::of(text()))
        .prop_map(|(id, hash, url)| {
            let hex = hash.map(|hash| hex_encode(&hash));
            let json = json!({ "kind": "end_match", "matchId": id, "matchHash": hex, "hotUrl": url });
            (data("end_match", &(id, hash, url)), json)
        })
        .boxed()
}

fn distribute() -> BoxedStrategy<Instruction> {
    (text(), vec(any::<u8>(), 0..12), vec(amount(), 0..12))
        .prop_map(|(id, winners, amounts)| {
            let texts: Vec<String> = amounts.iter().map(u64::to_string).collect();
            let json = json!({
                "kind": "distribute_prizes", "matchId": id, "winnerIndices": winners, "prizeAmounts": texts,
            });
            (data("distribute_prizes", &(id, winners, amounts)), json)
        })
        .boxed()
}

fn refund() -> BoxedStrategy<Instruction> {
    (text(), vec(any::<u8>(), 0..12), any::<u8>(), option::of(any::<u8>()))
        .prop_map(|(id, players, reason, abandoned)| {
            let json = json!({
                "kind": "refund_escrow", "matchId": id, "playerIndices": players, "reason": reason,
                "abandonedPlayerIndex": abandoned,
            });
            (data("refund_escrow", &(id, players, reason, abandoned)), json)
        })
        .boxed()
}
