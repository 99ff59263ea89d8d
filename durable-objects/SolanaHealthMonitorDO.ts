/**
 * Watches one cluster (design: section 8). Measuring is the probes' (`services/solana-health-monitor.ts`), judging is the
 * machine's; this object probes at its pace, keeps ring, breakers and permits, commits a changed verdict, and tells it to
 * the 16 shards. It waits for no actor.
 */
import { assess, bestProvider } from '../machines/health/assessment.ts';
import {
  HEALTH_MACHINE,
  type HealthContext,
  type HealthState,
  healthMachine,
  levelOfHealth,
  type ProbesJudged,
} from '../machines/health/machine.ts';
import { standstill } from '../machines/health/samples.ts';
import { refusal } from '../machines/refusals.ts';
import { Breakers, type Noticed } from './health/breakers.ts';
import { Permits } from './health/permits.ts';
import { ProbeRing } from './health/probe-ring.ts';
import { readProgram } from './health/program.ts';
import { finalityView, lastChanges, providersView } from './health/view.ts';
import { Kernel, type Standing } from './kernel/kernel.ts';
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
  ProviderStanding,
} from './wire/objects.ts';
import type { ChainLevel, HealthView } from './wire/views.ts';

const healthBehaviour = behaviour<HealthContext, ProbesJudged>(HEALTH_MACHINE, healthMachine, () =>
  refusal('event_ignored'),
);

/** Until the slot time is learned; and slots in which a sent transaction is usually confirmed. */
const SLOT_MS = 400;
const SLOTS_TO_LAND = 4;

export class SolanaHealthMonitorDO implements HealthObject {
  readonly #world: ObjectWorld;
  readonly #kernel: Kernel<HealthContext, ProbesJudged>;
  readonly #bench: Workbench<HealthContext, ProbesJudged>;
  readonly #ring: ProbeRing;
  readonly #breakers: Breakers;
  readonly #permits: Permits;
  #generation: number | null = null;
  #program: ProgramFacts | null = null;
  #asOf = 0;
  #activeObjects = 0;
  #toldAt = 0;
  /** A breaker changed and the shards have not heard of it. */
  #isNews = false;

  constructor(world: ObjectWorld) {
    this.#world = world;
    this.#kernel = new Kernel(world, healthBehaviour, (before, after) => this.#noteLevel(before, after));
    this.#ring = new ProbeRing(world.sql);
    this.#breakers = new Breakers(world.sql, world.settings.health.breaker);
    this.#permits = new Permits(world.sql, world.random, world.settings.permits);
    this.#bench = new Workbench(
      world,
      this.#kernel,
      { publish: () => this.#publish(), alert: async () => FINISHED },
      () => {},
      () => {},
    );
  }

  async view(): Promise<HealthView> {
    const { standing, journal, isBlank } = this.#kernel;
    const { level, epoch, asOf } = await this.#verdict();
    const { probes, settings, clock } = this.#world;
    const samples = this.#ring.samples(probes.providers);
    const { slotMs } = this.#ring;
    return {
      state: this.#state,
      level,
      epoch,
      asOf,
      because: standing.context.because,
      providers: providersView(samples, this.#providers, settings.health.window),
      slotMs,
      finality: finalityView(samples, slotMs),
      replay: this.#permits.view(level, clock.now()),
      changes: isBlank ? [] : lastChanges(journal, standing.seq),
    };
  }

  async standing(): Promise<ChainStanding> {
    await this.watch();
    return { verdict: await this.#verdict(), program: this.#program, providers: this.#providers };
  }

  /** Idempotent: a monitor that is probing is left alone, a silent one is woken. */
  async watch(): Promise<void> {
    const { clock, settings, alarm } = this.#world;
    if (clock.now() - this.#asOf > settings.health.probeIdleMs) alarm.set(clock.now());
  }

  /** A changed breaker is told by the alarm, which has a look for itself first: nobody waits for the shards here. */
  async report(reports: readonly ProviderReport[]): Promise<void> {
    const { probes, clock, alarm } = this.#world;
    const now = clock.now();
    if (this.#note(this.#breakers.reported(reports, probes.providers, now))) alarm.set(now);
  }

  async permit(request: PermitRequest): Promise<PermitAnswer> {
    const { clock, settings } = this.#world;
    const turnMs = settings.pollMs + SLOTS_TO_LAND * (this.#ring.slotMs ?? SLOT_MS);
    return this.#permits.ask(request, this.#level, clock.now(), turnMs);
  }

  async permitReturned(request: PermitRequest, outcome: 'done' | 'trouble'): Promise<void> {
    this.#permits.giveBack(request, outcome, this.#level, this.#world.clock.now());
  }

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
    const begun = clock.now();
    // Dead-man first: whatever fails below, probing goes on.
    alarm.set(begun + settings.deadManMs);
    try {
      // Before anything is committed: a monitor that was restored would soon be past the entries it has forgotten.
      await this.#ownGeneration().catch(() => {});
      await this.#probe();
      await this.#bench.alarm();
      await this.#repeat();
    } finally {
      // From its beginning: a provider that hangs makes a round long enough.
      const paceMs = this.#isBusy ? settings.health.probeBusyMs : settings.health.probeIdleMs;
      alarm.set(Math.max(clock.now(), begun + paceMs));
    }
  }

  /** Only a changed verdict is committed; the probes themselves go to the ring. */
  async #probe(): Promise<void> {
    const { probes, chain, clock, settings } = this.#world;
    const { providers } = probes;
    const leaveOut = providers.filter((name) => this.#breakers.leftAlone(name, clock.now()));
    const round = await probes.probe(leaveOut);
    this.#ring.add(round, providers, settings.health);
    this.#note(this.#breakers.probed(round));
    const at = clock.now();
    this.#asOf = at;
    this.#judge(at);
    chain.heed(this.#providers);
    if (!round.some(({ ok }) => ok)) return;
    this.#program = (await readProgram(chain).catch(() => null)) ?? this.#program;
    this.#note(this.#breakers.reported(chain.takeReports(), providers, clock.now()));
  }

  #judge(at: number): void {
    const { probes, settings } = this.#world;
    const { context } = this.#kernel.standing;
    const samples = this.#ring.samples(probes.providers);
    // Entering `recovering` starts all windows afresh: the outage's own failures must not make the next verdict. To be
    // let out of it, they count.
    const isOut = this.#level === 'degraded' || this.#level === 'down';
    const judged = isOut ? samples : samples.filter((sample) => sample.at > this.#ring.freshSince);
    const assessment = assess(judged, this.#ring.disputes, context.since, at, settings.health);
    this.#kernel.commit({ type: 'probes.judged', at, assessment }, { id: `probes:${at}` });
  }

  #note({ isChanged, isTooMuch }: Noticed): boolean {
    if (isTooMuch) this.#permits.rateLimited(this.#world.clock.now());
    this.#isNews ||= isChanged;
    return isChanged;
  }

  #noteLevel(before: Standing<HealthContext>, after: Standing<HealthContext>): void {
    const [from, to] = [levelOfHealth(stateOf(before)), levelOfHealth(stateOf(after))];
    if (to === 'recovering') this.#ring.startAfresh(after.context.since);
    this.#permits.levelChanged(from, to, this.#world.clock.now());
  }

  /** Task of the outbox: a changed verdict goes to every shard; one that does not answer pulls it when it is asked. */
  async #publish(): Promise<Worked> {
    // Where the directory does not answer, the others are told all the same.
    await this.#anchor().catch(() => {});
    await this.#tellShards();
    return FINISHED;
  }

  /**
   * The same verdict again, with a new `asOf`: not journalled, so that a shard's copy never looks abandoned. At once
   * where a breaker has changed: that is no change of verdict, and raises no epoch.
   */
  async #repeat(): Promise<void> {
    const { clock, settings } = this.#world;
    if (this.#isNews || clock.now() - this.#toldAt >= settings.health.repeatMs) await this.#tellShards();
  }

  async #tellShards(): Promise<void> {
    const verdict = await this.#verdict();
    this.#isNews = false;
    const standing = { verdict, program: this.#program, providers: this.#providers };
    this.#toldAt = this.#world.clock.now();
    let active = 0;
    for (let shard = 0; shard < DIRECTORY_SHARDS; shard += 4) {
      const four = [0, 1, 2, 3].map((offset) =>
        this.#world.peers.directory(shard + offset).publish(standing),
      );
      for (const told of await Promise.allSettled(four))
        if (told.status === 'fulfilled') active += told.value.active;
    }
    this.#activeObjects = active;
  }

  async #verdict(): Promise<ChainVerdict> {
    const generation = await this.#ownGeneration();
    const { counter } = this.#kernel.standing.context;
    return { level: this.#level, epoch: { generation, counter }, asOf: this.#asOf };
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
    return this.#state !== 'healthy' || this.#activeObjects > 0 || this.#isInDoubt;
  }

  /** The best provider failed, no tip moved, or a breaker is on trial. */
  get #isInDoubt(): boolean {
    const { probes, settings, clock } = this.#world;
    const samples = this.#ring.samples(probes.providers);
    const best = bestProvider(samples, settings.health);
    return (
      samples.findLast((sample) => sample.provider === best)?.ok === false ||
      standstill(samples, clock.now(), settings.health.downMs).isDoubted ||
      this.#providers.some(({ breaker }) => breaker === 'half_open')
    );
  }

  get #providers(): readonly ProviderStanding[] {
    return this.#breakers.standing(this.#world.probes.providers, this.#world.clock.now());
  }

  get #level(): ChainLevel {
    return levelOfHealth(this.#state);
  }

  get #state(): HealthState {
    return stateOf(this.#kernel.standing);
  }
}

function stateOf({ value }: Pick<Standing<HealthContext>, 'value'>): HealthState {
  // SAFETY: the health machine's states are exactly these.
  return value as HealthState;
}
