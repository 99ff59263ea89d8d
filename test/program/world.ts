/** Set-ups: a chain with config, registry and the game CLAIM, and matches in every phase of their life. */

import type { PublicKey } from '@solana/web3.js';
import { expect } from 'vitest';
import type { Outcome } from './chain.ts';
import { SOL, TestChain } from './chain.ts';
import type { Create, Distribute, Game, Refund } from './instructions.ts';
import {
  createMatch,
  depositSol,
  distributePrizes,
  endMatch,
  initializeConfig,
  initializeRegistry,
  joinMatch,
  refundEscrow,
  registerGame,
  startMatch,
} from './instructions.ts';

export const MATCH_ID = '550e8400-e29b-41d4-a716-446655440000';
export const CLAIM: Game = { id: 0, name: 'CLAIM', min: 2, max: 4, url: 'https://rules', version: 1 };
/** The entry fee of every paid match here: 0.1 SOL. */
export const FEE = SOL / 10n;

/** What two stakes leave to the winners at 500 bps, in lamports, and what the treasury gets. */
export const NET = 190_000_000n;
export const PLATFORM_FEE = 10_000_000n;

export const WALLET = 0;
export const PLATFORM = 1;
export const PAID = 1;

export interface World {
  readonly chain: TestChain;
  /** Authority of config and registry. */
  readonly admin: PublicKey;
  readonly treasury: PublicKey;
  /** Creates, starts and ends matches. */
  readonly coordinator: PublicKey;
}

export function newWorld(): World {
  const chain = new TestChain();
  const [admin, treasury, coordinator] = [chain.wallet(), chain.wallet(SOL), chain.wallet()];
  expect(chain.run(initializeConfig(admin, treasury))).toBe('ok');
  expect(chain.run(initializeRegistry(admin))).toBe('ok');
  expect(chain.run(registerGame(admin, CLAIM))).toBe('ok');
  return { chain, admin, treasury, coordinator };
}

/** The arguments of a paid match; `change` overrides them. */
export function paid(world: World, method: number, change: Partial<Create> = {}): Create {
  return { matchId: MATCH_ID, authority: world.coordinator, fee: FEE, method, type: PAID, ...change };
}

/** A world in which a paid match is open. */
export function openMatch(method: number, change: Partial<Create> = {}): World {
  const world = newWorld();
  expect(world.chain.run(createMatch(paid(world, method, change)))).toBe('ok');
  return world;
}

/** A new player takes a seat, out of a wallet of 10 SOL or a deposit of 1 SOL. */
export function seat(world: World, method: number, userId: string): PublicKey {
  const player = world.chain.wallet();
  if (method === PLATFORM) expect(world.chain.run(depositSol(player, SOL))).toBe('ok');
  const payer = method === PLATFORM ? { withDeposit: true } : { wallet: player };
  expect(world.chain.run(joinMatch({ matchId: MATCH_ID, userId, player, ...payer }))).toBe('ok');
  return player;
}

export interface Played extends World {
  readonly players: readonly [PublicKey, PublicKey];
}

/** A paid match of two that is being played. */
export function playingMatch(method: number): Played {
  const world = openMatch(method);
  const players = [seat(world, method, 'alice'), seat(world, method, 'bob')] as const;
  expect(world.chain.run(startMatch(MATCH_ID, world.coordinator))).toBe('ok');
  return { ...world, players };
}

/** A paid match of two that has ended and waits for its prizes. */
export function endedMatch(method: number): Played {
  const played = playingMatch(method);
  expect(played.chain.run(endMatch({ matchId: MATCH_ID, authority: played.coordinator }))).toBe('ok');
  return played;
}

/** Settles with these prizes; each winner is paid at their own key. */
export function settle(
  world: Played,
  prizes: readonly (readonly [index: number, amount: bigint])[],
  change: Partial<Distribute> = {},
): Outcome {
  const { chain, treasury, players } = world;
  const list = prizes.map(([index, amount]) => ({ index, amount, to: players[index] ?? treasury }));
  return chain.run(distributePrizes({ matchId: MATCH_ID, treasury, prizes: list, ...change }));
}

/** An open match, and who has taken a seat, by slot. */
export interface Seated extends World {
  readonly players: readonly PublicKey[];
}

/** A world in which a paid match is open, with so many players; `change` alters the match. */
export function seated(method: number, count: number, change: Partial<Create> = {}): Seated {
  const world = openMatch(method, change);
  const players = Array.from({ length: count }, (_, slot) => seat(world, method, `user-${slot}`));
  return { ...world, players };
}

/** Refunds these players; each is paid at their own key. The treasury is passed unless `change` says otherwise. */
export function refund(world: Seated, indices: readonly number[], change: Partial<Refund> = {}): Outcome {
  const { chain, treasury, players: keys } = world;
  const players = indices.map((index) => ({ index, to: keys[index] ?? treasury }));
  return chain.run(refundEscrow({ matchId: MATCH_ID, treasury, players, ...change }));
}
