/** The platform's own alarm: it fires, it wakes an object that is gone, and the work of the outbox hangs on nothing else. */
import { env, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { expect, it } from 'vitest';
import type { Effect } from '../../machines/effects.ts';
import { timer, work } from '../kernel/events.ts';
import { type BenchHost, SETTINGS } from './host.ts';

type Stub = DurableObjectStub<BenchHost>;

/** An alarm is some milliseconds late, on a busy machine more. */
const PATIENCE = { timeout: 15_000, interval: 20 };

function commit(stub: Stub, effects: (now: number) => readonly Effect[]): Promise<void> {
  return runInDurableObject(stub, ({ kernel }: BenchHost) => {
    const at = Date.now();
    kernel.commit({ type: 'ask', at, amount: '1', effects: effects(at) }, { id: 'asked' });
  });
}

function rows(stub: Stub, sql: string): Promise<Record<string, SqlStorageValue>[]> {
  return runInDurableObject(stub, (_, { storage }) => storage.sql.exec(sql).toArray());
}

it('Work that an event asked for is done by the alarm, once, with nobody calling.', async () => {
  const stub = env.BENCHES.getByName('alarm/work');
  await commit(stub, () => [work('a'), work('b', 50)]);
  await expect.poll(() => rows(stub, 'SELECT key FROM outbox'), PATIENCE).toEqual([]);
  expect(await rows(stub, 'SELECT token, delta FROM posting ORDER BY token')).toEqual([
    { token: 'a', delta: '1' },
    { token: 'b', delta: '1' },
  ]);
  await expect
    .poll(() => runInDurableObject(stub, (_, { storage }) => storage.getAlarm()), PATIENCE)
    .toBeNull();
  expect(await runInDurableObject(stub, ({ kernel }) => kernel.journal.firstBreak())).toBeNull();
});

it('The alarm of an object that was evicted wakes it, and its timer fires.', async () => {
  const stub = env.BENCHES.getByName('alarm/evicted');
  await commit(stub, (now) => [timer('expire', now + 300)]);
  await evictDurableObject(stub);
  const value = () => runInDurableObject(stub, ({ kernel }) => kernel.standing.value);
  await expect.poll(value, PATIENCE).toBe('closed');
  const [fired] = await rows(stub, 'SELECT entry FROM journal WHERE seq = 2');
  const { at, id } = JSON.parse(String(fired?.entry));
  expect(at).toBeGreaterThanOrEqual(Number(id.split(':')[2]));
  expect(await rows(stub, 'SELECT name FROM timer')).toEqual([]);
});

it('An alarm that comes early does nothing, and stands again where it was due.', async () => {
  const stub = env.BENCHES.getByName('alarm/early');
  await commit(stub, () => [work('a', 600_000)]);
  const alarmOf = () => runInDurableObject(stub, (_, { storage }) => storage.getAlarm());
  const due = await alarmOf();
  expect(await runDurableObjectAlarm(stub)).toBe(true);
  expect(await alarmOf()).toBe(due);
  expect(await rows(stub, 'SELECT key, tries FROM outbox')).toEqual([{ key: 'a', tries: 0 }]);
});

it('Work that always fails is tried more often than the platform would, and then parked with an alert.', async () => {
  const stub = env.BENCHES.getByName('alarm/poison');
  await commit(stub, () => [{ type: 'work', key: 'p', task: 'publish', body: null, inMs: 0 }]);
  const parked = () => rows(stub, 'SELECT key, tries, error FROM outbox WHERE parked = 1');
  await expect.poll(parked, PATIENCE).toEqual([{ key: 'p', tries: SETTINGS.maxTries, error: 'always' }]);
  expect(await rows(stub, 'SELECT class FROM alert')).toEqual([{ class: 'outbox_parked' }]);
});
