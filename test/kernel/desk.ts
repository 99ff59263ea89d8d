/** A workbench on its bench: handlers that a test gives, timers fired the way the objects fire them. */
import type { OutboxRow } from '../../durable-objects/kernel/outbox.ts';
import type { DueTimer } from '../../durable-objects/kernel/timers.ts';
import { FINISHED, type Handlers, Workbench } from '../../durable-objects/kernel/workbench.ts';
import type { Bench, Isolate } from './bench.ts';
import type { BenchContext, BenchEvent } from './machine.ts';

export interface Desk extends Isolate<BenchContext, BenchEvent> {
  readonly workbench: Workbench<BenchContext, BenchEvent>;
  /** Keys of the rows that were worked, in the order in which work on them began. */
  readonly worked: string[];
  readonly fired: string[];
  readonly parked: { readonly key: string; readonly error: string }[];
}

/** `drive`, `hold` and `alert` finish at once unless `handlers` says otherwise. */
export function desk(bench: Bench, handlers: Handlers = {}): Desk {
  const isolate = bench.isolate();
  const { kernel } = isolate;
  const worked: string[] = [];
  const fired: string[] = [];
  const parked: Desk['parked'] = [];
  const given: Handlers = {
    drive: async () => FINISHED,
    hold: async () => FINISHED,
    alert: async () => FINISHED,
    ...handlers,
  };
  const watched = Object.entries(given).map(([task, handler]) => [
    task,
    (row: OutboxRow) => {
      worked.push(row.key);
      return handler(row);
    },
  ]);
  const fire = (timer: DueTimer): void => {
    fired.push(timer.name);
    // SAFETY: the tests' timers carry events of the bench machine.
    const event = { ...(JSON.parse(timer.event) as object), at: bench.clock.now() } as BenchEvent;
    const outcome = kernel.commit(event, { id: `timer:${timer.name}:${timer.due}`, timer: timer.name });
    if (outcome.kind === 'refused') kernel.settle(() => kernel.timers.remove(timer.name));
  };
  const workbench = new Workbench(bench.world, kernel, Object.fromEntries(watched), fire, (row, error) =>
    parked.push({ key: row.key, error }),
  );
  return { ...isolate, workbench, worked, fired, parked };
}
