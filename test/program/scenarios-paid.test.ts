/** The published scenarios of paid matches (interface, section 8), from the first deposit to the last lamport. */

import type { PublicKey } from '@solana/web3.js';
import { expect, it } from 'vitest';
import { SOL } from './chain.ts';
import {
  anchorMatchRecord,
  createMatch,
  depositSol,
  endMatch,
  joinMatch,
  startMatch,
  updateConfig,
} from './instructions.ts';
import { AT, depositAddress, escrowAddress, matchAddress, RENT, readU64, u64 } from './interface.ts';
import type { World } from './world.ts';
import {
  endedMatch,
  FEE,
  MATCH_ID,
  NET,
  openMatch,
  PLATFORM,
  PLATFORM_FEE,
  paid,
  playingMatch,
  refund,
  seated,
  settle,
  WALLET,
} from './world.ts';

const match = matchAddress(MATCH_ID);
const escrow = escrowAddress(MATCH_ID);

const books = ({ chain }: World) => {
  const data = chain.data(escrow);
  return { total: readU64(data, AT.escrow.total), flags: data[AT.escrow.flags] };
};
const deposit = ({ chain }: World, player: PublicKey) => {
  const data = chain.data(depositAddress(player));
  return [readU64(data, AT.deposit.available), readU64(data, AT.deposit.inPlay)];
};

it('wallets: two join for 0.1 SOL, the first wins all, and the escrow keeps its rent', () => {
  const world = endedMatch(WALLET);
  const { chain, players, treasury } = world;
  expect(books(world)).toEqual({ total: 2n * FEE, flags: 0x01 });
  expect(settle(world, [[0, NET]])).toBe('ok');
  expect(books(world)).toEqual({ total: 0n, flags: 0x03 });
  expect(chain.lamports(escrow)).toBe(RENT.escrow);
  expect(chain.lamports(treasury)).toBe(SOL + PLATFORM_FEE);
  expect(players.map((player) => chain.lamports(player))).toEqual([10n * SOL - FEE + NET, 10n * SOL - FEE]);
});

it('deposits: two of 1 SOL, both join, the first wins all; what the loser had in play stays in play (H-04)', () => {
  const world = endedMatch(PLATFORM);
  const [winner, loser] = world.players;
  for (const player of [winner, loser]) expect(deposit(world, player)).toEqual([SOL - FEE, FEE]);
  expect(settle(world, [[0, NET]], { toDeposits: true })).toBe('ok');
  expect(deposit(world, winner)).toEqual([1_090_000_000n, 0n]);
  expect(deposit(world, loser)).toEqual([900_000_000n, 100_000_000n]);
  // Its lamports are the winner's; nothing in the loser's account stands for them any more.
  expect(world.chain.lamports(depositAddress(loser))).toBe(RENT.deposit + 900_000_000n);
});

it('cancellation: two join out of wallets, and both are refunded before the start, without a treasury', () => {
  const world = seated(WALLET, 2);
  expect(refund(world, [0, 1], { treasury: undefined })).toBe('ok');
  expect(books(world)).toEqual({ total: 0n, flags: 0x05 });
  for (const player of world.players) expect(world.chain.lamports(player)).toBe(10n * SOL);
});

it('payment methods: a WALLET match takes no deposit, a PLATFORM match no wallet (6005)', () => {
  const methods = [
    [WALLET, { withDeposit: true }],
    [PLATFORM, { withDeposit: false }],
  ] as const;
  for (const [method, { withDeposit }] of methods) {
    const { chain } = openMatch(method);
    const player = chain.wallet();
    expect(chain.run(depositSol(player, SOL))).toBe('ok');
    const payer = withDeposit ? { withDeposit } : { wallet: player };
    expect(chain.run(joinMatch({ matchId: MATCH_ID, userId: 'alice', player, ...payer }))).toBe(6005);
  }
});

it('too little money: a wallet of 0.05 SOL is short (system 1), and so is a deposit of 0.05 SOL (6013)', () => {
  const { chain } = openMatch(WALLET);
  const poor = chain.wallet(SOL / 20n);
  expect(chain.run(joinMatch({ matchId: MATCH_ID, userId: 'poor', player: poor, wallet: poor }))).toBe(1);
  const other = openMatch(PLATFORM).chain;
  const short = other.wallet();
  expect(other.run(depositSol(short, SOL / 20n))).toBe('ok');
  const join = joinMatch({ matchId: MATCH_ID, userId: 'short', player: short, withDeposit: true });
  expect(other.run(join)).toBe(6013);
});

it('start: the escrow must hold one fee a player, and is funded', () => {
  const world = seated(WALLET, 2);
  expect(books(world)).toEqual({ total: 2n * FEE, flags: 0x01 });
  expect(world.chain.run(startMatch(MATCH_ID, world.coordinator))).toBe('ok');
  expect(world.chain.data(match)[AT.match.phase]).toBe(1);
});

it('H-10: after a distribution the stakes tell what was collected, after a refund only the transaction does', () => {
  const stakes = ({ chain }: World) =>
    [0, 1].map((slot) => readU64(chain.data(escrow), AT.escrow.stakes + 8 * slot));
  const settled = endedMatch(WALLET);
  expect(settle(settled, [[0, NET]])).toBe('ok');
  expect(stakes(settled)).toEqual([FEE, FEE]);
  expect(readU64(settled.chain.data(match), 1480)).toBe(4n * FEE);
  const cancelled = seated(WALLET, 2);
  expect(refund(cancelled, [0, 1])).toBe('ok');
  expect(stakes(cancelled)).toEqual([0n, 0n]);
});

it('H-16: a match that the showdown has ended cannot be ended again (6009); hash and prizes still follow', () => {
  const world = playingMatch(WALLET);
  const { chain, coordinator } = world;
  // What submit_move leaves behind (section 4.8); that instruction belongs to the game and is not here.
  chain.tamper(match, AT.match.phase, Uint8Array.of(2));
  chain.tamper(match, 744, u64(1_800_000_001n));
  expect(chain.run(endMatch({ matchId: MATCH_ID, authority: coordinator }))).toBe(6009);
  expect(chain.data(match).subarray(AT.match.hash, AT.match.hash + 32)).toEqual(new Uint8Array(32));
  const hash = new Uint8Array(32).fill(7);
  expect(chain.run(anchorMatchRecord({ matchId: MATCH_ID, authority: coordinator, hash }))).toBe('ok');
  expect(settle(world, [[0, NET]])).toBe('ok');
});

it('H-18: at 10,000 bps the fee is the whole pool, and no prize can be paid', () => {
  const world = endedMatch(WALLET);
  expect(world.chain.run(updateConfig(world.treasury, { feeBps: 10_000 }))).toBe('ok');
  for (const amount of [0n, 1n, NET, 2n * FEE]) expect(settle(world, [[0, amount]])).toBe(6005);
  // The coordinator must read the config again before it settles.
  expect(world.chain.run(updateConfig(world.treasury, { feeBps: 9_999 }))).toBe('ok');
  expect(settle(world, [[0, 20_000n]])).toBe('ok');
});

it('matches at the same time do not touch each other', () => {
  const world = seated(WALLET, 2);
  const { chain, coordinator } = world;
  const other = `1${MATCH_ID.slice(1)}`;
  expect(chain.run(createMatch(paid(world, WALLET, { matchId: other, fee: 3n * FEE })))).toBe('ok');
  const player = chain.wallet();
  expect(chain.run(joinMatch({ matchId: other, userId: 'user-0', player, wallet: player }))).toBe('ok');
  expect(refund(world, [0, 1])).toBe('ok');
  expect(chain.lamports(escrowAddress(other))).toBe(RENT.escrow + 3n * FEE);
  expect(readU64(chain.data(escrowAddress(other)), AT.escrow.total)).toBe(3n * FEE);
  expect(chain.run(startMatch(other, coordinator))).toBe(6014);
});
