//! Decoding, held against the offsets of the interface (section 2) as numbers, not against our own layout.

use money_match_core::hash::sha256;
use money_match_core::text::hex_encode;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::native;

/// An account of zeros with the discriminator by its definition.
pub fn account(name: &str, size: usize) -> Vec<u8> {
    let mut data = sha256(format!("account:{name}").as_bytes())[..8].to_vec();
    data.resize(size, 0);
    data
}

fn put(data: &mut [u8], offset: usize, bytes: &[u8]) {
    data[offset..offset + bytes.len()].copy_from_slice(bytes);
}

fn decode(function: &str, data: &[u8]) -> Result<Value, &'static str> {
    native::call(function, &[json!(hex_encode(data))])
}

/// The base58 of 32 equal bytes.
fn key(byte: u8) -> String {
    money_match_core::text::key_encode(&[byte; 32])
}

/// A played match with two players, each field with a value of its own.
pub fn a_match() -> Vec<u8> {
    let mut data = account("Match", 1512);
    put(&mut data, 8, b"11111111-2222-4333-8444-555555555555");
    put(&mut data, 48, b"1.0.0");
    put(&mut data, 58, b"CLAIM");
    put(&mut data, 78, &[7]);
    put(&mut data, 80, &1_286_608_618_u32.to_le_bytes());
    put(&mut data, 84, &[1, 2, 2]);
    put(&mut data, 88, b"alice");
    put(&mut data, 152, b"bob");
    put(&mut data, 216, b"left over");
    put(&mut data, 728, &3_u16.to_le_bytes());
    put(&mut data, 736, &1_700_000_000_i64.to_le_bytes());
    put(&mut data, 744, &(-5_i64).to_le_bytes());
    put(&mut data, 752, &[0xab; 32]);
    put(&mut data, 784, b"https://example.org/m");
    put(&mut data, 984, &[2; 32]);
    put(&mut data, 1021, &[3]);
    put(&mut data, 1472, &100_000_000_u64.to_le_bytes());
    put(&mut data, 1480, &u64::MAX.to_le_bytes());
    put(&mut data, 1488, &[1, 1]);
    put(&mut data, 1496, &[0xcd; 16]);
    data
}

/// Its escrow, funded.
pub fn an_escrow() -> Vec<u8> {
    let mut data = account("EscrowAccount", 192);
    put(&mut data, 8, &[3; 32]);
    put(&mut data, 40, &[254]);
    put(&mut data, 48, &200_000_000_u64.to_le_bytes());
    put(&mut data, 56, &1_u64.to_le_bytes());
    put(&mut data, 64, &2_u64.to_le_bytes());
    for slot in 0..10_u64 {
        let stake = if slot < 2 { 100_000_000 } else { slot };
        put(&mut data, 72 + 8 * slot as usize, &stake.to_le_bytes());
    }
    put(&mut data, 152, &[0b0010_1101, 1]);
    data
}

#[test]
fn a_match_is_decoded_field_by_field() {
    let expected = json!({
        "matchId": "11111111-2222-4333-8444-555555555555", "version": "1.0.0", "gameName": "CLAIM",
        "gameType": 7, "seed": 1_286_608_618, "phase": 1, "currentPlayer": 2, "playerCount": 2,
        "playerIds": ["alice", "bob"], "moveCount": 3, "createdAt": "1700000000", "endedAt": "-5",
        "matchHash": "ab".repeat(32), "hotUrl": "https://example.org/m", "authority": key(2), "flags": 3,
        "entryFee": "100000000", "prizePool": "18446744073709551615", "matchType": 1, "paymentMethod": 1,
        "tournamentId": "cd".repeat(16),
    });
    assert_eq!(decode("decodeMatch", &a_match()), Ok(expected));
    let empty = decode("decodeMatch", &account("Match", 1512)).expect("a match of zeros");
    for unset in ["matchHash", "hotUrl", "tournamentId"] {
        assert_eq!(empty[unset], Value::Null);
    }
}

#[test]
fn an_escrow_is_decoded_field_by_field() {
    let stakes = ["100000000", "100000000", "2", "3", "4", "5", "6", "7", "8", "9"];
    let expected = json!({
        "matchPda": key(3), "bump": 254, "totalEntry": "200000000", "platformFee": "1", "treasuryDue": "2",
        "playerStakes": stakes, "funded": true, "distributed": false, "cancelled": true, "cancellationReason": 5,
        "abandonedIndex": 1,
    });
    assert_eq!(decode("decodeEscrow", &an_escrow()), Ok(expected));
    let mut escrow = an_escrow();
    escrow[152..154].copy_from_slice(&[0b0000_0010, 255]);
    let settled = decode("decodeEscrow", &escrow).expect("an escrow");
    assert_eq!(settled["distributed"], true);
    assert_eq!(settled["abandonedIndex"], Value::Null);
}

#[test]
fn a_deposit_is_decoded_field_by_field() {
    let mut data = account("UserDepositAccount", 128);
    put(&mut data, 8, &[4; 32]);
    put(&mut data, 40, &[253]);
    for (index, amount) in [900_000_000_u64, 800_000_000, 100_000_000, 5].iter().enumerate() {
        put(&mut data, 48 + 8 * index, &amount.to_le_bytes());
    }
    put(&mut data, 80, &1_800_000_000_i64.to_le_bytes());
    put(&mut data, 88, &[0b10]);
    let expected = json!({
        "authority": key(4), "bump": 253, "totalDeposited": "900000000", "available": "800000000",
        "inPlay": "100000000", "withdrawn": "5", "lockedUntil": "1800000000", "frozen": false,
        "enhancedReview": true,
    });
    assert_eq!(decode("decodeUserDeposit", &data), Ok(expected));
}

#[test]
fn a_config_is_decoded_field_by_field() {
    let mut data = account("ConfigAccount", 235);
    put(&mut data, 8, &[5; 32]);
    put(&mut data, 150, &[6; 32]);
    put(&mut data, 182, &500_u16.to_le_bytes());
    put(&mut data, 184, &5000_u64.to_le_bytes());
    put(&mut data, 192, &10_000_u64.to_le_bytes());
    put(&mut data, 200, &100_000_000_000_u64.to_le_bytes());
    put(&mut data, 208, &250_u16.to_le_bytes());
    put(&mut data, 210, &[1, 2, 3, 3]);
    put(&mut data, 219, &1_700_000_000_i64.to_le_bytes());
    put(&mut data, 227, &1_700_000_001_i64.to_le_bytes());
    let expected = json!({
        "authority": key(5), "treasuryMultisig": key(6), "platformFeeBps": 500, "withdrawalFee": "5000",
        "minEntryFee": "10000", "maxEntryFee": "100000000000", "cancellationFeeBps": 250, "isPaused": true,
        "supportedPaymentMethods": 3, "kycTierWallet": 2, "kycTierPlatform": 3, "createdAt": "1700000000",
        "lastUpdated": "1700000001",
    });
    assert_eq!(decode("decodeConfig", &data), Ok(expected));
    data[210] = 2;
    assert_eq!(decode("decodeConfig", &data), Err("invalid_account"));
}

#[test]
fn a_registry_is_decoded_with_its_valid_games_only() {
    let mut data = account("GameRegistry", 4680);
    put(&mut data, 8, &[7; 32]);
    put(&mut data, 40, &[2]);
    for (game, name) in [(0_u8, "CLAIM"), (1, "THREE"), (2, "not counted")] {
        let at = 48 + 231 * usize::from(game);
        put(&mut data, at, &[game]);
        put(&mut data, at + 1, name.as_bytes());
        put(&mut data, at + 21, &[2, 4]);
        put(&mut data, at + 23, b"https://example.org");
        put(&mut data, at + 223, &[9, 1 - game.min(1)]);
    }
    put(&mut data, 4672, &1_700_000_000_i64.to_le_bytes());
    let game = |id: u8, name: &str| {
        json!({
            "gameId": id, "name": name, "minPlayers": 2, "maxPlayers": 4, "ruleEngineUrl": "https://example.org",
            "version": 9, "enabled": id == 0,
        })
    };
    let expected = json!({
        "authority": key(7), "games": [game(0, "CLAIM"), game(1, "THREE")], "lastUpdated": "1700000000",
    });
    assert_eq!(decode("decodeRegistry", &data), Ok(expected));
    data[40] = 21;
    assert_eq!(decode("decodeRegistry", &data), Err("invalid_account"));
}

#[test]
fn bytes_that_are_no_such_account_are_refused() {
    for (function, name, size) in ACCOUNTS {
        let good = account(name, size);
        assert!(decode(function, &good).is_ok(), "{name}");
        assert_eq!(decode(function, &good[..size - 1]), Err("bad_length"), "{name}");
        assert_eq!(decode(function, &[good.as_slice(), &[0]].concat()), Err("bad_length"), "{name}");
        assert_eq!(decode(function, &[]), Err("bad_length"), "{name}");
        let mut other = good;
        other[7] ^= 1;
        assert_eq!(decode(function, &other), Err("bad_discriminator"), "{name}");
    }
    let broken = |offset: usize, byte: u8| {
        let mut data = a_match();
        data[offset] = byte;
        decode("decodeMatch", &data)
    };
    assert_eq!(broken(86, 11), Err("invalid_account"));
    assert_eq!(broken(84, 3), Err("invalid_account"));
    assert_eq!(broken(88, 0xff), Err("invalid_text"));
    assert_eq!(broken(58, 0xff), Err("invalid_text"));
}

#[test]
fn a_snapshot_of_accounts_has_one_stake_a_player() {
    let from = |pda: u8, data: &[u8], escrow: Option<&[u8]>| {
        let args = [json!(key(pda)), json!(hex_encode(data)), json!(escrow.map(hex_encode))];
        native::call("matchStateFromAccounts", &args)
    };
    let snapshot = from(3, &a_match(), Some(&an_escrow())).expect("a snapshot");
    let expected = json!({
        "matchPda": key(3), "matchId": "11111111-2222-4333-8444-555555555555", "createdAt": "1700000000",
        "gameType": 7, "phase": 1, "matchType": 1, "paymentMethod": 1, "entryFee": "100000000",
        "authority": key(2), "playerIds": ["alice", "bob"], "matchHash": "ab".repeat(32), "endedAt": "-5",
        "escrow": {
            "totalEntry": "200000000", "stakes": ["100000000", "100000000"], "funded": true, "distributed": false,
            "cancelled": true, "cancellationReason": 5, "abandonedIndex": 1,
        },
    });
    assert_eq!(snapshot, expected);
    assert!(native::call("matchStateHash", &[snapshot]).is_ok());
    assert_eq!(from(3, &a_match(), None).expect("no escrow")["escrow"], Value::Null);
    assert_eq!(from(4, &a_match(), Some(&an_escrow())), Err("escrow_mismatch"));
    // A free match's stray escrow is bound to nothing (H-25).
    let mut free = a_match();
    free[1488] = 0;
    let stray = account("EscrowAccount", 192);
    assert_eq!(from(3, &free, Some(&stray)).expect("a free match")["escrow"], Value::Null);
}

/// Decoder, account, size.
const ACCOUNTS: [(&str, &str, usize); 5] = [
    ("decodeMatch", "Match", 1512),
    ("decodeEscrow", "EscrowAccount", 192),
    ("decodeUserDeposit", "UserDepositAccount", 128),
    ("decodeConfig", "ConfigAccount", 235),
    ("decodeRegistry", "GameRegistry", 4680),
];

/// An account with some of its bytes changed at random, or (rarely) cut short.
pub fn scribbled() -> impl Strategy<Value = (&'static str, Vec<u8>)> {
    let start = prop_oneof![
        (0..ACCOUNTS.len()).prop_map(|index| {
            let (function, name, size) = ACCOUNTS[index];
            (function, account(name, size))
        }),
        Just(("decodeMatch", a_match())),
        Just(("decodeEscrow", an_escrow())),
    ];
    let changes = vec((any::<prop::sample::Index>(), prop_oneof![0..4_u8, b' '..b'~', any::<u8>()]), 0..40);
    (start, changes, 0..20_u8).prop_map(|((function, mut data), changes, cut)| {
        for (place, byte) in changes {
            let offset = 8 + place.index(data.len() - 8);
            data[offset] = byte;
        }
        if cut == 0 {
            data.pop();
        }
        (function, data)
    })
}

proptest! {
    #![proptest_config(crate::config())]

    #[test]
    fn no_account_bytes_make_a_decoder_fail_without_a_code((function, data) in scribbled()) {
        if let Err(code) = decode(function, &data) {
            prop_assert!(["bad_length", "invalid_account", "invalid_text"].contains(&code), "{}", code);
        }
    }
}
