/**
 * A deposit that the first release has stored, byte for byte (`ledger-v1.json`: credited 9000, two holds of 4000, one of
 * them captured by the chain): read, served and gone on with by this one (design: section 5).
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { depositBehaviour } from '../../../durable-objects/deposit/behaviour.ts';
import type { SqlValue } from '../../../durable-objects/ports.ts';
import { initialDepositContext } from '../../../machines/deposit/context.ts';
import { DEPOSIT_MACHINE } from '../../../machines/deposit/machine.ts';
import { fromFirst } from '../../../machines/deposit/upgrades.ts';
import { journalHolds } from '../../simulation/checks.ts';
import { BINDING, DepositHome } from './ledger-object.ts';

interface Table {
  readonly sql: string;
  readonly rows: readonly { readonly [column: string]: SqlValue }[];
}

// SAFETY: the rows of that release's tables, as its own kernel wrote them.
const stored = JSON.parse(readFileSync(new URL('./ledger-v1.json', import.meta.url), 'utf8')) as {
  readonly [table: string]: Table;
};

function asStored(): DepositHome {
  const home = new DepositHome();
  for (const [name, { sql, rows }] of Object.entries(stored)) {
    home.sql.run(sql);
    for (const row of rows) {
      const places = Object.keys(row).map(() => '?');
      home.sql.run(`INSERT INTO ${name} VALUES (${places.join()})`, ...Object.values(row));
    }
  }
  home.evict();
  return home;
}

describe('a deposit of the first release', () => {
  it('is read as it stands, and nothing is written by looking', async () => {
    const home = asStored();
    const before = await home.dump();
    expect(await home.object.view()).toMatchObject({
      userId: 'ann',
      seq: 6,
      money: 'active',
      link: 'online',
      balances: { available: '1000', held: '4000', withdrawing: '0', suspense: '0' },
      holds: [{ token: 'join 2', amount: '4000', matchId: 'm', expiresAt: null }],
      admissions: [],
      openActions: [],
      inPlay: { derived: '0', onChain: null },
    });
    expect(home.object.recomputed()).toEqual((await home.object.view())?.balances);
    expect((await home.object.statement(1, 10)).entries.map(({ kind }) => kind)).toEqual([
      'credit',
      'hold',
      'hold',
      'debit',
    ]);
    expect(await home.dump()).toEqual(before);
  });

  it('goes on: old tokens keep their answers, old holds end, new operations are taken, the journal hashes on', async () => {
    const home = asStored();
    const { object } = home;
    const first = { token: 'join 1', amount: '4000', matchId: 'm' };
    const told = await object.hold(BINDING, first);
    expect(told).toMatchObject({ ok: true, balances: { available: '5000', held: '4000' } });
    expect(await object.hold(BINDING, { ...first, amount: '4001' })).toMatchObject({
      ok: false,
      code: 'idempotency_conflict',
    });
    const fact = {
      token: 'chain:two:0:0',
      direction: 'debit',
      amount: '4000',
      holdToken: null,
      ref: 'x',
      slot: 9,
    } as const;
    await object.fact(BINDING, fact);
    const release = { token: 'release', holdToken: 'join 2', matchId: 'm', amount: '1000' };
    expect(await object.release(BINDING, release)).toMatchObject({
      ok: true,
      balances: { available: '2000', held: '3000' },
    });
    expect(await object.admit(BINDING, { token: 'wallet join', amount: '9', matchId: 'n' })).toMatchObject({
      ok: true,
    });
    home.evict();
    expect(home.sql.all('SELECT version FROM snapshot')).toEqual([{ version: DEPOSIT_MACHINE.version }]);
    expect(await journalHolds(home.object)).toBe(true);
    expect(home.object.recomputed()).toEqual((await home.object.view())?.balances);
  });

  it('has every field that this release reads, by a pure upgrade', () => {
    const [row] = stored.snapshot?.rows ?? [];
    const first = { value: JSON.parse(String(row?.value)), context: JSON.parse(String(row?.context)) };
    const before = JSON.stringify(first);
    const upgraded = fromFirst(first);
    expect(JSON.stringify(first)).toBe(before);
    expect(Object.keys(upgraded.context).toSorted()).toEqual(Object.keys(initialDepositContext).toSorted());
    expect(depositBehaviour.upgrades).toHaveLength(DEPOSIT_MACHINE.version - 1);
    expect(upgraded.context.holds).toEqual([
      {
        token: 'join 2',
        amount: '4000',
        of: '4000',
        matchId: 'm',
        since: 1_800_000_000_000,
        expiresAt: null,
        isConcluded: false,
      },
    ]);
  });
});
