/**
 * Watches one cluster (design: section 8). Measuring is the probes' (`services/solana-health-monitor.ts`), judging is the
 * machine's; this object probes at its pace, keeps the ring, commits a changed verdict, and tells it to the 16 shards.
 * It waits for no actor.
 */
import { decodeConfig, decodeRegistry } from '../core/index.ts';
import { assess, bestProvider, percentile95 } from '../machines/health/assessment.ts';
import {
  HEALTH_MACHINE,
  type HealthContext,
  type HealthState,
  healthMachine,
  levelOfHealth,
  type ProbesJudged,
} from '../machines/health/machine.ts';
import { refusal } from '../machines/refusals.ts';
import { ProbeRing } from './health/probe-ring.ts';
import { Kernel } from './kernel/kernel.ts';
import { behaviour } from './kernel/machine-port.ts';
import { FINISHED, Workbench, type Worked } from './kernel/workbench.ts';
import { DIRECTORY_SHARDS, shardOf } from './names.ts';
import type { ObjectWorld } from './ports.ts';
import type {
  AlertRow,
  ChainStanding,
  ChainVerdict,
  HealthObject,
  JournalPage,
  PermitAnswer,
  PermitRequest,
  ProgramFacts,
  ProviderReport,
} from './wire/objects.ts';
import type { HealthView } from './wire/views.ts';

const healthBehaviour = behaviour<HealthContext, ProbesJudged>(HEALTH_MACHINE, healthMachine, () =>
  refusal('event_ignored'),
);

export class SolanaHealthMonitorDO implements HealthObject {
  readonly #world: ObjectWorld;
  readonly #kernel: Kernel<HealthContext, ProbesJudged>;
  readonly #bench: Workbench<HealthContext, ProbesJudged>;
  readonly #ring: ProbeRing;
  #generation: number | null = null;
  #program: ProgramFacts | null = null;
  #asOf = 0;
  #activeObjects = 0;
  #repeatedAt = 0;

  constructor(world: ObjectWorld) {
    this.#world = world;
    this.#kernel = new Kernel(world, healthBehaviour, () => {});
    this.#ring = new ProbeRing(world.sql);
    this.#bench = new Workbench(
      world,
      this.#kernel,
      { publish: () => this.#publish(), alert: async () => FINISHED },
      () => {},
      () => {},
    );
  }

  async view(): Promise<HealthView> {
    const { context } = this.#kernel.standing;
    const verdict = await this.#verdict();
    const samples = this.#ring.samples(this.#world.probes.providers);
    const { window } = this.#world.settings.health;
    return {
      state: this.#state,
      level: verdict.level,
      epoch: verdict.epoch,
      asOf: verdict.asOf,
      because: context.because,
      providers: this.#world.probes.providers.map((name) => {
        const own = samples.filter((sample) => sample.provider === name).slice(-window);
        const answered = own.filter((sample) => sample.ok).map((sample) => sample.ms);
        const newest = own.at(-1);
        return {
          name,
          slot: own.findLast((sample) => sample.slot !== null)?.slot ?? null,
          ok: newest?.ok ?? false,
          p95: answered.length === 0 ? null : percentile95(answered),
          breaker: 'closed',
          until: 0,
          reason: null,
        };
      }),
      slotMs: null,
      finality: null,
      replay: { window: 1, underWay: 0, waiting: 0, returned: 0 },
      changes: [],
    };
  }

  async standing(): Promise<ChainStanding> {
    await this.watch();
    return { verdict: await this.#verdict(), program: this.#program, providers: [] };
  }

  /** Idempotent: a monitor that is probing is left alone, a silent one is woken. */
  async watch(): Promise<void> {
    const { clock, settings, alarm } = this.#world;
    if (clock.now() - this.#asOf > settings.health.probeIdleMs) alarm.set(clock.now());
  }

  async report(_reports: readonly ProviderReport[]): Promise<void> {}

  async permit(_request: PermitRequest): Promise<PermitAnswer> {
    const { clock, settings } = this.#world;
    if (this.#state === 'down') return { granted: false, retryInMs: settings.health.probeIdleMs };
    return { granted: true, until: clock.now() + settings.leaseMs };
  }

  async permitReturned(_request: PermitRequest, _outcome: 'done' | 'trouble'): Promise<void> {}

  async journal(from: number, limit: number): Promise<JournalPage> {
    const { journal, isBlank } = this.#kernel;
    return isBlank
      ? { genesis: journal.genesis, entries: [], head: journal.genesis }
      : journal.page(from, limit);
  }

  async alerts(): Promise<readonly AlertRow[]> {
    return this.#kernel.isBlank ? [] : this.#kernel.records.alerts();
  }

  async alarm(): Promise<void> {
    const { clock, settings, alarm } = this.#world;
    // Dead-man first: whatever fails below, probing goes on.
    alarm.set(clock.now() + settings.deadManMs);
    try {
      // Before anything is committed: a monitor that was restored would soon be past the entries it has forgotten.
      await this.#ownGeneration().catch(() => {});
      await this.#probe();
      await this.#bench.alarm();
      await this.#repeat();
    } finally {
      alarm.set(clock.now() + (this.#isBusy ? settings.health.probeBusyMs : settings.health.probeIdleMs));
    }
  }

  /** Only a changed verdict is committed; the probes themselves go to the ring. */
  async #probe(): Promise<void> {
    const { probes, clock, settings } = this.#world;
    const results = await probes.probe();
    for (const result of results) this.#ring.add(result);
    const at = clock.now();
    this.#asOf = at;
    const { context } = this.#kernel.standing;
    // Entering `recovering` starts all windows afresh: the outage's own failures must not make the next verdict.
    const samples = this.#ring.samples(this.#world.probes.providers);
    const isFresh = this.#state === 'recovering';
    const judged = isFresh ? samples.filter((sample) => sample.at > context.since) : samples;
    const assessment = assess(judged, context.since, at, settings.health);
    this.#kernel.commit({ type: 'probes.judged', at, assessment }, { id: `probes:${at}` });
    if (results.some((result) => result.ok)) await this.#readProgram().catch(() => {});
  }

  /** What new matches are created by, also during an outage: kept in the shards with the verdict. */
  async #readProgram(): Promise<void> {
    const { chain } = this.#world;
    const { slot, accounts } = await chain.accounts([
      chain.pda('config').address,
      chain.pda('registry').address,
    ]);
    const [config, registry] = accounts;
    if (config == null || registry == null) return;
    const facts = decodeConfig(config.data);
    this.#program = {
      slot,
      platformFeeBps: facts.platformFeeBps,
      treasury: facts.treasuryMultisig,
      minEntryFee: facts.minEntryFee.toString(),
      maxEntryFee: facts.maxEntryFee.toString(),
      withdrawalFee: facts.withdrawalFee.toString(),
      isPaused: facts.isPaused,
      paymentMethods: facts.supportedPaymentMethods,
      games: decodeRegistry(registry.data).games.map(({ gameId, minPlayers, maxPlayers, enabled }) => ({
        gameId,
        minPlayers,
        maxPlayers,
        enabled,
      })),
    };
  }

  /** Task of the outbox: a changed verdict goes to every shard; one that does not answer pulls it when it is asked. */
  async #publish(): Promise<Worked> {
    // Where the directory does not answer, the others are told all the same.
    await this.#anchor().catch(() => {});
    await this.#tellShards();
    return FINISHED;
  }

  /** The same verdict again, with a new `asOf`: not journalled, so that a shard's copy never looks abandoned. */
  async #repeat(): Promise<void> {
    const { clock, settings } = this.#world;
    if (clock.now() - this.#repeatedAt >= settings.health.repeatMs) await this.#tellShards();
  }

  async #tellShards(): Promise<void> {
    const verdict = await this.#verdict();
    this.#repeatedAt = this.#world.clock.now();
    let active = 0;
    for (let shard = 0; shard < DIRECTORY_SHARDS; shard += 4) {
      const four = [0, 1, 2, 3].map((offset) =>
        this.#world.peers
          .directory(shard + offset)
          .publish({ verdict, program: this.#program, providers: [] }),
      );
      for (const told of await Promise.allSettled(four))
        if (told.status === 'fulfilled') active += told.value.active;
    }
    this.#activeObjects = active;
  }

  async #verdict(): Promise<ChainVerdict> {
    const generation = await this.#ownGeneration();
    const { counter } = this.#kernel.standing.context;
    return { level: levelOfHealth(this.#state), epoch: { generation, counter }, asOf: this.#asOf };
  }

  /** Kept by the directory, so that a restored monitor's verdicts are newer than those it has forgotten. */
  async #ownGeneration(): Promise<number> {
    return this.#generation ?? (await this.#anchor());
  }

  async #anchor(): Promise<number> {
    const { name, peers } = this.#world;
    const { seq, head } = this.#kernel.standing;
    const shard = peers.directory(shardOf(name));
    const entry = { name, kind: 'health', active: false, seq, head } as const;
    const { generation, behind } = await shard.attach(entry);
    this.#generation = generation;
    // It has nothing to pause: the new generation is all that it needs.
    if (behind) await shard.attach({ ...entry, restoreNoted: generation });
    return generation;
  }

  /** Every 2 s with a doubt or somebody waiting, every 15 s otherwise. */
  get #isBusy(): boolean {
    return this.#state !== 'healthy' || this.#activeObjects > 0 || this.#hasFailed;
  }

  get #hasFailed(): boolean {
    const samples = this.#ring.samples(this.#world.probes.providers);
    const best = bestProvider(samples, this.#world.settings.health.window);
    return samples.findLast((sample) => sample.provider === best)?.ok === false;
  }

  get #state(): HealthState {
    // SAFETY: the health machine's states are exactly these.
    return this.#kernel.standing.value as HealthState;
  }
}
