/**
 * Runs drawn from seeds (chaos.ts). In every one of them: no money appears or is lost (I13), each action ends once (I14)
 * with at most one effect on the chain (I15) and none that was not stored first (I16), the ledgers are folds of their
 * postings (I3), the journals are whole (I12), the drain ends (I24), both sides agree at the end (I25), what was
 * acknowledged stays so (I8), and nobody was called for nothing.
 *
 * SEEDS=200 plays more of them, SEED=n plays one and tells its log.
 */
import { describe, expect, it } from 'vitest';
import { base58Encode, fromHex } from '../../core/index.ts';
import { Chaos } from './chaos.ts';
import { actionsIn, alertsIn, effectsAt, journalHolds, purse, sentWithoutRow, unfinished } from './checks.ts';
import { SIGNATURES } from './withdraw-story.ts';
import type { World } from './world.ts';

const only = process.env.SEED === undefined ? null : Number(process.env.SEED);
const seeds =
  only === null ? Array.from({ length: Number(process.env.SEEDS ?? 6) }, (_, seed) => seed) : [only];

async function moneyIsConserved(chaos: Chaos, treasuryBefore: bigint): Promise<void> {
  const { deposits, wallets, escrows, treasury } = await purse(chaos.world, chaos.users, chaos.matches);
  const fees = SIGNATURES * (await paidForByWallets(chaos));
  expect(deposits + wallets + escrows + (treasury - treasuryBefore) + fees).toBe(chaos.funded);
  let ledgers = 0n;
  for (const user of chaos.users) {
    const deposit = await chaos.world.deposit(user);
    const balances = (await deposit.view())?.balances;
    expect(deposit.recomputed()).toEqual(balances);
    expect(balances).toMatchObject({ withdrawing: '0', suspense: '0' });
    ledgers += BigInt(balances?.available ?? 0) + BigInt(balances?.held ?? 0);
  }
  expect(ledgers).toBe(deposits);
}

/** Transactions of deposits by request, the failed ones too: a wallet whose money a fork took away pays for trying. */
async function paidForByWallets({ world, users }: Chaos): Promise<bigint> {
  let paid = 0;
  for (const user of users) {
    const deposits = actionsIn(world, await world.depositName(user)).filter(({ kind }) => kind === 'deposit');
    const memos = deposits.map(({ hash }) => base58Encode(fromHex(hash)));
    const records = world.chain.getSignaturesForAddress(await depositPda(world, user));
    paid += records.filter(({ memo }) => memo !== null && memos.some((ours) => memo.includes(ours))).length;
  }
  return BigInt(paid);
}

async function depositPda(world: World, user: string): Promise<string> {
  return world.port.pda('deposit', await world.port.custodyAuthority(user)).address;
}

function onceEach(world: World, name: string, address: string): void {
  expect(unfinished(world, name)).toEqual([]);
  expect([...effectsAt(world, address).values()].every((times) => times === 1)).toBe(true);
  expect(sentWithoutRow(world, name, address)).toEqual([]);
}

async function bothSidesAgree({ world, matches, users }: Chaos): Promise<void> {
  for (const id of matches) {
    const match = world.match(id);
    expect(await match.reconcile('end')).toMatchObject({ kind: 'clean' });
    onceEach(world, world.matchName(id), world.port.pda('match', id).address);
    expect(await journalHolds(match)).toBe(true);
    expect((await alertsIn(match)).filter((alert) => alert.startsWith('critical'))).toEqual([]);
  }
  for (const user of users) {
    const deposit = await world.deposit(user);
    expect(await deposit.reconcile(null, 'end')).toMatchObject({ kind: 'clean' });
    onceEach(world, await world.depositName(user), await depositPda(world, user));
    expect(await journalHolds(deposit)).toBe(true);
    expect(await alertsIn(deposit)).toEqual([]);
  }
  expect(await journalHolds(world.health)).toBe(true);
}

async function wordsAreKept(chaos: Chaos): Promise<void> {
  for (const { again, answer, what } of chaos.acknowledged) expect(await again(), what).toEqual(answer);
}

/** Some five seconds where it has a core to itself. */
const LIMIT_MS = 120_000;

describe('a run in random weather', () => {
  it.each(seeds)(
    'keeps every lamport, every word and one effect an action (seed %i)',
    async (seed) => {
      const chaos = new Chaos(seed);
      try {
        await chaos.open();
        const { treasury } = await purse(chaos.world, [], []);
        await chaos.storm(45_000);
        await chaos.heal();
        await moneyIsConserved(chaos, treasury);
        await bothSidesAgree(chaos);
        await wordsAreKept(chaos);
      } catch (error) {
        if (only !== null) process.stderr.write(`${chaos.log.join('\n')}\n`);
        throw error;
      }
    },
    LIMIT_MS,
  );
});
