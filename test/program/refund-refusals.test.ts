import type { PublicKey } from '@solana/web3.js';
import { Keypair } from '@solana/web3.js';
import { describe, expect, it } from 'vitest';
import { SOL } from './chain.ts';
import { build, refundEscrow, withAccount } from './instructions.ts';
import {
  AT,
  bytes,
  configAddress,
  depositAddress,
  escrowAddress,
  matchAddress,
  option,
  PROGRAM_ID,
  registryAddress,
  string,
  u8,
  u64,
} from './interface.ts';
import type { Seated } from './world.ts';
import { endedMatch, FEE, MATCH_ID, NET, PLATFORM, refund, seated, settle, WALLET } from './world.ts';

const match = matchAddress(MATCH_ID);
const escrow = escrowAddress(MATCH_ID);
const COUSIN = `${MATCH_ID.slice(0, 31)}99999`;

describe('what refund_escrow refuses', () => {
  it('nobody, and eleven players (6005)', () => {
    const world = seated(WALLET, 2);
    expect(refund(world, [])).toBe(6005);
    const { keys } = refundEscrow({ matchId: MATCH_ID, players: [] });
    const eleven = build('refund_escrow', keys, string(MATCH_ID), bytes(new Uint8Array(11)), u8(0), option());
    expect(world.chain.run(eleven)).toBe(6005);
  });

  it('an id that only shares the address, or is not 36 bytes long (6005)', () => {
    const world = seated(WALLET, 2);
    for (const matchId of [COUSIN, MATCH_ID.slice(0, 31)]) {
      const players = [{ index: 0, to: world.players[0] ?? world.treasury }];
      expect(world.chain.run(refundEscrow({ matchId, players }))).toBe(6005);
    }
  });

  it('an escrow that is bound to another match (6005)', () => {
    const world = seated(WALLET, 2);
    world.chain.tamper(escrow, AT.escrow.match, new Uint8Array(32));
    expect(refund(world, [0, 1])).toBe(6005);
  });

  it('an ended match that was not cancelled (6043), and a distributed escrow (6040)', () => {
    const world = endedMatch(WALLET);
    expect(refund(world, [0, 1])).toBe(6043);
    expect(settle(world, [[0, NET]])).toBe('ok');
    expect(refund(world, [0, 1])).toBe(6043);
    world.chain.tamper(match, AT.match.phase, u8(1));
    expect(refund(world, [0, 1])).toBe(6040);
  });

  it('an index of nobody, listed or abandoned, and a reason of four bits (6005)', () => {
    const world = seated(WALLET, 2);
    expect(refund(world, [0, 2])).toBe(6005);
    expect(refund(world, [10])).toBe(6005);
    expect(refund(world, [0, 1], { abandoned: 2 })).toBe(6005);
    expect(refund(world, [0, 1], { abandoned: 10 })).toBe(6005);
    expect(refund(world, [0, 1], { reason: 8 })).toBe(6005);
  });

  it('slots beyond the table, even where more players are counted (6005)', () => {
    const world = seated(WALLET, 2);
    world.chain.tamper(match, AT.match.count, u8(200));
    expect(refund(world, [10])).toBe(6005);
    expect(refund(world, [0], { abandoned: 10 })).toBe(6005);
    expect(refund(world, [0], { abandoned: 9 })).toBe('ok');
  });

  it('in the published order: list, state, arguments, pause, stakes', () => {
    const world = seated(WALLET, 2);
    const { chain } = world;
    chain.tamper(configAddress, AT.config.isPaused, u8(1));
    chain.tamper(match, AT.match.phase, u8(2));
    chain.tamper(escrow, AT.escrow.flags, u8(0x03));
    expect(refund(world, [])).toBe(6005);
    expect(refund(world, [5], { reason: 9 })).toBe(6043);
    chain.tamper(escrow, AT.escrow.flags, u8(0x07));
    expect(refund(world, [5], { reason: 9 })).toBe(6040);
    chain.tamper(escrow, AT.escrow.flags, u8(0x05));
    expect(refund(world, [5])).toBe(6005);
    chain.tamper(escrow, AT.escrow.stakes, u64(0n));
    expect(refund(world, [0, 1])).toBe(6036);
    chain.tamper(configAddress, AT.config.isPaused, u8(0));
    expect(refund(world, [0, 1])).toBe(6005);
  });

  it('a player without a stake: listed twice, refunded before, or never paid (6005)', () => {
    const world = seated(WALLET, 3);
    expect(refund(world, [0, 0])).toBe(6005);
    world.chain.tamper(escrow, AT.escrow.stakes + 8, u64(0n));
    expect(refund(world, [0, 1, 2])).toBe(6005);
    expect(refund(world, [0, 2])).toBe('ok');
    expect(refund(world, [0])).toBe(6005);
  });

  it('stakes beyond the total (6029), and lamports that are not there, by a panic', () => {
    const world = seated(WALLET, 2);
    world.chain.tamper(escrow, AT.escrow.total, u64(2n * FEE - 1n));
    expect(refund(world, [0, 1])).toBe(6029);
    world.chain.tamper(escrow, AT.escrow.total, u64(2n * FEE));
    world.chain.send(escrow, -FEE);
    expect(refund(world, [0, 1])).toBe('ProgramFailedToComplete');
  });

  it('a fee or a forfeit without a treasury (6005), after the players were looked at', () => {
    const world = seated(WALLET, 2);
    world.chain.send(escrow, SOL);
    const none = { treasury: undefined };
    expect(refund(world, [0, 0], { ...none, reason: 2 })).toBe(6005);
    expect(refund(world, [0, 1], { ...none, reason: 2 })).toBe(6005);
    expect(refund(world, [0, 1], { ...none, reason: 0 })).toBe('ok');
  });

  it('a payee who would hold less than the rent, by the runtime (H-20)', () => {
    const world = seated(WALLET, 1, { fee: 890_879n });
    const players = [{ index: 0, to: Keypair.generate().publicKey }];
    expect(refund(world, [], { players })).toBe('InsufficientFundsForRent');
    expect(refund(world, [0])).toBe('ok');
  });
});

describe('what refund_escrow refuses of deposits', () => {
  const give = (world: Seated, player: PublicKey | undefined, offset: number, lamports: bigint) =>
    world.chain.tamper(depositAddress(player ?? world.treasury), offset, u64(lamports));

  it('a missing one (6044), position by position: the refusal of an earlier position comes first', () => {
    const world = seated(PLATFORM, 2);
    expect(refund(world, [0, 1])).toBe(6044);
    expect(refund(world, [0, 0])).toBe(6044);
    const call = refundEscrow({
      matchId: MATCH_ID,
      players: world.players.map((to, index) => ({ index, to })),
      toDeposits: true,
    });
    const second = withAccount(call, 13, { pubkey: PROGRAM_ID, isWritable: false });
    expect(world.chain.run(second)).toBe(6044);
    world.chain.tamper(escrow, AT.escrow.stakes, u64(0n));
    expect(world.chain.run(second)).toBe(6005);
  });

  it('a forfeiter needs none', () => {
    const world = seated(PLATFORM, 1);
    world.chain.send(escrow, 2_500_000n);
    expect(refund(world, [0], { reason: 1, abandoned: 0 })).toBe('ok');
  });

  it('one with less in play than the stake (6029): it fails the whole call, for everybody (H-04)', () => {
    const world = seated(PLATFORM, 2);
    give(world, world.players[1], AT.deposit.inPlay, FEE - 1n);
    expect(refund(world, [0, 1], { toDeposits: true })).toBe(6029);
    give(world, world.players[1], AT.deposit.inPlay, FEE);
    expect(refund(world, [0, 1], { toDeposits: true })).toBe('ok');
  });

  it('a balance beyond u64 (6029)', () => {
    const world = seated(PLATFORM, 1);
    give(world, world.players[0], AT.deposit.available, 2n ** 64n - FEE);
    expect(refund(world, [0], { toDeposits: true })).toBe(6029);
  });
});

describe('the accounts of refund_escrow', () => {
  it('must stand at their addresses (2006) and be what they are taken for', () => {
    const world = seated(PLATFORM, 1);
    const { chain, treasury } = world;
    const to = world.players[0] ?? treasury;
    const call = refundEscrow({ matchId: MATCH_ID, players: [{ index: 0, to }], treasury, toDeposits: true });
    const checked = [
      [0, escrow, 3007],
      [1, match, 3007],
      [12, depositAddress(to), 3007],
      [22, configAddress, 3012],
    ] as const;
    for (const [index, key, missing] of checked) {
      const elsewhere = Keypair.generate().publicKey;
      expect(call.keys[index]?.pubkey).toEqual(key);
      expect(chain.run(withAccount(call, index, { pubkey: elsewhere }))).toBe(missing);
      expect(chain.run(withAccount(call, index, { pubkey: registryAddress }))).toBe(3002);
      chain.set(elsewhere, PROGRAM_ID, SOL, chain.data(key));
      expect(chain.run(withAccount(call, index, { pubkey: elsewhere }))).toBe(2006);
    }
    chain.tamper(escrow, AT.escrow.bump, u8(0));
    expect(chain.run(call)).toBe(2006);
  });

  it('must be writable: escrow, all ten players, their deposits, and the treasury (2000)', () => {
    const world = seated(PLATFORM, 1);
    const { chain, treasury } = world;
    const to = world.players[0] ?? treasury;
    const call = refundEscrow({ matchId: MATCH_ID, players: [{ index: 0, to }], treasury, toDeposits: true });
    const fillers = Array.from({ length: 9 }, () => chain.wallet());
    const spread = fillers.reduce((ix, filler, at) => withAccount(ix, 3 + at, { pubkey: filler }), call);
    for (const index of [0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 23]) {
      expect(chain.run(withAccount(spread, index, { isWritable: false }))).toBe(2000);
    }
    expect(chain.run(spread)).toBe('ok');
  });
});
