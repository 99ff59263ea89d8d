/** What every journalled object does around its kernel: finds its place in the directory, hears verdicts, sends alerts. */
import { expect, it } from 'vitest';
import { Actor } from '../../durable-objects/actor.ts';
import { depositBehaviour } from '../../durable-objects/deposit/behaviour.ts';
import type { Alert, AlertsPort, ChainPort, ObjectWorld } from '../../durable-objects/ports.ts';
import type {
  Attachment,
  ChainVerdict,
  DirectoryEntry,
  DirectoryObject,
  HealthObject,
  PeersPort,
  ProviderReport,
  ProviderStanding,
} from '../../durable-objects/wire/objects.ts';
import type { DepositContext } from '../../machines/deposit/context.ts';
import type { DepositEvent } from '../../machines/deposit/events.ts';
import { Bench, NAME, portOf, START } from './bench.ts';
import type { KernelStorage, WithStorage } from './storage.ts';

const BINDING = { userId: 'ann', wallet: 'wallet', authority: 'authority' };

/** A directory and a line for alerts that do as the test says, and remember what they were told. */
class Surroundings {
  readonly attached: (DirectoryEntry & { readonly seq: number; readonly head: string })[] = [];
  readonly delivered: Alert[] = [];
  readonly heeded: (readonly ProviderStanding[])[] = [];
  /** What the chain's side has met and not yet told; what the monitor was told. */
  met: ProviderReport[] = [];
  readonly reported: ProviderReport[] = [];
  attachment: Attachment = { generation: 1, behind: false, verdict: null, program: null, providers: [] };
  isReachable = true;
  /** What the next attachment waits for on its way, so that a later one could overtake it. */
  delay: Promise<void> | null = null;

  worldOn(bench: Bench): ObjectWorld {
    const directory = portOf<DirectoryObject>('directory', {
      attach: async (entry) => {
        this.#insist();
        const { delay } = this;
        this.delay = null;
        await delay;
        const last = this.attached.at(-1);
        this.attached.push(entry);
        return { ...this.attachment, behind: this.attachment.behind || entry.seq < (last?.seq ?? 0) };
      },
      standing: async () => {
        this.#insist();
        const { verdict: known, providers } = this.attachment;
        return { verdict: known, program: null, providers };
      },
    });
    const alerts: AlertsPort = {
      deliver: async (alert) => {
        this.#insist();
        this.delivered.push(alert);
      },
    };
    const health = portOf<HealthObject>('health', {
      report: async (reports) => {
        this.#insist();
        this.reported.push(...reports);
      },
    });
    const chain = portOf<ChainPort>('chain', {
      heed: (providers) => void this.heeded.push(providers),
      takeReports: () => this.met.splice(0),
    });
    const peers = portOf<PeersPort>('peers', { directory: () => directory, health: () => health });
    return { ...bench.world, alerts, chain, peers };
  }

  #insist(): void {
    if (!this.isReachable) throw new Error('unreachable');
  }
}

function actorOn(world: ObjectWorld): Actor<DepositContext, DepositEvent> {
  return new Actor<DepositContext, DepositEvent>(world, {
    kind: 'deposit',
    behaviour: depositBehaviour,
    handlers: {},
    isActive: ({ context }) => context.holds.length > 0,
    link: (context) => context.link,
    fire: () => {},
    parked: () => {},
    committed: () => {},
  });
}

function verdict(level: ChainVerdict['level'], counter: number, generation = 1): ChainVerdict {
  return { level, epoch: { generation, counter }, asOf: START };
}

function bind(actor: Actor<DepositContext, DepositEvent>): void {
  const seen = { level: 'online', healthEpoch: { generation: 1, counter: 5 } } as const;
  actor.kernel.commit({ type: 'deposit.bind', at: START, binding: BINDING, verdict: seen }, { id: 'bind' });
}

/** A bound deposit in its surroundings, and how to wake it once more. */
function bound(storage: KernelStorage) {
  const bench = new Bench(storage);
  const surroundings = new Surroundings();
  const world = surroundings.worldOn(bench);
  bind(actorOn(world));
  return { bench, surroundings, wake: () => actorOn(world) };
}

export function actorCases(withStorage: WithStorage): void {
  it('A blank object does not attach: there is nothing of it to be behind of.', () =>
    withStorage(async (storage) => {
      const surroundings = new Surroundings();
      const actor = actorOn(surroundings.worldOn(new Bench(storage)));
      await actor.ready();
      actor.note(verdict('down', 9));
      expect([surroundings.attached, actor.kernel.isBlank]).toEqual([[], true]);
      expect(actor.journal(1, 9).entries).toEqual([]);
      expect(actor.alerts()).toEqual([]);
    }));

  it('An object attaches once a life, with its number and head; a failed attachment is tried by the next.', () =>
    withStorage(async (storage) => {
      const { surroundings, wake } = bound(storage);
      const actor = wake();
      surroundings.isReachable = false;
      await expect(actor.ready()).rejects.toThrow('unreachable');
      surroundings.isReachable = true;
      await Promise.all([actor.ready(), actor.ready()]);
      await actor.ready();
      const { seq, head } = actor.kernel.standing;
      expect(surroundings.attached).toEqual([{ name: NAME, kind: 'deposit', active: false, seq, head }]);
      await wake().ready();
      expect(surroundings.attached).toHaveLength(2);
    }));

  it('An object that wakes behind its anchor is paused, once for that restore.', () =>
    withStorage(async (storage) => {
      const { surroundings, wake } = bound(storage);
      surroundings.attachment = { ...surroundings.attachment, generation: 2, behind: true };
      const actor = wake();
      await actor.ready();
      expect(actor.kernel.standing).toMatchObject({ seq: 2, value: { link: 'paused' } });
      expect(actor.link.pausedFor).toContain('generation 2');
      await wake().ready();
      expect(wake().kernel.standing.seq).toBe(2);
    }));

  it('Two attachments do not overtake one another: the later arrival of an earlier number is no restore.', () =>
    withStorage(async (storage) => {
      const { surroundings, wake } = bound(storage);
      const actor = wake();
      let arrive = () => {};
      surroundings.delay = new Promise((resolve) => {
        arrive = resolve;
      });
      const first = actor.ready();
      // It is on its way once the directory has been called.
      await expect.poll(() => surroundings.delay, { interval: 1 }).toBeNull();
      actor.note(verdict('degraded', 6));
      const second = actor.workbench.runNow('directory');
      // Time enough for the second to be there first, if nothing kept it.
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
      arrive();
      await Promise.all([first, second]);
      expect(surroundings.attached.map(({ seq }) => seq)).toEqual([1, 2]);
      expect(actor.kernel.standing).toMatchObject({ seq: 2, value: { link: 'degraded' } });
    }));

  it('Of the verdicts that reach an object only a newer one is journalled, however it comes.', () =>
    withStorage(async (storage) => {
      const { surroundings, wake } = bound(storage);
      const actor = wake();
      const seqAfter = (heard: ChainVerdict) => {
        actor.note(heard);
        return actor.kernel.standing.seq;
      };
      expect(seqAfter(verdict('down', 5))).toBe(1);
      expect(seqAfter(verdict('down', 4))).toBe(1);
      expect(seqAfter(verdict('down', 6))).toBe(2);
      expect(seqAfter(verdict('online', 6))).toBe(2);
      // A restored monitor counts from the beginning, in a new generation.
      expect(seqAfter(verdict('recovering', 1, 2))).toBe(3);
      expect(seqAfter(verdict('down', 99))).toBe(3);
      surroundings.attachment = { ...surroundings.attachment, verdict: verdict('down', 2, 2) };
      await actor.refresh();
      expect(actor.kernel.standing).toMatchObject({ seq: 4, value: { link: 'queued' } });
      surroundings.attachment = { ...surroundings.attachment, verdict: verdict('degraded', 3, 2) };
      await actor.ready();
      expect(actor.kernel.standing).toMatchObject({ seq: 5, value: { link: 'degraded' } });
    }));

  it('The chain is told what the shard says of its providers, on attaching and on every refresh.', () =>
    withStorage(async (storage) => {
      const { surroundings, wake } = bound(storage);
      const standing = { name: 'a', breaker: 'open', until: START + 1_000, reason: 'rate limited' } as const;
      surroundings.attachment = { ...surroundings.attachment, providers: [standing] };
      const actor = wake();
      await actor.ready();
      expect(surroundings.heeded).toEqual([[standing]]);
      surroundings.attachment = { ...surroundings.attachment, providers: [] };
      await actor.refresh();
      expect(surroundings.heeded).toEqual([[standing], []]);
    }));

  it('What was met at a provider is told to the monitor once, behind the work of an alarm, or lost.', () =>
    withStorage(async (storage) => {
      const { surroundings, wake } = bound(storage);
      const actor = wake();
      await actor.ready();
      const report = { provider: 'a', at: START, outcome: 'rate_limited', retryAt: null } as const;
      surroundings.met = [report];
      await actor.refresh();
      expect(surroundings.reported).toEqual([]);
      await actor.alarm();
      await actor.alarm();
      expect(surroundings.reported).toEqual([report]);
      surroundings.met = [report];
      surroundings.isReachable = false;
      await actor.alarm();
      expect([surroundings.met, surroundings.reported]).toEqual([[], [report]]);
    }));

  it('A directory that does not answer changes nothing.', () =>
    withStorage(async (storage) => {
      const { bench, surroundings, wake } = bound(storage);
      const actor = wake();
      const before = await bench.dump();
      surroundings.isReachable = false;
      await expect(actor.refresh()).rejects.toThrow('unreachable');
      expect(await bench.dump()).toEqual(before);
    }));

  it('The directory is told, and an alert delivered, from the outbox: again until they are.', () =>
    withStorage(async (storage) => {
      const { bench, surroundings, wake } = bound(storage);
      const actor = wake();
      const breaks = [{ class: 'amount_mismatch', detail: 'one lamport' }] as const;
      actor.kernel.commit({ type: 'compare.mismatch', at: START, slot: 9, breaks }, { id: 'compare' });
      surroundings.isReachable = false;
      await actor.alarm();
      expect(surroundings.delivered).toEqual([]);
      expect(storage.sql.all('SELECT tries FROM outbox')).toEqual([{ tries: 1 }, { tries: 1 }]);
      surroundings.isReachable = true;
      bench.clock.advance(bench.settings.backoffMs);
      await wake().alarm();
      const entity = BINDING.authority;
      expect(surroundings.delivered).toMatchObject([
        { class: 'break:amount_mismatch', entity, severity: 'critical', at: START },
      ]);
      // Once on waking, once from the outbox.
      expect(surroundings.attached).toHaveLength(2);
      expect(storage.sql.all('SELECT key FROM outbox')).toEqual([]);
      expect(actor.alerts()).toHaveLength(1);
    }));

  it.each([
    ['cut at its end', 'DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)'],
    [
      'changed in its last entry',
      "UPDATE journal SET entry = entry || ' ' WHERE seq = (SELECT max(seq) FROM journal)",
    ],
    [
      'given another hash',
      "UPDATE journal SET hash = replace(hash, '0', '1') WHERE seq = (SELECT max(seq) FROM journal)",
    ],
  ])('An object that wakes with a journal %s pauses, and calls a person.', (_how, damage) =>
    withStorage(async (storage) => {
      const { surroundings, wake } = bound(storage);
      storage.sql.run(damage);
      const actor = wake();
      await actor.alarm();
      expect(actor.link.pausedFor).toContain('the journal breaks at entry');
      expect(surroundings.delivered).toMatchObject([{ class: 'journal_broken', severity: 'critical' }]);
    }),
  );

  it('Every alert is delivered, however many an object has raised before it.', () =>
    withStorage(async (storage) => {
      const { bench, surroundings, wake } = bound(storage);
      const actor = wake();
      await actor.alarm();
      for (let nth = 1; nth <= 205; nth += 1) {
        bench.clock.advance(1);
        actor.kernel.settle(() => actor.kernel.raise('test', `entity ${nth}`, 'look'));
        await actor.workbench.runNow(`alert:test|entity ${nth}`);
      }
      expect(surroundings.delivered).toHaveLength(205);
      expect(storage.sql.all('SELECT key FROM outbox')).toEqual([]);
    }));
}
