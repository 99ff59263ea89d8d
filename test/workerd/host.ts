/**
 * The Worker of the kernel's tests: one class of Durable Objects with the storage and the clock of the platform. Most
 * cases use only the storage of such an object; those of eviction and alarm use the kernel that it hosts.
 */
import { DurableObject } from 'cloudflare:workers';
import { Kernel } from '../../durable-objects/kernel/kernel.ts';
import type { OutboxRow } from '../../durable-objects/kernel/outbox.ts';
import type { DueTimer } from '../../durable-objects/kernel/timers.ts';
import { FINISHED, Workbench, type Worked } from '../../durable-objects/kernel/workbench.ts';
import type { ObjectWorld } from '../../durable-objects/ports.ts';
import { mirrorSettings } from '../../durable-objects/settings.ts';
import { DurableAlarm, DurableSql } from '../../services/host/storage.ts';
import { portOf } from '../kernel/bench.ts';
import { posting } from '../kernel/events.ts';
import { type BenchContext, type BenchEvent, benchBehaviour } from '../kernel/machine.ts';

export interface Env {
  readonly BENCHES: DurableObjectNamespace<BenchHost>;
}

/** Back-offs of 10 ms and more, and more tries than the six that the platform gives an alarm that throws. */
export const SETTINGS = { ...mirrorSettings(0.01), backoffMaxMs: 100, maxTries: 9 };

export class BenchHost extends DurableObject<Env> {
  readonly kernel: Kernel<BenchContext, BenchEvent>;
  readonly #workbench: Workbench<BenchContext, BenchEvent>;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const world: ObjectWorld = {
      name: ctx.id.name ?? '',
      settings: SETTINGS,
      sql: new DurableSql(ctx.storage),
      alarm: new DurableAlarm(ctx.storage),
      clock: { now: () => Date.now() },
      random: { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)) },
      sockets: portOf('sockets', {}),
      chain: portOf('chain', {}),
      signer: portOf('signer', {}),
      probes: portOf('probes', {}),
      peers: portOf('peers', {}),
      alerts: portOf('alerts', {}),
    };
    this.kernel = new Kernel(world, benchBehaviour, () => {});
    const handlers = {
      drive: (row: OutboxRow) => this.#drive(row),
      publish: () => Promise.reject(new Error('always')),
      alert: async () => FINISHED,
    };
    this.#workbench = new Workbench(
      world,
      this.kernel,
      handlers,
      (timer) => this.#fire(timer),
      () => {},
    );
  }

  override async alarm(): Promise<void> {
    await this.#workbench.alarm();
  }

  /** Leaves a posting, so that what was done can be counted in the storage, whichever life of the object did it. */
  async #drive(row: OutboxRow): Promise<Worked> {
    const effects = [posting(row.key, '1')];
    this.kernel.commit(
      { type: 'ask', at: Date.now(), amount: '0', effects },
      { id: `result:${row.key}`, lease: row.lease },
    );
    return FINISHED;
  }

  #fire(timer: DueTimer): void {
    // SAFETY: the tests' timers carry events of the bench machine.
    const event = { ...(JSON.parse(timer.event) as object), at: Date.now() } as BenchEvent;
    this.kernel.commit(event, { id: `timer:${timer.name}:${timer.due}`, timer: timer.name });
  }
}

export default {
  fetch: () => new Response('this Worker is called by its tests only', { status: 404 }),
} satisfies ExportedHandler<Env>;
