/** The live socket of a match: what it shows is what the mirror knows, and to each viewer what is theirs to see. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MatchView } from '../../durable-objects/wire/views.ts';
import type { Stack } from '../../services/dev/stack.ts';
import { eventually, fundPlayers, startMirror, Table } from './support/mirror.ts';
import { Listener } from './support/sockets.ts';

/** As many as a match of this game seats. */
const PLAYERS = ['alice', 'bob', 'carol', 'dave'];

let stack: Stack;

beforeAll(async () => {
  stack = await startMirror();
  // A join takes 0.1 SOL, and the latencies below take many.
  await fundPlayers(stack, PLAYERS, 2_000_000_000n);
});

afterAll(() => stack?.stop());

const listen = (table: Table, as: string, role = 'player') =>
  Listener.open(stack.url, table.matchId, { as, role });

async function newTable(): Promise<Table> {
  const table = new Table(stack);
  expect(await table.create()).toMatchObject({ status: 201 });
  return table;
}

/** What the socket brought, folded, is what a GET answers at the same entry of the journal. */
async function expectSame(listener: Listener, get: () => Promise<MatchView>): Promise<void> {
  const got = await eventually('both are at the same entry', get, ({ seq }) => seq === listener.view?.seq);
  expect(listener.view).toEqual(got);
}

/** Greeting first; then each delta begins where the frame before it ended. */
function expectGapless({ frames }: Listener): void {
  const [hello, view, ...rest] = frames;
  expect([hello?.type, view?.type]).toEqual(['hello', 'view']);
  let seq = view?.type === 'view' ? view.seq : -1;
  for (const frame of rest) {
    if (frame.type !== 'delta') throw new Error(`a ${frame.type} among deltas`);
    expect(frame.since).toBe(seq);
    expect(frame.seq).toBeGreaterThan(seq);
    seq = frame.seq;
  }
}

describe('the live socket of a match that is played', () => {
  const listeners = new Map<string, Listener>();
  let table: Table;

  beforeAll(async () => {
    table = await newTable();
    for (const as of ['alice', 'bob', 'erin']) listeners.set(as, await listen(table, as));
    listeners.set('operator', await listen(table, 'operator', 'operator'));
    await Promise.all(['alice', 'bob'].map((userId) => table.join(userId)));
    await table.until('both are seated', ({ seats }) => seats.filter(isFinal).length === 2);
    await table.untilQuiet();
    await table.direct('start');
    await table.direct('end', { result: [{ userId: 'bob', shareBps: 10_000 }] });
    await table.until('it is settled', ({ money }) => money === 'settled');
  });

  afterAll(() => Promise.all([...listeners.values()].map((listener) => listener.close())));

  it.each(['alice', 'bob', 'erin', 'operator'])('shows %s what a GET answers, without a gap', async (as) => {
    const listener = heard(listeners, as);
    const reader = as === 'operator' ? table.operator : table.player(as);
    await expectSame(listener, () => reader.match(table.matchId));
    expectGapless(listener);
    // From the lobby to the prizes, each step by a delta of its own.
    expect(listener.frames.length).toBeGreaterThan(20);
    expect(listener.view).toMatchObject({ money: 'settled', decidedBy: 'chain' });
  });

  it('shows nobody the action of another player', async () => {
    const { seats } = await table.view();
    const action = (userId: string): string =>
      seats.find((seat) => seat.userId === userId)?.action ?? expect.unreachable(`${userId} has no action`);
    const sees = (as: string, userId: string): boolean =>
      heard(listeners, as).texts.some((text) => text.includes(action(userId)));
    expect([sees('operator', 'alice'), sees('operator', 'bob')]).toEqual([true, true]);
    expect([sees('alice', 'alice'), sees('alice', 'bob')]).toEqual([true, false]);
    expect([sees('bob', 'alice'), sees('bob', 'bob')]).toEqual([false, true]);
    expect([sees('erin', 'alice'), sees('erin', 'bob')]).toEqual([false, false]);
  });
});

describe('a live socket that was away', () => {
  it('is greeted with what it has missed', async () => {
    const table = await newTable();
    const first = await listen(table, 'bob');
    await first.until('it is greeted', ({ view }) => view !== null);
    const known = first.view?.seq ?? 0;
    await first.close();
    expect(await table.join('alice')).toMatchObject({ status: 200 });
    const second = await listen(table, 'bob');
    await second.until('it is greeted again', ({ view }) => view !== null);
    expect(second.view?.seq).toBeGreaterThan(known);
    expect(second.view?.seats).toMatchObject([{ userId: 'alice' }]);
    await expectSame(second, () => table.player('bob').match(table.matchId));
    await second.close();
  });
});

describe('a match that is evicted from memory', () => {
  it('loses its sockets as in a crash; clients come back by themselves and miss nothing', async () => {
    const table = await newTable();
    await table.untilQuiet();
    const views: MatchView[] = [];
    const client = table.player('alice').live(table.matchId, (view) => void views.push(view));
    const raw = await listen(table, 'bob');
    try {
      for (const userId of ['alice', 'bob']) {
        await eventually('it follows', table.view.bind(table), ({ seq }) => seq === views.at(-1)?.seq);
        await table.operator.develop('/dev/evict', { matchId: table.matchId });
        expect(await table.join(userId)).toMatchObject({ status: 200 });
      }
      // Hibernation keeps sockets; this is `ctx.abort()`, which does not: 1006, no closing handshake.
      expect(await raw.closed).toBe(1006);
      const known = await table.until('both are final', ({ seats }) => seats.filter(isFinal).length === 2);
      const got = await eventually(
        'it has come back, and caught up',
        () => table.player('alice').match(table.matchId),
        ({ seq }) => seq >= known.seq && seq === views.at(-1)?.seq,
      );
      expect(views.at(-1)).toEqual(got);
      const order = views.map(({ seq }) => seq);
      expect(order).toEqual(order.toSorted((left, right) => left - right));
    } finally {
      client.close();
    }
  });
});

describe('a join', () => {
  const MATCHES = 5;

  /** The median of one join after the other, into new matches. */
  async function joins(): Promise<number> {
    const times: number[] = [];
    const tables = await Promise.all(Array.from({ length: MATCHES }, newTable));
    for (const table of tables) {
      for (const userId of PLAYERS) {
        const { status, ms } = await table.join(userId);
        expect(status).toBe(200);
        times.push(ms);
      }
    }
    return times.toSorted((left, right) => left - right)[times.length / 2] ?? Number.NaN;
  }

  it('is acknowledged while the chain is well, and while it is away', async () => {
    const online = await joins();
    const { operator } = new Table(stack);
    await operator.develop('/dev/faults', { chain: 'frozen' });
    await eventually(
      'the monitor says down',
      () => operator.chain(),
      ({ level }) => level === 'down',
    );
    const outage = await joins();
    // Told, not judged: what a shared machine takes proves nothing. The budget is design section 13's.
    const text = (ms: number): string => `${ms.toFixed(1)} ms`;
    process.stdout.write(
      `join to ack, median of ${PLAYERS.length * MATCHES}: online ${text(online)}, outage ${text(outage)}\n`,
    );
  });
});

function heard(listeners: ReadonlyMap<string, Listener>, as: string): Listener {
  return listeners.get(as) ?? expect.unreachable(`${as} does not listen`);
}

function isFinal({ state }: { readonly state: string }): boolean {
  return state === 'final';
}
