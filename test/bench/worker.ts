/**
 * What a commit costs, in workerd with its SQLite: our kernel, beside an object that only writes two rows in a
 * transaction. Called by the bench alone, which keeps the time: a Worker's own clock stands still while it works.
 */
import { DurableObject } from 'cloudflare:workers';
import { Kernel } from '../../durable-objects/kernel/kernel.ts';
import type { ObjectWorld } from '../../durable-objects/ports.ts';
import { mirrorSettings } from '../../durable-objects/settings.ts';
import { DurableAlarm, DurableSql } from '../../services/host/storage.ts';
import { portOf } from '../kernel/bench.ts';
import { posting, timer, work } from '../kernel/events.ts';
import { type BenchContext, type BenchEvent, benchBehaviour } from '../kernel/machine.ts';

interface Env {
  readonly KERNELS: DurableObjectNamespace<KernelObject>;
  readonly BARE: DurableObjectNamespace<BareObject>;
}

/** Nothing that a commit asks for falls due while the bench runs. */
const LATER_MS = 3_600_000;

/** Each commit an event with its answer, as a request of a player makes them. */
export class KernelObject extends DurableObject<Env> {
  readonly #kernel: Kernel<BenchContext, BenchEvent>;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const world: ObjectWorld = {
      name: ctx.id.name ?? '',
      settings: mirrorSettings(),
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
    this.#kernel = new Kernel(world, benchBehaviour, () => {});
  }

  async run(commits: number, isSynced: boolean): Promise<void> {
    for (let index = 0; index < commits; index += 1) {
      this.#commit();
      if (isSynced) await this.ctx.storage.sync();
    }
  }

  /** Journal, snapshot, answer, a posting, an outbox row, a timer, and the alarm that belongs to them. */
  #commit(): void {
    const { seq } = this.#kernel.standing;
    const at = Date.now();
    const effects = [
      posting(`hold:${seq}`, '-100000000'),
      work(`drive:${seq % 64}`, LATER_MS + seq, { hash: 'aa'.repeat(32) }),
      timer('lapse', at + LATER_MS + seq),
    ];
    const outcome = this.#kernel.commit(
      { type: 'ask', at, amount: '100000000', effects },
      {
        id: `client:alice:${seq}`,
        request: { clientKey: `key-${seq}`, entryFee: '100000000' },
        answer: ({ context }) => ({ status: 200, body: { total: context.total } }),
      },
    );
    if (outcome.kind !== 'committed') throw new Error(`the kernel did not commit: ${outcome.kind}`);
  }
}

/** Two rows: what happened, and the state after it; of the size that the kernel's own have. */
export class BareObject extends DurableObject<Env> {
  #seq = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const { sql } = ctx.storage;
    sql.exec('CREATE TABLE IF NOT EXISTS event (seq INTEGER PRIMARY KEY, entry TEXT NOT NULL) STRICT');
    sql.exec('CREATE TABLE IF NOT EXISTS state (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT');
  }

  async run(commits: number, isSynced: boolean): Promise<void> {
    for (let index = 0; index < commits; index += 1) {
      this.#commit();
      if (isSynced) await this.ctx.storage.sync();
    }
  }

  #commit(): void {
    this.#seq += 1;
    const seq = this.#seq;
    const entry = JSON.stringify({
      seq,
      at: Date.now(),
      type: 'ask',
      amount: '100000000',
      note: 'a'.repeat(400),
    });
    const state = JSON.stringify({ seq, total: `${seq}00000000` });
    this.ctx.storage.transactionSync(() => {
      const { sql } = this.ctx.storage;
      sql.exec('INSERT INTO event (seq, entry) VALUES (?, ?)', seq, entry);
      sql.exec('INSERT OR REPLACE INTO state (id, text) VALUES (1, ?)', state);
    });
  }
}

/** `POST /kernel/<object>/<commits>/<synced|batched>`, and the same with `bare`; anything else says that it is up. */
export default {
  fetch: async (request, { KERNELS, BARE }) => {
    const [, kind = '', name = '', commits = '', how = ''] = new URL(request.url).pathname.split('/');
    if (kind === 'kernel') await KERNELS.getByName(name).run(Number(commits), how === 'synced');
    if (kind === 'bare') await BARE.getByName(name).run(Number(commits), how === 'synced');
    return new Response('ready');
  },
} satisfies ExportedHandler<Env>;
