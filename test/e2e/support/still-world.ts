/**
 * A mirror whose chain stands still, so that nothing but requests could change a row of it: a match by deposit and one by
 * wallet, a deposit, and two transactions that wait for a wallet.
 */
import { expect } from 'vitest';
import type { LinkState } from '../../../durable-objects/wire/views.ts';
import type { Stack } from '../../../services/dev/stack.ts';
import { eventually, fundPlayers, startMirror, Table } from './mirror.ts';
import { LAMPORTS } from './nonsense.ts';
import { Offers } from './offers.ts';
import { storedRows } from './storage.ts';

type Rows = ReadonlyMap<string, readonly unknown[]>;

export const ACTION = 'ab'.repeat(32);
export const OPERATOR = { as: 'operator', role: 'operator' };

export class StillWorld {
  readonly stack: Stack;
  readonly table: Table;
  readonly offers: Offers;
  #before: Rows;

  private constructor(stack: Stack, table: Table, offers: Offers) {
    this.stack = stack;
    this.table = table;
    this.offers = offers;
    this.#before = lastingRows(stack);
  }

  static async start(): Promise<StillWorld> {
    const stack = await startMirror();
    try {
      const table = new Table(stack);
      await fundPlayers(stack, ['dave'], 1_000_000_000n);
      await table.create();
      await table.join('dave');
      await table.untilQuiet();
      const offers = await Offers.open(stack);
      await freeze(table, offers);
      return new StillWorld(stack, table, offers);
    } catch (error) {
      await stack.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.stack.stop();
  }

  pathTo(what: string, matchId: string = this.table.matchId): string {
    return `/api/v1/matches/${matchId}/${what}`;
  }

  /** Every row is as it was. */
  expectSame(): void {
    this.#compare(lastingRows(this.stack), () => true);
  }

  /** A final refusal is stored as the answer to its client key, and as nothing else (I7). */
  expectAnswersOnly(): void {
    const now = lastingRows(this.stack);
    this.#compare(now, (name) => !name.endsWith(' answer'));
    this.#before = now;
  }

  #compare(now: Rows, compared: (name: string) => boolean): void {
    expect(this.#before.size).toBeGreaterThan(0);
    const names = [...new Set([...this.#before.keys(), ...now.keys()])].filter(compared);
    // One by one: of all in one difference nobody could see which.
    for (const name of names) expect(now.get(name), name).toEqual(this.#before.get(name));
  }
}

async function freeze(table: Table, { alice, table: byWallet }: Offers): Promise<void> {
  const { operator } = table;
  await operator.develop('/dev/faults', { chain: 'frozen' });
  await eventually(
    'the monitor says down',
    () => operator.chain(),
    ({ level }) => level === 'down',
  );
  const dave = table.player('dave');
  // A deposit with nothing on its way hears of it when it is asked for something.
  await dave.post('/api/v1/withdrawals', { lamports: '9'.repeat(18) });
  const views: readonly (() => Promise<{ readonly link: LinkState }>)[] = [
    () => table.view(),
    () => byWallet.view(),
    () => alice.deposit(),
    () => dave.deposit(),
  ];
  for (const view of views) await eventually('it has heard of it', view, ({ link }) => link === 'queued');
}

/** But what the mirror still tries while the chain stands still. */
function lastingRows(stack: Stack): Rows {
  return new Map([...storedRows(stack)].filter(([name]) => !name.endsWith(' outbox')));
}

/** Every new route that changes something, with a body that only lacks what the test takes from it. */
export const routes = [
  ['cancel', (world: StillWorld) => world.pathTo('cancel'), { reason: 'platform_fault' }, OPERATOR],
  ['presence', (world: StillWorld) => world.pathTo('presence'), { userId: 'dave', present: false }, OPERATOR],
  [
    'intent',
    (world: StillWorld) => world.pathTo('join/intent'),
    { entryFee: LAMPORTS, paymentMethod: 1 },
    { as: 'bob' },
  ],
  [
    'sign',
    (world: StillWorld) => world.pathTo('sign'),
    { action: ACTION, transaction: 'AQID' },
    { as: 'dave' },
  ],
  ['resolve', (world: StillWorld) => world.pathTo('resolve'), { as: 'void', reason: 'because' }, OPERATOR],
  ['deposit', (_world: StillWorld) => '/api/v1/deposits', { lamports: LAMPORTS }, { as: 'dave' }],
  ['withdrawal', (_world: StillWorld) => '/api/v1/withdrawals', { lamports: LAMPORTS }, { as: 'dave' }],
  [
    'signature of a deposit',
    (_world: StillWorld) => '/api/v1/deposits/me/sign',
    { action: ACTION, transaction: 'AQID' },
    { as: 'dave' },
  ],
  [
    'resolution of a deposit',
    (_world: StillWorld) => '/api/v1/operator/deposits/dave/resolve',
    { as: 'retry', reason: 'because' },
    OPERATOR,
  ],
] as const;
