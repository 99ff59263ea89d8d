/** The workbench: one alarm's work, bounded, and never the end of the object whatever a handler does. */
import { expect, it } from 'vitest';
import { FINISHED } from '../../durable-objects/kernel/workbench.ts';
import { ChainUnavailable } from '../../durable-objects/ports.ts';
import { Bench, START } from './bench.ts';
import { desk } from './desk.ts';
import { ask, message, posting, work } from './events.ts';
import { Crashed, type WithStorage } from './storage.ts';

export function workbenchCases(withStorage: WithStorage): void {
  it('The alarm arms itself before it works, so that a death in a handler is not the end.', () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      const seen: (number | null)[] = [];
      const { kernel, workbench } = desk(bench, {
        drive: async () => {
          seen.push(await storage.alarmAt());
          return FINISHED;
        },
      });
      kernel.commit(ask(bench, [work('a')]), { id: 'first' });
      // The platform takes the alarm before it calls the object.
      storage.alarm.set(null);
      await workbench.alarm();
      const [during] = seen;
      expect(during).toBeGreaterThan(START);
      expect(during).toBeLessThanOrEqual(START + bench.settings.leaseMs);
      expect(await storage.alarmAt()).toBeNull();
    }));

  it('The very first thing that an alarm does is to arm itself.', () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      desk(bench).kernel.commit(ask(bench, [work('a')]), { id: 'first' });
      storage.alarm.set(null);
      const { workbench, kernel } = desk(bench);
      expect(kernel.standing.seq).toBe(1);
      bench.stepped.restart();
      bench.stepped.crash = { step: 2 };
      await workbench.alarm().catch((error: unknown) => expect(error).toBeInstanceOf(Crashed));
      bench.stepped.crash = null;
      expect(await storage.alarmAt()).not.toBeNull();
    }));

  it('An alarm works a bounded batch, four rows at a time, and is due again at once for the rest.', () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage, { settings: { alarmBatch: 6 } });
      let inHand = 0;
      const widths: number[] = [];
      const { kernel, workbench, worked } = desk(bench, {
        drive: async () => {
          inHand += 1;
          widths.push(inHand);
          await Promise.resolve();
          inHand -= 1;
          return FINISHED;
        },
      });
      const keys = Array.from({ length: 9 }, (_, index) => `row ${index}`);
      kernel.commit(
        ask(
          bench,
          keys.map((key) => work(key)),
        ),
        { id: 'first' },
      );
      await workbench.alarm();
      expect(worked).toEqual(keys.slice(0, 6));
      expect(Math.max(...widths)).toBe(4);
      expect(await storage.alarmAt()).toBe(START);
      await workbench.alarm();
      expect(worked).toEqual(keys);
      expect(storage.sql.all('SELECT key FROM outbox')).toEqual([]);
      expect(await storage.alarmAt()).toBeNull();
    }));

  it('A handler that throws, at once or later, stops no other and is tried again.', () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      const { kernel, workbench, worked } = desk(bench, {
        drive: (row) => {
          if (row.key === 'a') throw new Error('at once');
          return row.key === 'b' ? Promise.reject(new Error('later')) : Promise.resolve(FINISHED);
        },
      });
      kernel.commit(ask(bench, [work('a'), work('b'), work('c'), work('d'), work('e')]), { id: 'first' });
      await workbench.alarm();
      expect(worked).toEqual(['a', 'b', 'c', 'd', 'e']);
      expect(storage.sql.all('SELECT key, tries, error, parked FROM outbox ORDER BY key')).toEqual([
        { key: 'a', tries: 1, error: 'at once', parked: 0 },
        { key: 'b', tries: 1, error: 'later', parked: 0 },
      ]);
    }));

  it('What is thrown and no error at all is written down as well.', () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      const { kernel, workbench } = desk(bench, { drive: () => Promise.reject('a text') });
      kernel.commit(ask(bench, [work('a')]), { id: 'first' });
      await workbench.alarm();
      expect(storage.sql.all('SELECT error FROM outbox')).toEqual([{ error: 'a text' }]);
    }));

  it('A row of an unknown task is tried to the end, parked with an alert, and not lost.', () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage, { settings: { maxTries: 3 } });
      const { kernel, workbench, parked } = desk(bench);
      kernel.commit(ask(bench, [{ type: 'work', key: 'p', task: 'publish', body: 7, inMs: 0 }]), { id: '1' });
      for (let alarm = 0; alarm < 5; alarm += 1) {
        await workbench.alarm();
        bench.clock.advance(bench.settings.backoffMaxMs);
      }
      const error = 'no handler for task publish';
      expect(parked).toEqual([{ key: 'p', error }]);
      expect(storage.sql.all("SELECT body, tries, parked, error FROM outbox WHERE key = 'p'")).toEqual([
        { body: '7', tries: 3, parked: 1, error },
      ]);
      expect(kernel.records.alerts()).toMatchObject([
        { class: 'outbox_parked', severity: 'critical', message: error },
      ]);
    }));

  it('Work that waits for a chain that cannot be read is never parked; other faults then park it, after tries of their own.', () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage, { settings: { maxTries: 4 } });
      let isDown = true;
      const { kernel, workbench, parked, worked } = desk(bench, {
        drive: () =>
          Promise.reject(isDown ? new ChainUnavailable('timeout', 'one', 'silent') : new Error('a fault')),
      });
      kernel.commit(ask(bench, [work('a')]), { id: 'first' });
      const alarm = async () => {
        bench.clock.advance(bench.settings.backoffMaxMs);
        await workbench.alarm();
      };
      for (let day = 0; day < 20; day += 1) await alarm();
      expect([worked.length, parked]).toEqual([20, []]);
      isDown = false;
      await alarm();
      expect(parked).toEqual([]);
      await alarm();
      expect(parked).toEqual([{ key: 'a', error: 'a fault' }]);
    }));

  it('An alert that cannot be delivered is parked like any row, and raises no further alert.', () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage, { settings: { maxTries: 2 } });
      const { kernel, workbench, parked } = desk(bench, {
        alert: () => Promise.reject(new Error('no line')),
      });
      kernel.commit(
        ask(bench, [
          { type: 'record', row: 'alert', class: 'c', entity: 'e', severity: 'warning', message: 'm' },
        ]),
        { id: 'first' },
      );
      for (let alarm = 0; alarm < 6; alarm += 1) {
        await workbench.alarm();
        bench.clock.advance(bench.settings.backoffMaxMs);
      }
      expect(parked).toEqual([{ key: 'alert:c|e', error: 'no line' }]);
      expect(storage.sql.all('SELECT key FROM outbox')).toEqual([{ key: 'alert:c|e' }]);
    }));

  it('A row that waits comes again after its time and spends no try.', () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      let looks = 0;
      const { kernel, workbench } = desk(bench, {
        drive: async () => {
          looks += 1;
          return looks < 3 ? { kind: 'again', inMs: 400 } : FINISHED;
        },
      });
      kernel.commit(ask(bench, [work('a')]), { id: 'first' });
      await workbench.alarm();
      await workbench.alarm();
      expect(looks).toBe(1);
      expect(await storage.alarmAt()).toBe(START + 400);
      for (const expected of [2, 3, 3]) {
        bench.clock.advance(400);
        await workbench.alarm();
        expect(looks).toBe(expected);
      }
      expect(storage.sql.all('SELECT key FROM outbox')).toEqual([]);
    }));

  it('A handler commits its result under its lease, and a result that comes too late changes nothing.', () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      const outcomes: string[] = [];
      const waiting: (() => void)[] = [];
      const { kernel, workbench, worked } = desk(bench, {
        hold: async (row) => {
          if (worked.length === 1) await new Promise<void>((go) => waiting.push(go));
          const outcome = kernel.commit(ask(bench, [posting(row.key, '5')]), {
            id: 'result:m',
            lease: row.lease,
          });
          outcomes.push(outcome.kind);
          return FINISHED;
        },
      });
      kernel.commit(ask(bench, [message('m')]), { id: 'first' });
      const slow = workbench.alarm();
      bench.clock.advance(bench.settings.leaseMs);
      await workbench.alarm();
      waiting[0]?.();
      await slow;
      expect(outcomes).toEqual(['committed', 'lease_lost']);
      expect(kernel.records.postings()).toHaveLength(1);
      expect(storage.sql.all('SELECT key FROM outbox')).toEqual([]);
    }));

  it('One row is worked inside the request that made it, unless somebody else works it.', () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      const { kernel, workbench, worked } = desk(bench, {
        hold: async () => {
          expect(await workbench.runNow('m')).toBe(false);
          return FINISHED;
        },
      });
      kernel.commit(ask(bench, [message('m'), work('later', 60_000)]), { id: 'first' });
      expect(await workbench.runNow('m')).toBe(true);
      expect(await workbench.runNow('m')).toBe(false);
      expect(worked).toEqual(['m']);
      expect(await storage.alarmAt()).toBe(START + 60_000);
      expect(await workbench.runNow('later')).toBe(true);
      expect(await workbench.runNow('no such row')).toBe(false);
      expect(await storage.alarmAt()).toBeNull();
    }));

  it('A row that failed inside its request is left to the alarm.', () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      const { kernel, workbench } = desk(bench, { hold: () => Promise.reject(new Error('no answer')) });
      kernel.commit(ask(bench, [message('m')]), { id: 'first' });
      expect(await workbench.runNow('m')).toBe(true);
      const [row] = storage.sql.all<{ tries: number; due: number }>('SELECT tries, due FROM outbox');
      expect(row?.tries).toBe(1);
      expect(await storage.alarmAt()).toBe(row?.due);
    }));

  it('An alarm on an object that never was makes no table and throws nothing.', () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      await desk(bench).workbench.alarm();
      expect((await bench.dump()).tables).toEqual({});
    }));
}
