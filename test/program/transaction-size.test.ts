import { ComputeBudgetProgram, PublicKey, TransactionInstruction } from '@solana/web3.js';
import { expect, it } from 'vitest';
import { SOL } from './chain.ts';
import {
  createMatch,
  distributePrizes,
  endMatch,
  refundEscrow,
  startMatch,
  updateGame,
} from './instructions.ts';
import { depositAddress, escrowAddress, RENT } from './interface.ts';
import type { Seated } from './world.ts';
import { CLAIM, MATCH_ID, newWorld, PLATFORM, paid, seat } from './world.ts';

/** What a legacy transaction may hold, in bytes. */
const LIMIT = 1232;

/** The mirror's own second instruction: base58 of 32 bytes, 44 characters, without accounts. */
const MEMO = new TransactionInstruction({
  programId: new PublicKey('MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr'),
  keys: [],
  data: Buffer.from(new PublicKey(new Uint8Array(32).fill(0xff)).toBase58()),
});

/** An open match of ten PLATFORM players. */
function fullTable(): Seated {
  const world = newWorld();
  const { chain, admin } = world;
  expect(chain.run(updateGame(admin, CLAIM.id, { max: 10 }))).toBe('ok');
  expect(chain.run(createMatch(paid(world, PLATFORM)))).toBe('ok');
  const players = Array.from({ length: 10 }, (_, slot) => seat(world, PLATFORM, `u${slot}`));
  return { ...world, players };
}

function endedTable(): Seated {
  const world = fullTable();
  const { chain, coordinator } = world;
  expect(chain.run(startMatch(MATCH_ID, coordinator))).toBe('ok');
  expect(chain.run(endMatch({ matchId: MATCH_ID, authority: coordinator }))).toBe('ok');
  return world;
}

function settlement({ players, treasury }: Seated): TransactionInstruction {
  const prizes = players.map((to, index) => ({ index, amount: 95_000_000n, to }));
  return distributePrizes({ matchId: MATCH_ID, treasury, prizes, toDeposits: true });
}

function cancellation({ players, treasury }: Seated, change = {}): TransactionInstruction {
  const listed = players.map((to, index) => ({ index, to }));
  return refundEscrow({ matchId: MATCH_ID, players: listed, treasury, toDeposits: true, ...change });
}

it('the memo is 44 characters, the longest that a hash can have', () => {
  expect(MEMO.data).toHaveLength(44);
});

it('ten PLATFORM winners are 1,141 bytes, and 1,220 with the memo', () => {
  const world = endedTable();
  const { chain, treasury } = world;
  expect(chain.run(settlement(world), MEMO)).toBe('ok');
  expect(chain.size).toBe(1220);
  expect(chain.lamports(treasury)).toBe(SOL + 50_000_000n);
  expect(chain.lamports(escrowAddress(MATCH_ID))).toBe(RENT.escrow);
  for (const player of world.players) {
    expect(chain.lamports(depositAddress(player))).toBe(RENT.deposit + 995_000_000n);
  }
  expect(chain.run(settlement(world))).toBe(6040);
  expect(chain.size).toBe(1141);
});

it('that leaves no room for a limit of compute units', () => {
  const limit = ComputeBudgetProgram.setComputeUnitLimit({ units: 200_000 });
  expect(1220 + 32 + 3 + limit.data.length).toBeGreaterThan(LIMIT);
  // Nor is one needed: a call of the program without it may use 200,000.
  const world = endedTable();
  expect(world.chain.run(settlement(world))).toBe('ok');
  expect(world.chain.units).toBeLessThan(100_000n);
});

it('a refund of ten PLATFORM players is 1,059 bytes, and 1,138 with the memo, whoever was abandoned', () => {
  const world = fullTable();
  const { chain } = world;
  chain.send(escrowAddress(MATCH_ID), 25_000_000n);
  const reasons = { reason: 1, abandoned: 9 };
  expect(chain.run(cancellation(world, reasons), MEMO)).toBe('ok');
  expect(chain.size).toBe(1138);
  expect(chain.run(cancellation(world, reasons))).toBe(6005);
  expect(chain.size).toBe(1059);
  expect(chain.units).toBeLessThan(100_000n);
});

it('a refund without abandonment is 1,058 bytes, and 1,026 without a treasury', () => {
  const world = fullTable();
  const { chain } = world;
  expect(chain.run(cancellation(world, { treasury: undefined }), MEMO)).toBe('ok');
  expect(chain.size).toBe(1026 + 79);
  expect(chain.run(cancellation(world))).toBe(6005);
  expect(chain.size).toBe(1058);
  for (const player of world.players) {
    expect(chain.lamports(depositAddress(player))).toBe(RENT.deposit + SOL);
  }
});
