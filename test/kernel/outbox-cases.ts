/** The outbox: leased once, kept until it is done, retried with jitter, parked and never deleted unpaid. */
import { expect, it } from 'vitest';
import { Outbox, type OutboxRow } from '../../durable-objects/kernel/outbox.ts';
import { Bench, type Isolate, START } from './bench.ts';
import { ask, message, timer, work } from './events.ts';
import type { BenchContext, BenchEvent } from './machine.ts';
import type { WithStorage } from './storage.ts';

type BenchKernel = Isolate<BenchContext, BenchEvent>['kernel'];

export function outboxCases(withStorage: WithStorage): void {
  it('A row that is due is leased once, and again only when its lease has expired.', () =>
    withStorage((storage) => {
      const bench = new Bench(storage);
      const { kernel } = bench.isolate();
      const { leaseMs } = bench.settings;
      kernel.commit(ask(bench, [work('a', 1_000, { x: 1 })]), { id: 'first' });
      expect(kernel.outbox.lease(START + 999, 9)).toEqual([]);
      const [first] = kernel.outbox.lease(START + 1_000, 9);
      expect(first).toMatchObject({ key: 'a', task: 'drive', body: '{"x":1}', tries: 0 });
      expect(kernel.outbox.lease(START + 1_000 + leaseMs - 1, 9)).toEqual([]);
      const [second] = kernel.outbox.lease(START + 1_000 + leaseMs, 9);
      expect(second?.key).toBe('a');
      expect(second?.lease.token).not.toBe(first?.lease.token);
    }));

  it('Whoever finishes late finds the lease gone and changes nothing, whatever came of the work.', () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      const { kernel } = bench.isolate();
      kernel.commit(ask(bench, [work('a')]), { id: 'first' });
      const late = leaseOne(kernel, START);
      leaseOne(kernel, START + bench.settings.leaseMs);
      const before = await bench.dump();
      const now = START + bench.settings.leaseMs + 1;
      expect(kernel.outbox.holds(late.lease)).toBe(false);
      expect(kernel.outbox.finish(late.lease)).toBe(false);
      kernel.outbox.again(late.lease, now, 5);
      expect(kernel.outbox.failed(late, now, 'late')).toBe(false);
      // At the end of its tries it parks nothing either, so it must not say that it did.
      expect(kernel.outbox.failed({ ...late, tries: bench.settings.maxTries - 1 }, now, 'late')).toBe(false);
      const outcome = kernel.commit(ask(bench, [work('b')]), { id: 'result', lease: late.lease });
      expect(outcome).toEqual({ kind: 'lease_lost' });
      expect(await bench.dump()).toEqual(before);
    }));

  it('A row asked for again while it is worked is kept, and worked again with what was asked last.', () =>
    withStorage((storage) => {
      const bench = new Bench(storage);
      const { kernel } = bench.isolate();
      kernel.commit(ask(bench, [work('a', 0, 1)]), { id: 'first' });
      const row = leaseOne(kernel, START);
      kernel.commit(ask(bench, [work('a', 2_000, 2)]), { id: 'second', lease: row.lease });
      expect(kernel.outbox.lease(START + 5_000, 9)).toEqual([]);
      expect(kernel.outbox.finish(row.lease)).toBe(true);
      expect(kernel.outbox.lease(START + 1_999, 9)).toEqual([]);
      const again = leaseOne(kernel, START + 2_000);
      expect(again.body).toBe('2');
      expect(kernel.outbox.finish(again.lease)).toBe(true);
      expect(outboxKeys(kernel, START + 999_999)).toEqual([]);
    }));

  it('A row asked for again after its lease expired is not ended by the one who had leased it.', () =>
    withStorage((storage) => {
      const bench = new Bench(storage);
      const { kernel } = bench.isolate();
      kernel.commit(ask(bench, [work('a', 0, 1)]), { id: 'first' });
      const slow = leaseOne(kernel, START);
      bench.clock.advance(bench.settings.leaseMs + 1);
      kernel.commit(ask(bench, [work('a', 0, 2)]), { id: 'second' });
      expect(kernel.outbox.finish(slow.lease)).toBe(false);
      expect(leaseOne(kernel, bench.clock.now()).body).toBe('2');
    }));

  it('A row asked for again while its last try fails begins its tries anew.', () =>
    withStorage((storage) => {
      const bench = new Bench(storage, { settings: { maxTries: 1 } });
      const { kernel } = bench.isolate();
      kernel.commit(ask(bench, [work('a', 0, 1)]), { id: 'first' });
      const row = leaseOne(kernel, START);
      kernel.commit(ask(bench, [work('a', 0, 2)]), { id: 'second' });
      expect(kernel.outbox.failed(row, START, 'the old one')).toBe(false);
      const again = leaseOne(kernel, START + bench.settings.backoffMs);
      expect(again).toMatchObject({ body: '2', tries: 0 });
      expect(kernel.outbox.failed(again, START, 'the new one')).toBe(true);
    }));

  it('A failed row waits with full jitter under a doubling ceiling, and is parked at the end of its tries.', () =>
    withStorage((storage) => {
      const bench = new Bench(storage);
      const { kernel } = bench.isolate();
      const { backoffMs, backoffMaxMs, maxTries } = bench.settings;
      kernel.commit(ask(bench, [work('a')]), { id: 'first' });
      const waits: number[] = [];
      let now = START;
      for (let tries = 1; tries < maxTries; tries += 1) {
        const row = leaseOne(kernel, now);
        expect(row.tries).toBe(tries - 1);
        expect(kernel.outbox.isLastTry(row)).toBe(false);
        expect(kernel.outbox.failed(row, now, 'x'.repeat(900))).toBe(false);
        const due = stored(storage.sql.all('SELECT due, error FROM outbox')).due;
        expect(due - now).toBeGreaterThanOrEqual(1);
        expect(due - now).toBeLessThanOrEqual(Math.min(backoffMaxMs, backoffMs * 2 ** (tries - 1)));
        waits.push(due - now);
        now = due;
      }
      // Jitter: the waits are not the ceilings, and not all of one kind.
      expect(new Set(waits).size).toBeGreaterThan(maxTries / 2);
      const last = leaseOne(kernel, now);
      expect(kernel.outbox.isLastTry(last)).toBe(true);
      expect(kernel.outbox.failed(last, now, 'x'.repeat(900))).toBe(true);
      expect(storage.sql.all('SELECT key, parked, tries, lease, length(error) AS error FROM outbox')).toEqual(
        [{ key: 'a', parked: 1, tries: maxTries, lease: null, error: 500 }],
      );
      const later = now + 10 * backoffMaxMs;
      expect(outboxKeys(kernel, later - 1)).toEqual([]);
      expect(kernel.outbox.nextDue()).toBe(later);
      // Its sender asks again himself: that he may. It has called its person, and does not once more.
      const asked = kernel.outbox.leaseKey('a', now);
      expect(asked).toMatchObject({ key: 'a', tries: maxTries });
      expect(asked !== null && kernel.outbox.isLastTry(asked)).toBe(false);
      expect(asked !== null && kernel.outbox.failed(asked, now, 'again')).toBe(true);
      // Whom it could not reach may be back.
      expect(leaseOne(kernel, later)).toMatchObject({ key: 'a', tries: maxTries });
    }));

  it.each([
    [0x00, () => 1],
    [0xff, (ceiling: number) => ceiling],
  ])('Random bytes of %i put a failed row at that end of its wait.', (byte, expected) =>
    withStorage((storage) => {
      const bench = new Bench(storage);
      const { kernel } = bench.isolate();
      const bytes = (length: number) => new Uint8Array(length).fill(byte);
      const outbox = new Outbox(storage.sql, { bytes }, bench.settings);
      kernel.commit(ask(bench, [work('a')]), { id: 'first' });
      for (const [tries, ceiling] of [
        [0, 1_000],
        [3, 8_000],
        [18, 60_000],
      ] as const) {
        const row = leaseOne(kernel, START + 999_999_999);
        outbox.failed({ ...row, tries }, START, 'error');
        expect(stored(storage.sql.all('SELECT due FROM outbox')).due).toBe(START + expected(ceiling));
      }
    }),
  );

  it('A parked row that an event asks for is worked again, with all its tries.', () =>
    withStorage((storage) => {
      const bench = new Bench(storage, { settings: { maxTries: 1 } });
      const { kernel } = bench.isolate();
      kernel.commit(ask(bench, [work('a')]), { id: 'first' });
      expect(kernel.outbox.failed(leaseOne(kernel, START), START, 'error')).toBe(true);
      kernel.commit(ask(bench, [work('a')]), { id: 'second' });
      expect(leaseOne(kernel, START).tries).toBe(0);
    }));

  it('Work that has only to wait comes again with no try spent, sooner where it was asked for meanwhile.', () =>
    withStorage((storage) => {
      const bench = new Bench(storage);
      const { kernel } = bench.isolate();
      kernel.commit(ask(bench, [work('a')]), { id: 'first' });
      kernel.outbox.failed(leaseOne(kernel, START), START, 'once');
      let now = START + bench.settings.backoffMs;
      expect(leaseOne(kernel, now).tries).toBe(1);
      now += bench.settings.leaseMs;
      for (let look = 0; look < bench.settings.maxTries + 2; look += 1) {
        const row = leaseOne(kernel, now);
        kernel.outbox.again(row.lease, now, 700);
        now += 700;
      }
      const row = leaseOne(kernel, now);
      expect(row.tries).toBe(0);
      bench.clock.advance(now - START);
      kernel.commit(ask(bench, [work('a', 50)]), { id: 'second' });
      kernel.outbox.again(row.lease, now, 700);
      expect(outboxKeys(kernel, now + 49)).toEqual([]);
      expect(outboxKeys(kernel, now + 50)).toEqual(['a']);
    }));

  it('Rows that are due are worked first in, first out, and no more of them than were asked for.', () =>
    withStorage((storage) => {
      const bench = new Bench(storage);
      const { kernel } = bench.isolate();
      kernel.commit(ask(bench, [work('z'), message('m'), work('late', 10)]), { id: 'first' });
      kernel.commit(ask(bench, [work('b'), work('a')]), { id: 'second' });
      kernel.commit(
        ask(bench, [
          { type: 'record', row: 'alert', class: 'c', entity: 'e', severity: 'warning', message: 'm' },
        ]),
        { id: 'third' },
      );
      expect(kernel.outbox.lease(START + 10, 3).map(({ key }) => key)).toEqual(['z', 'm', 'b']);
      // Those that are being worked take no place in the batch.
      expect(kernel.outbox.lease(START + 10, 1).map(({ key }) => key)).toEqual(['a']);
      expect(kernel.outbox.lease(START + 10, 9).map(({ key }) => key)).toEqual(['alert:c|e', 'late']);
    }));

  it('The alarm stands at the earliest that is due: work, a timer, or the end of a lease.', () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      const { kernel } = bench.isolate();
      const expectAlarm = async (at: number | null) => expect(await storage.alarmAt()).toBe(at);
      kernel.commit(ask(bench), { id: 'nothing due' });
      await expectAlarm(null);
      kernel.commit(ask(bench, [work('a', 9_000)]), { id: 'work' });
      await expectAlarm(START + 9_000);
      kernel.commit(ask(bench, [timer('t', START + 5_000)]), { id: 'an earlier timer' });
      await expectAlarm(START + 5_000);
      kernel.commit(ask(bench, [timer('t', null)]), { id: 'without it' });
      await expectAlarm(START + 9_000);
      const rows: OutboxRow[] = [];
      kernel.settle(() => rows.push(...kernel.outbox.lease(START + 9_000, 1)));
      await expectAlarm(START + 9_000 + bench.settings.leaseMs);
      kernel.settle(() => rows.forEach((row) => void kernel.outbox.finish(row.lease)));
      await expectAlarm(null);
    }));

  it('The alarm is set only when its time changes.', () =>
    withStorage((storage) => {
      const bench = new Bench(storage);
      const { kernel } = bench.isolate();
      const setsOf = (act: () => unknown): number => {
        bench.stepped.restart();
        act();
        return bench.stepped.alarmSets;
      };
      const commit = (...effects: Parameters<typeof ask>[1] & object) =>
        setsOf(() => kernel.commit(ask(bench, effects), { id: 'event' }));
      expect(commit(work('a', 1_000))).toBe(1);
      expect(commit()).toBe(0);
      expect(commit(work('b', 2_000), timer('t', START + 3_000))).toBe(0);
      expect(commit(work('a', 1_000))).toBe(0);
      expect(commit(work('c', 500))).toBe(1);
      expect(setsOf(() => kernel.settle(() => {}))).toBe(0);
    }));
}

function leaseOne(kernel: BenchKernel, now: number): OutboxRow {
  const [row] = kernel.outbox.lease(now, 1);
  if (row === undefined) throw new Error(`nothing is due at ${now}`);
  return row;
}

function outboxKeys(kernel: BenchKernel, now: number): string[] {
  return kernel.outbox.lease(now, 99).map(({ key }) => key);
}

function stored(rows: Record<string, unknown>[]): { due: number } {
  return { due: Number(rows[0]?.due) };
}
