/** An object that loses its memory, gently or not, comes back as the one that it was. */
import { abortAllDurableObjects, env, evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { expect, it } from 'vitest';
import type { CommitOptions } from '../../durable-objects/kernel/kernel.ts';
import type { Effect } from '../../machines/effects.ts';
import { DurableAlarm, DurableSql } from '../../services/host/storage.ts';
import { START } from '../kernel/bench.ts';
import { everyEffect, message, timer, work } from '../kernel/events.ts';
import type { BenchContext, BenchEvent } from '../kernel/machine.ts';
import { type Dump, dumpOf } from '../kernel/storage.ts';
import type { BenchHost } from './host.ts';

/** A fresh stub for each call: one that saw its object break stays broken (platform facts: A5). */
function stubOf(name: string): DurableObjectStub<BenchHost> {
  return env.BENCHES.getByName(`eviction/${name}`);
}

/** Everything that they make due is due in 2100: no alarm comes between. */
const events: readonly { readonly event: BenchEvent; readonly options: CommitOptions<BenchContext> }[] = [
  {
    event: { type: 'ask', at: START, amount: '18446744073709551615', effects: [] },
    options: { id: 'first', request: { amount: '1' }, answer: ({ seq }) => ({ status: 200, body: { seq } }) },
  },
  { event: ask(everyEffect(START, 'first')), options: { id: 'second' } },
  { event: ask([work('drive:a', 1), timer('expire:a', null), message('m')]), options: { id: 'third' } },
  { event: { type: 'refuse', at: START, code: 'match_full' }, options: { id: 'fourth', request: {} } },
  { event: { type: 'close', at: START }, options: { id: 'fifth', timer: 'expire:a' } },
];

function ask(effects: readonly Effect[]): BenchEvent {
  return { type: 'ask', at: START, amount: '1', effects };
}

interface Seen {
  readonly instance: BenchHost;
  readonly standing: BenchHost['kernel']['standing'];
  readonly dump: Dump;
}

function look(name: string): Promise<Seen> {
  return runInDurableObject(stubOf(name), async (instance, { storage }) => ({
    instance,
    standing: instance.kernel.standing,
    dump: await dumpOf({
      sql: new DurableSql(storage),
      alarm: new DurableAlarm(storage),
      alarmAt: () => storage.getAlarm(),
    }),
  }));
}

it.each([
  ['evicted', (name: string) => evictDurableObject(stubOf(name))],
  ['aborted', () => abortAllDurableObjects()],
])('An object that is %s after every event comes back the same.', async (how, lose) => {
  for (const { event, options } of events) {
    await runInDurableObject(stubOf(how), ({ kernel }) => void kernel.commit(event, options));
    const before = await look(how);
    await lose(how);
    const after = await look(how);
    expect(after.instance).not.toBe(before.instance);
    expect(after.standing).toEqual(before.standing);
    expect(after.dump).toEqual(before.dump);
  }
  await runInDurableObject(stubOf(how), ({ kernel }) => {
    expect(kernel.standing).toMatchObject({ seq: 4, value: 'closed', context: { asked: 3 } });
    expect(kernel.journal.firstBreak()).toBeNull();
  });
});

it('An object that dies in the middle of a commit comes back as it was before.', async () => {
  await runInDurableObject(stubOf('torn'), ({ kernel }) => void kernel.commit(ask([]), { id: 'first' }));
  const before = await look('torn');
  const dying = runInDurableObject(stubOf('torn'), ({ kernel }, state) => {
    const answer = () => {
      // The journal entry and the snapshot are written by now. (workerd writes a line about it to its log.)
      state.abort('dies while it answers');
      throw new Error('not reached by anyone');
    };
    kernel.commit(ask([work('a')]), { id: 'second', request: {}, answer });
  });
  await expect(dying).rejects.toThrow();
  const after = await look('torn');
  expect(after.instance).not.toBe(before.instance);
  expect([after.standing, after.dump]).toEqual([before.standing, before.dump]);
});
