/** Snapshots of other releases: older ones are upgraded, newer ones only read, another machine's not touched at all. */
import { expect, it } from 'vitest';
import type { ActorState } from '../../durable-objects/kernel/machine-port.ts';
import { FINISHED, Workbench } from '../../durable-objects/kernel/workbench.ts';
import { Bench, START } from './bench.ts';
import { desk } from './desk.ts';
import { ask, asked, timer, work } from './events.ts';
import { type BenchContext, benchBehaviour } from './machine.ts';
import type { KernelStorage, WithStorage } from './storage.ts';

type State = ActorState<BenchContext>;

/** The bench machine of a later release. Upgrade 2 adds one, upgrade 3 takes tenfold: their order shows. */
function release(version: 1 | 2 | 3) {
  const change = (total: (before: bigint) => bigint) => (stored: State) => ({
    ...stored,
    context: { ...stored.context, total: total(BigInt(stored.context.total)).toString() },
  });
  const upgrades = [change((total) => total + 1n), change((total) => total * 10n)];
  return { ...benchBehaviour, version, upgrades: upgrades.slice(0, version - 1) };
}

export function versionCases(withStorage: WithStorage): void {
  it('An older snapshot is upgraded by each function in order, and written back with the next commit.', () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      bench.isolateOf(release(1)).kernel.commit(ask(bench, [], '5'), asked('first'));
      const before = await bench.dump();
      const { kernel } = bench.isolateOf(release(3));
      expect(kernel.standing).toMatchObject({ seq: 1, context: { asked: 1, total: '60' } });
      expect(kernel.commit(ask(bench), asked('first')).kind).toBe('repeated');
      expect(await bench.dump()).toEqual(before);
      kernel.commit(ask(bench, [], '4'), { id: 'second' });
      expect(snapshotIn(storage)).toEqual({
        version: 3,
        seq: 2,
        context: '{"asked":2,"total":"64"}',
      });
      expect(bench.isolateOf(release(3)).kernel.standing).toEqual(kernel.standing);
      expect(kernel.journal.firstBreak()).toBeNull();
    }));

  it('A snapshot of the version between takes only the upgrades after it.', () =>
    withStorage((storage) => {
      const bench = new Bench(storage);
      bench.isolateOf(release(2)).kernel.commit(ask(bench, [], '5'), { id: 'first' });
      expect(bench.isolateOf(release(3)).kernel.standing.context.total).toBe('50');
      expect(bench.isolateOf(release(2)).kernel.standing.context.total).toBe('5');
    }));

  it('An object that a newer release wrote serves reads, refuses for now, and writes nothing at all.', () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      const newer = bench.isolateOf(release(2)).kernel;
      newer.commit(ask(bench, [work('a'), timer('t', START)], '5'), asked('first'));
      const before = await bench.dump();
      const { kernel, committed } = bench.isolateOf(release(1));
      expect(kernel.standing).toEqual(newer.standing);
      expect(kernel.journal.page(1, 9).entries).toHaveLength(1);
      expect(kernel.isWritable).toBe(false);
      for (const id of ['first', 'second']) {
        expect(kernel.commit(ask(bench), asked(id))).toMatchObject({
          kind: 'refused',
          refusal: { code: 'snapshot_version_unknown', retryable: true },
          answer: { status: 503 },
        });
      }
      kernel.settle(() => void kernel.outbox.lease(START, 9));
      expect(await bench.dump()).toEqual(before);
      expect(committed).toEqual([]);
    }));

  it('An alarm on an object that a newer release wrote does no work, and leaves the alarm to that release.', () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      const newer = bench.isolateOf(release(2)).kernel;
      newer.commit(ask(bench, [work('a'), timer('t', START)]), { id: 'first' });
      const before = await bench.dump();
      const { workbench, worked, fired } = desk(bench);
      await workbench.alarm();
      expect(await workbench.runNow('a')).toBe(false);
      expect([worked, fired]).toEqual([[], []]);
      const after = await bench.dump();
      expect(after.tables).toEqual(before.tables);
      // Else nobody would ever wake it again.
      expect(after.alarm).toBe(START + bench.settings.deadManMs);
    }));

  it('An isolate of the older release that is still awake writes nothing over what the newer one wrote.', () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      const older = bench.isolateOf(release(1)).kernel;
      older.commit(ask(bench, [], '5'), asked('first'));
      bench.isolateOf(release(2)).kernel.commit(ask(bench, [], '4'), { id: 'second' });
      const before = await bench.dump();
      expect(older.commit(ask(bench), asked('third'))).toMatchObject({
        refusal: { code: 'snapshot_version_unknown' },
      });
      expect(await bench.dump()).toEqual(before);
      expect(older.isWritable).toBe(false);
    }));

  it('Work that the older release had in hand at the upgrade is not ended by it, but done again by the newer.', () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      const older = bench.isolateOf(release(1)).kernel;
      older.commit(ask(bench, [work('a')]), { id: 'first' });
      const workbench = new Workbench(
        bench.world,
        older,
        {
          drive: async (row) => {
            bench.isolateOf(release(2)).kernel.commit(ask(bench), { id: 'upgrade' });
            older.commit(ask(bench), { id: 'result', lease: row.lease });
            return FINISHED;
          },
        },
        () => {},
        () => {},
      );
      await workbench.alarm();
      const newer = bench.isolateOf(release(2)).kernel;
      expect(newer.standing.seq).toBe(2);
      expect(newer.outbox.lease(START + bench.settings.leaseMs, 9).map(({ key }) => key)).toEqual(['a']);
      expect(await storage.alarmAt()).not.toBeNull();
    }));

  it("Another machine's snapshot is refused loudly, and not touched.", () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      bench.isolate().kernel.commit(ask(bench), { id: 'first' });
      const before = await bench.dump();
      const { kernel } = bench.isolateOf({ ...benchBehaviour, id: 'deposit' });
      expect(() => kernel.standing).toThrow('snapshot of machine bench, not deposit');
      expect(() => kernel.commit(ask(bench), asked('second'))).toThrow('snapshot of machine bench');
      expect(await bench.dump()).toEqual(before);
    }));
}

function snapshotIn(storage: KernelStorage): Record<string, unknown> | undefined {
  return storage.sql.all('SELECT version, seq, context FROM snapshot')[0];
}
