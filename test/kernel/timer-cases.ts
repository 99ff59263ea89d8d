/** Timers: rows that become ordinary journalled events, once each, and outlive every isolate. */
import { expect, it } from 'vitest';
import type { Json } from '../../machines/effects.ts';
import { Bench, START } from './bench.ts';
import { desk } from './desk.ts';
import { ask, close, timer, work } from './events.ts';
import type { KernelStorage, WithStorage } from './storage.ts';

export function timerCases(withStorage: WithStorage): void {
  it('A timer fires once, not before its time, as a journalled event.', () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      const { kernel, workbench, fired } = desk(bench);
      kernel.commit(ask(bench, [timer('expire', START + 1_000)]), { id: 'first' });
      bench.clock.advance(999);
      await workbench.alarm();
      expect(fired).toEqual([]);
      bench.clock.advance(1);
      await workbench.alarm();
      await workbench.alarm();
      expect(fired).toEqual(['expire']);
      expect(timersIn(storage)).toEqual([]);
      expect(kernel.journal.page(2, 9).entries.map(({ entry }) => JSON.parse(entry))).toEqual([
        {
          seq: 2,
          at: START + 1_000,
          id: `timer:expire:${START + 1_000}`,
          event: { type: 'close', at: START + 1_000 },
          from: 'open',
          to: 'closed',
        },
      ]);
      expect(await storage.alarmAt()).toBeNull();
    }));

  it('A timer set anew moves, and a cancelled one never fires.', () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      const { kernel, workbench, fired } = desk(bench);
      kernel.commit(ask(bench, [timer('moved', START + 10), timer('cancelled', START + 10)]), {
        id: 'first',
      });
      kernel.commit(ask(bench, [timer('moved', START + 50, again('x')), timer('cancelled', null)]), {
        id: 'second',
      });
      bench.clock.advance(49);
      await workbench.alarm();
      expect(fired).toEqual([]);
      bench.clock.advance(1);
      await workbench.alarm();
      expect(fired).toEqual(['moved']);
      expect(kernel.standing).toMatchObject({ value: 'open', context: { asked: 3 } });
    }));

  it('A timer survives the isolate that set it, and the alarm with it.', () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      bench.isolate().kernel.commit(ask(bench, [timer('expire', START + 1_000)]), { id: 'first' });
      expect(await storage.alarmAt()).toBe(START + 1_000);
      bench.clock.advance(3_600_000);
      const later = desk(bench);
      await later.workbench.alarm();
      expect(later.fired).toEqual(['expire']);
      expect(later.kernel.standing).toMatchObject({ seq: 2, value: 'closed' });
    }));

  it('A timer whose event the state no longer takes is removed, and nothing is journalled.', () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      const { kernel, workbench, fired } = desk(bench);
      kernel.commit(ask(bench, [timer('expire', START)]), { id: 'first' });
      kernel.commit(close(bench), { id: 'second' });
      await workbench.alarm();
      await workbench.alarm();
      expect([fired, timersIn(storage), kernel.standing.seq]).toEqual([['expire'], [], 2]);
    }));

  it.each([
    ['one due before the other', { a: START + 2, b: START + 1 }, ['b', 'a']],
    ['the other due before the one', { a: START + 1, b: START + 2 }, ['a', 'b']],
    ['both due at once', { a: START, b: START }, ['a', 'b']],
  ])('Timers fire by time, then by name: %s.', (_, due, order) =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      const { kernel, workbench, fired } = desk(bench);
      kernel.commit(ask(bench, [timer('b', due.b, again('b')), timer('a', due.a, again('a'))]), { id: '1' });
      bench.clock.advance(10);
      await workbench.alarm();
      expect(fired).toEqual(order);
      expect(kernel.standing.context.asked).toBe(3);
    }),
  );

  it('A timer that the one before it moved or cancelled does not fire with it.', () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      const { kernel, workbench, fired } = desk(bench);
      const rearrange = [timer('b', START + 500), timer('c', null)];
      kernel.commit(
        ask(bench, [
          timer('a', START, { type: 'ask', amount: '1', effects: rearrange as unknown as Json }),
          timer('b', START),
          timer('c', START),
        ]),
        { id: 'first' },
      );
      await workbench.alarm();
      expect(fired).toEqual(['a']);
      expect(timersIn(storage)).toEqual([{ name: 'b', due: START + 500 }]);
      expect(await storage.alarmAt()).toBe(START + 500);
    }));

  it('A timer that sets itself anew in its firing stays.', () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      const { kernel, workbench, fired } = desk(bench);
      const next = timer('tick', START + 100, again('tick')) as unknown as Json;
      kernel.commit(
        ask(bench, [timer('tick', START, { type: 'ask', amount: '1', effects: [next] as Json })]),
        { id: 'first' },
      );
      await workbench.alarm();
      expect(fired).toEqual(['tick']);
      expect(timersIn(storage)).toEqual([{ name: 'tick', due: START + 100 }]);
    }));

  it('More timers than one alarm takes fire at the next, which is due at once.', () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage, { settings: { alarmBatch: 3 } });
      const { kernel, workbench, fired } = desk(bench);
      const timers = ['a', 'b', 'c', 'd', 'e'].map((name) => timer(name, START, again(name)));
      kernel.commit(ask(bench, timers), { id: 'first' });
      await workbench.alarm();
      expect(fired).toEqual(['a', 'b', 'c']);
      expect(await storage.alarmAt()).toBe(START);
      await workbench.alarm();
      expect(fired).toEqual(['a', 'b', 'c', 'd', 'e']);
    }));

  it('A timer that meets a fault of the machine stops neither the others nor the outbox, and is not lost.', () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      const { kernel, workbench, fired, worked } = desk(bench);
      kernel.commit(
        ask(bench, [timer('a', START, { type: 'fault' }), timer('b', START, again('b')), work('row')]),
        { id: 'first' },
      );
      await workbench.alarm();
      expect([fired, worked]).toEqual([
        ['a', 'b'],
        ['row', 'alert:timer_failed|bench/one#a'],
      ]);
      // It is tried again, but not at once: an alarm that is always due would spin.
      const [left] = timersIn(storage);
      expect(left?.name).toBe('a');
      expect(left?.due).toBeGreaterThan(START);
      expect(await storage.alarmAt()).toBeGreaterThan(START);
      expect(kernel.records.alerts()).toMatchObject([{ class: 'timer_failed', severity: 'critical' }]);
    }));
}

/** An event that is taken and changes only the count. */
function again(name: string): Json {
  return { type: 'ask', amount: '1', effects: [], name };
}

function timersIn(storage: KernelStorage): { name: string; due: number }[] {
  return storage.sql.all<{ name: string; due: number }>('SELECT name, due FROM timer ORDER BY name');
}
