/**
 * Crash points: whatever the object was writing, and at whichever statement it stopped, it wakes exactly as it was
 * before, or exactly as it was meant to be after (platform facts: P15c).
 */
import { expect, it } from 'vitest';
import type { Lease } from '../../durable-objects/kernel/outbox.ts';
import { Bench, type Isolate, START } from './bench.ts';
import { ask, asked, close, everyEffect, message, posting, timer, work } from './events.ts';
import { type BenchContext, type BenchEvent, benchBehaviour } from './machine.ts';
import { type Crash, Crashed, type Dump, type WithStorage } from './storage.ts';

interface Scenario {
  readonly name: string;
  /** Brings the storage to where the crash happens; answers what `act` needs of it. */
  prepare(bench: Bench): Lease | null;
  wake?(bench: Bench): Isolate<BenchContext, BenchEvent>;
  act(bench: Bench, isolate: Isolate<BenchContext, BenchEvent>, lease: Lease | null): unknown;
}

/** A stored version 1 that the release on the bench brings to version 2. */
const secondVersion = {
  ...benchBehaviour,
  version: 2,
  upgrades: [(stored: ReturnType<typeof benchBehaviour.initial>) => stored],
};

const scenarios: readonly Scenario[] = [
  {
    name: 'the first event, which makes the tables',
    prepare: () => null,
    act: (bench, { kernel }) => kernel.commit(ask(bench, everyEffect(START, 'key')), asked('key')),
  },
  {
    name: 'an event with an effect of every kind',
    prepare: begun,
    act: (bench, { kernel }) => kernel.commit(ask(bench, everyEffect(START, 'key')), asked('key')),
  },
  {
    name: 'a final refusal',
    prepare: (bench) => {
      begun(bench);
      bench.isolate().kernel.commit(close(bench), { id: 'closed' });
      return null;
    },
    act: (bench, { kernel }) => kernel.commit(ask(bench), asked('key')),
  },
  {
    name: 'the firing of a timer that sets another and sends a message',
    prepare: begun,
    act: (bench, { kernel }) =>
      kernel.commit(ask(bench, [timer('later', START + 70_000), message('hold:b')]), {
        id: 'timer:early',
        timer: 'early',
      }),
  },
  {
    name: 'the event of a leased row, which asks for the row again',
    prepare: leased,
    act: (bench, { kernel }, lease) =>
      kernel.commit(ask(bench, [work('a'), timer('early', null), posting('token', '-7')]), {
        id: 'result',
        ...(lease === null ? {} : { lease }),
      }),
  },
  {
    name: 'the end of a leased row',
    prepare: leased,
    act: (_, { kernel }, lease) => kernel.settle(() => void (lease && kernel.outbox.finish(lease))),
  },
  {
    name: 'the parking of a leased row',
    prepare: leased,
    act: (bench, { kernel }, lease) =>
      kernel.settle(() => {
        if (lease === null) return;
        const row = {
          key: lease.key,
          task: 'drive',
          body: 'null',
          tries: bench.settings.maxTries - 1,
          lease,
        };
        kernel.outbox.failed(row, bench.clock.now(), 'the last try');
      }),
  },
  {
    name: 'the first event after an upgrade of the snapshot',
    prepare: begun,
    wake: (bench) => bench.isolateOf(secondVersion),
    act: (bench, { kernel }) => kernel.commit(ask(bench), asked('key')),
  },
];

export function crashCases(withStorage: WithStorage): void {
  it.each(scenarios)('A crash at any statement of $name leaves what was before.', async (scenario) => {
    const clean = await cleanRun(withStorage, scenario);
    expect(clean.steps).toBeGreaterThan(2);
    for (const crash of crashesOf(clean.steps)) {
      await withStorage(async (storage) => {
        const bench = new Bench(storage);
        const lease = scenario.prepare(bench);
        const before = { dump: await bench.dump(), standing: bench.isolate().kernel.standing };
        const isolate = wake(bench, scenario);
        crashing(bench, crash, () => scenario.act(bench, isolate, lease));
        expect(await bench.dump(), JSON.stringify(crash)).toEqual(before.dump);
        expect(bench.isolate().kernel.standing).toEqual(before.standing);
        expect(isolate.kernel.standing).toEqual(wake(bench, scenario).kernel.standing);
        expect(isolate.committed).toEqual([]);
        // The isolate that lived through it does the same once more, and nothing of the first try is left in it.
        bench.random.reset();
        scenario.act(bench, isolate, lease);
        expect(await bench.dump(), `again after ${JSON.stringify(crash)}`).toEqual(clean.after);
      });
    }
  });

  it.each(scenarios)('A crash right after $name leaves what was meant to be.', async (scenario) => {
    const clean = await cleanRun(withStorage, scenario);
    await withStorage(async (storage) => {
      const bench = new Bench(storage);
      const lease = scenario.prepare(bench);
      const isolate = wake(bench, scenario);
      bench.random.reset();
      crashing(bench, 'after the transaction', () => scenario.act(bench, isolate, lease));
      expect(await bench.dump()).toEqual(clean.after);
      const reborn = wake(bench, scenario).kernel;
      expect(reborn.journal.firstBreak()).toBeNull();
      const seq = reborn.standing.seq;
      const next = reborn.commit({ type: 'refuse', at: START, code: 'not_ready' }, { id: 'next' });
      expect([next.kind, reborn.standing.seq]).toEqual(['refused', seq]);
    });
  });

  it('Who asks again after a crash right after the commit is told what was done.', () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      const { kernel } = bench.isolate();
      crashing(bench, 'after the transaction', () => kernel.commit(ask(bench, [work('a')]), asked('key')));
      const before = await bench.dump();
      const answer = { status: 200, text: '{"seq":1,"total":"1"}' };
      for (const isolate of [bench.isolate(), { kernel }]) {
        expect(isolate.kernel.commit(ask(bench, [work('a')]), asked('key'))).toEqual({
          kind: 'repeated',
          answer,
        });
      }
      expect(await bench.dump()).toEqual(before);
    }));
}

function begun(bench: Bench): null {
  const { kernel } = bench.isolate();
  kernel.commit(ask(bench, [timer('early', START + 60_000), work('a')]), asked('first'));
  kernel.commit(ask(bench), { id: 'second' });
  return null;
}

function leased(bench: Bench): Lease {
  begun(bench);
  const { kernel } = bench.isolate();
  const leases: Lease[] = [];
  kernel.settle(() => leases.push(...kernel.outbox.lease(START, 1).map(({ lease }) => lease)));
  const [lease] = leases;
  if (lease === undefined) throw new Error('nothing was leased');
  return lease;
}

function wake(bench: Bench, scenario: Scenario): Isolate<BenchContext, BenchEvent> {
  return scenario.wake?.(bench) ?? bench.isolate();
}

async function cleanRun(
  withStorage: WithStorage,
  scenario: Scenario,
): Promise<{ steps: number; after: Dump }> {
  const runs: { steps: number; after: Dump }[] = [];
  await withStorage(async (storage) => {
    const bench = new Bench(storage);
    const lease = scenario.prepare(bench);
    const isolate = wake(bench, scenario);
    bench.random.reset();
    bench.stepped.restart();
    scenario.act(bench, isolate, lease);
    runs.push({ steps: bench.stepped.steps, after: await bench.dump() });
  });
  const [run] = runs;
  if (run === undefined) throw new Error('the clean run did not end');
  return run;
}

function crashesOf(steps: number): Crash[] {
  return [
    ...Array.from({ length: steps }, (_, index) => ({ step: index + 1 })),
    'at the end of the transaction' as const,
  ];
}

function crashing(bench: Bench, crash: Crash, act: () => unknown): void {
  bench.stepped.restart();
  bench.stepped.crash = crash;
  expect(act, JSON.stringify(crash)).toThrow(Crashed);
  bench.stepped.crash = null;
}
