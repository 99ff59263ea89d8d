/**
 * The identities that a reconciler may assert (interface, section 5), after every step of generated histories of several
 * users and matches: refused steps included, which must change nothing.
 */

import type { PublicKey } from '@solana/web3.js';
import { expect, it } from 'vitest';
import { feeBreakdown, prizeDistribution } from '../../core/index.ts';
import { SOL } from './chain.ts';
import {
  createMatch,
  depositSol,
  distributePrizes,
  endMatch,
  joinMatch,
  refundEscrow,
  startMatch,
  withdrawSol,
} from './instructions.ts';
import { AT, depositAddress, escrowAddress, RENT, readU64 } from './interface.ts';
import { Random } from './random.ts';
import { FEE, newWorld, PLATFORM, paid, WALLET, type World } from './world.ts';

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));
const STEPS = 300;
const COST = 5000n;

/** What a user's deposit should say, kept beside the chain. */
interface User {
  readonly key: PublicKey;
  deposited: bigint;
  available: bigint;
  withdrawn: bigint;
}

interface Match {
  readonly id: string;
  readonly method: number;
  readonly seats: User[];
  settled: boolean;
  /** Prizes and fee, once distributed. */
  paidOut?: bigint;
}

class History {
  readonly world: World = newWorld();
  readonly random = new Random(SEED);
  readonly users: User[] = this.random.list(4, () => {
    const key = this.world.chain.wallet(1000n * SOL);
    return { key, deposited: 0n, available: 0n, withdrawn: 0n };
  });
  readonly matches: Match[] = [];
  accepted = 0;

  #user(): User {
    const [first] = this.users;
    if (first === undefined) throw new Error('no users');
    return this.users[this.random.below(this.users.length)] ?? first;
  }

  /** One of two matches that are not settled yet, or sometimes a settled one, which must refuse whatever comes. */
  #match(): Match {
    const live = this.matches.filter((match) => !match.settled);
    const choice = this.random.chance(0.1) ? this.matches : live;
    const found = choice[this.random.below(choice.length)];
    if (found !== undefined && live.length > 1) return found;
    const id = `${String(this.matches.length).padStart(8, '0')}-0000-4000-8000-000000000000`;
    const method = this.random.pick([WALLET, PLATFORM]);
    expect(this.world.chain.run(createMatch(paid(this.world, method, { matchId: id })))).toBe('ok');
    const match: Match = { id, method, seats: [], settled: false };
    this.matches.push(match);
    return match;
  }

  #deposit(): boolean {
    const [user, amount] = [this.#user(), BigInt(1 + this.random.below(3)) * FEE];
    if (this.world.chain.run(depositSol(user.key, amount)) !== 'ok') return false;
    user.deposited += amount;
    user.available += amount;
    return true;
  }

  #withdraw(): boolean {
    const [user, amount] = [this.#user(), BigInt(this.random.below(2 * 10 ** 8))];
    if (this.world.chain.run(withdrawSol(user.key, amount, this.world.treasury)) !== 'ok') return false;
    user.available -= amount + COST;
    user.withdrawn += amount;
    return true;
  }

  #join(): boolean {
    const [match, user] = [this.#match(), this.#user()];
    const { key } = user;
    const payer = match.method === PLATFORM ? { withDeposit: true } : { wallet: key };
    const userId = `seat-${match.seats.length}`;
    const join = joinMatch({ matchId: match.id, userId, player: key, ...payer });
    if (this.world.chain.run(join) !== 'ok') return false;
    match.seats.push(user);
    if (match.method === PLATFORM) user.available -= FEE;
    return true;
  }

  #startOrEnd(): boolean {
    const { chain, coordinator } = this.world;
    const { id } = this.#match();
    const started = chain.run(startMatch(id, coordinator)) === 'ok';
    return started || chain.run(endMatch({ matchId: id, authority: coordinator })) === 'ok';
  }

  #distribute(): boolean {
    const match = this.#match();
    const { chain, treasury } = this.world;
    const total = FEE * BigInt(match.seats.length);
    if (total === 0n) return false;
    const { netPool, platformFee } = feeBreakdown(total, 500);
    const shares = match.seats.length > 1 && this.random.chance(0.5) ? [7000, 3000] : [10_000];
    const amounts = prizeDistribution(netPool, shares).prizes;
    const winners = amounts.flatMap((amount, index) => {
      const user = match.seats[index];
      return user === undefined ? [] : [{ index, amount, user }];
    });
    const prizes = winners.map(({ index, amount, user }) => ({ index, amount, to: user.key }));
    const toDeposits = match.method === PLATFORM;
    if (chain.run(distributePrizes({ matchId: match.id, treasury, prizes, toDeposits })) !== 'ok')
      return false;
    match.paidOut = netPool + platformFee;
    match.settled = true;
    if (toDeposits) for (const { amount, user } of winners) user.available += amount;
    return true;
  }

  #refund(): boolean {
    const match = this.#match();
    const toDeposits = match.method === PLATFORM;
    const players = match.seats.map((user, index) => ({ index, to: user.key }));
    if (this.world.chain.run(refundEscrow({ matchId: match.id, players, toDeposits })) !== 'ok') return false;
    match.settled = true;
    if (toDeposits) for (const user of match.seats) user.available += FEE;
    return true;
  }

  step(): void {
    const steps = [
      () => this.#deposit(),
      () => this.#join(),
      () => this.#join(),
      () => this.#join(),
      () => this.#startOrEnd(),
      () => this.#distribute(),
      () => this.#withdraw(),
      () => this.random.chance(0.1) && this.#refund(),
    ] as const;
    if (steps[this.random.below(steps.length)]?.()) this.accepted += 1;
  }

  /** Identities 1 and 2, and the stakes that are really in play. */
  checkMatches(): Map<User, bigint> {
    const inPlay = new Map<User, bigint>();
    for (const match of this.matches) {
      const escrow = escrowAddress(match.id);
      const data = this.world.chain.data(escrow);
      const stakes = match.seats.map((_, slot) => readU64(data, AT.escrow.stakes + 8 * slot));
      const staked = stakes.reduce((sum, stake) => sum + stake, 0n);
      const total = readU64(data, AT.escrow.total);
      const flags = data[AT.escrow.flags] ?? 0;
      expect(this.world.chain.lamports(escrow) >= RENT.escrow + total).toBe(true);
      if ((flags & 0b110) === 0) {
        expect(total).toBe(staked);
        if (match.method === PLATFORM) {
          match.seats.forEach((user, slot) => {
            inPlay.set(user, (inPlay.get(user) ?? 0n) + (stakes[slot] ?? 0n));
          });
        }
      }
      if ((flags & 0b010) !== 0) expect(match.paidOut).toBe(staked);
    }
    return inPlay;
  }

  /** Identities 3 to 5. */
  checkUsers(inPlay: Map<User, bigint>): void {
    for (const user of this.users) {
      const deposit = depositAddress(user.key);
      const data = this.world.chain.data(deposit);
      if (data.length === 0) continue;
      expect(readU64(data, AT.deposit.total)).toBe(user.deposited);
      expect(readU64(data, AT.deposit.available)).toBe(user.available);
      expect(readU64(data, AT.deposit.withdrawn)).toBe(user.withdrawn);
      expect(this.world.chain.lamports(deposit)).toBe(RENT.deposit + user.available);
      // Compared, not equated: what losers had in play is never released (H-04).
      expect(readU64(data, AT.deposit.inPlay) >= (inPlay.get(user) ?? 0n)).toBe(true);
    }
  }
}

it(`no lamport is lost or made in ${STEPS} generated steps (seed ${SEED})`, () => {
  const history = new History();
  for (let step = 0; step < STEPS; step += 1) {
    history.step();
    history.checkUsers(history.checkMatches());
  }
  expect(history.accepted).toBeGreaterThan(STEPS / 8);
  expect(history.matches.some((match) => match.paidOut !== undefined)).toBe(true);
});
