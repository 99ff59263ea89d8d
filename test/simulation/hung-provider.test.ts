/**
 * A provider that takes every call and answers none: each probe of it lasts until its time limit, and the monitor's own
 * time passes meanwhile, which in the simulated network it does not.
 */
import { describe, expect, it } from 'vitest';
import type { ObjectWorld, Probe, ProbePort } from '../../durable-objects/ports.ts';
import { SolanaHealthMonitorDO } from '../../durable-objects/SolanaHealthMonitorDO.ts';
import { mirrorSettings } from '../../durable-objects/settings.ts';
import type { Attachment } from '../../durable-objects/wire/objects.ts';
import type { HealthView } from '../../durable-objects/wire/views.ts';
import { NodeSql } from '../support/node-sql.ts';

const SECOND = 1_000;
const START = 1_800_000_000_000;
const TIMEOUT_MS = 5 * SECOND;
const SLOT_MS = 400;

/** `a` answers at once, `b` never; the tip that `a` knows. */
class Watch {
  now = START;
  isHung = true;
  tip = (): number => Math.floor((this.now - START) / SLOT_MS) + 400_000_000;
  readonly monitor: SolanaHealthMonitorDO;
  #alarmAt: number | null = null;
  readonly #setAlarm = (at: number | null): void => {
    this.#alarmAt = at;
  };

  constructor() {
    this.monitor = new SolanaHealthMonitorDO(this.#world());
  }

  async runTo(seconds: number): Promise<HealthView> {
    if (this.#alarmAt === null) await this.monitor.watch();
    while ((this.#alarmAt ?? 0) <= START + seconds * SECOND) {
      this.now = Math.max(this.now, this.#alarmAt ?? 0);
      await this.monitor.alarm();
    }
    return await this.monitor.view();
  }

  readonly #probe: ProbePort['probe'] = async (leaveOut = []) => {
    const names = ['a', 'b'].filter((name) => !leaveOut.includes(name));
    const at = this.now;
    const slot = this.tip();
    const isLate = names.includes('b') && this.isHung;
    if (isLate) this.now += TIMEOUT_MS;
    return names.map((provider): Probe => {
      const answered = { ok: true, slot, blockHeight: slot, finalizedSlot: slot - 32, fingerprint: 'same' };
      const silent = { ok: false, slot: null, blockHeight: null, finalizedSlot: null, fingerprint: null };
      const isHung = provider === 'b' && this.isHung;
      const ms = isHung ? TIMEOUT_MS : 80;
      const rest = { provider, at, ms, error: isHung ? 'timeout' : null, retryAt: null };
      return { ...(isHung ? silent : answered), ...rest };
    });
  };

  #world(): ObjectWorld {
    const attachment: Attachment = {
      generation: 1,
      behind: false,
      verdict: null,
      program: null,
      providers: [],
    };
    const shard = { attach: async () => attachment, publish: async () => ({ active: 1 }) };
    const world = {
      name: 'health:test',
      settings: mirrorSettings(1),
      sql: new NodeSql(),
      alarm: { set: this.#setAlarm },
      clock: { now: () => this.now },
      random: { bytes: (length: number) => new Uint8Array(length) },
      probes: { providers: ['a', 'b'], probe: this.#probe },
      chain: {
        heed: () => {},
        takeReports: () => [],
        pda: () => ({ address: '' }),
        accounts: () => Promise.reject(new Error('not of interest')),
      },
      peers: { directory: () => shard },
    };
    // SAFETY: what a monitor uses of its world.
    return world as unknown as ObjectWorld;
  }
}

describe('a provider that hangs', () => {
  it('does not slow the probes of the other one so far down that the chain is never called healthy', async () => {
    const watch = new Watch();
    expect(await watch.runTo(180)).toMatchObject({ state: 'healthy' });
    expect((await watch.monitor.view()).providers).toMatchObject([
      { name: 'a', breaker: 'closed' },
      { name: 'b', breaker: 'open' },
    ]);
    watch.isHung = false;
    await watch.runTo(260);
    expect((await watch.monitor.view()).providers[1]).toMatchObject({
      name: 'b',
      breaker: 'closed',
      ok: true,
    });
  });

  it('does not hide that the other one`s tip stands: down is said of both, and in time', async () => {
    const watch = new Watch();
    await watch.runTo(180);
    const stopped = watch.tip();
    watch.tip = () => stopped;
    const view = await watch.runTo(215);
    expect(view).toMatchObject({ state: 'down', because: expect.stringContaining('at 2 of 2 providers') });
  });
});
