/**
 * The whole mirror in one process under a virtual clock: the real objects over node:sqlite, the real Solana side over
 * the real chain's JSON-RPC handler, no sockets and no waiting. An addition to workerd, never a replacement.
 */
import { Keypair } from '@solana/web3.js';
import { base58Encode } from '../../core/index.ts';
import { DirectoryDO } from '../../durable-objects/DirectoryDO.ts';
import { MoneyMatchStateDO } from '../../durable-objects/MoneyMatchStateDO.ts';
import { depositName, directoryName, healthName, matchName } from '../../durable-objects/names.ts';
import type { Alert, ChainPort, ObjectWorld, SignerPort, Viewer } from '../../durable-objects/ports.ts';
import { SolanaHealthMonitorDO } from '../../durable-objects/SolanaHealthMonitorDO.ts';
import { type MirrorSettings, mirrorSettings } from '../../durable-objects/settings.ts';
import { UserDepositDO } from '../../durable-objects/UserDepositDO.ts';
import type { Binding, Caller, PeersPort } from '../../durable-objects/wire/objects.ts';
import { type ChainNode, LocalChain, loadMatchProgram } from '../../services/local-chain/index.ts';
import {
  connect,
  ensureProgram,
  fundPlayer,
  SolanaChain,
  type SolanaParts,
} from '../../services/solana/index.ts';
import { parseSettings, type SolanaSettings } from '../../services/solana/settings.ts';
import { createProbes } from '../../services/solana-health-monitor.ts';
import { type StateSyncReport, syncState } from '../../services/state-sync.ts';
import { Home, Life, type Living, type Storage } from './homes.ts';
import { walletOf } from './ids.ts';
import { type PeerWeather, providerFetch, providerUrl, stub, type Weather } from './network.ts';
import { relayProgram } from './relay.ts';
import { steppedPeer, steppedPort, type Watcher } from './steps.ts';

export { clientKey, matchId, walletOf } from './ids.ts';
export type { PeerWeather, Weather } from './network.ts';

export const SLOT_MS = 50;
const START = 1_800_000_000_000;
/** The key that creates matches. A test that plays a stolen key, or a tool beside the mirror, signs with it too. */
export const COORDINATOR = Keypair.fromSeed(new Uint8Array(32).fill(7));

export interface WorldOptions {
  /** Factor on every threshold of the mirror. */
  readonly scale?: number;
  /** Names of the RPC providers; from two on, two have to miss a signature before it counts as absent. */
  readonly providers?: readonly string[];
  /** How far the clock of an object's isolate is off, in ms (F27). */
  readonly skewOf?: (name: string) => number;
}

export class World {
  readonly chain: LocalChain;
  solana: SolanaParts;
  port: ChainPort & SignerPort;
  readonly settings: MirrorSettings;
  readonly delivered: Alert[] = [];
  readonly frames: string[] = [];
  readonly watchers: Viewer[] = [];
  weather: Weather = () => 'fine';
  peerWeather: PeerWeather = () => 'fine';
  /** Told of every step at which an object could die. */
  watcher: Watcher = null;
  skewOf: NonNullable<WorldOptions['skewOf']>;
  #now = START;
  #seed = 1;
  readonly #homes = new Map<string, Home<Living>>();
  #solanaSettings: SolanaSettings;
  /** Who asks from outside: the cron. It never dies. */
  readonly #outside = { name: 'outside', life: new Life() };
  /** What a provider knows of the chain, where that is not the chain itself. */
  readonly nodes = new Map<string, ChainNode>();

  constructor({ scale = 0.1, providers = ['local'], skewOf = () => 0 }: WorldOptions = {}) {
    this.skewOf = skewOf;
    const programs = [loadMatchProgram(), relayProgram];
    this.chain = new LocalChain({ startAt: START, slotMs: SLOT_MS, programs });
    this.settings = mirrorSettings(scale);
    this.#solanaSettings = parseSettings({
      // No time passes while the simulation asks: a thousand questions of one instant are no flood.
      providers: providers.map((name) => ({ name, url: providerUrl(name), requestsPerSecond: 100_000 })),
      programId: loadMatchProgram().address,
      cluster: this.chain.genesisHash,
      coordinatorSecrets: [base58Encode(COORDINATOR.secretKey)],
      custodySecret: '0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20',
      absenceProviders: Math.min(2, providers.length),
      development: true,
    });
    this.solana = connect(this.#solanaSettings, { fetch: this.#fetch, now: () => this.#now });
    this.port = new SolanaChain(this.solana);
  }

  /** As a deployment with other keys does it: whoever is born from now on has these; the first creates new matches. */
  rotate(...coordinators: readonly Keypair[]): void {
    const coordinatorSecrets = coordinators.map(({ secretKey }) => base58Encode(secretKey));
    this.#solanaSettings = { ...this.#solanaSettings, coordinatorSecrets };
    this.solana = connect(this.#solanaSettings, { fetch: this.#fetch, now: () => this.#now });
    this.port = new SolanaChain(this.solana);
    this.evictAll();
  }

  get now(): number {
    return this.#now;
  }

  /** Program ready, monitor healthy. */
  async open(): Promise<void> {
    await ensureProgram(this.solana, this.clock());
    await this.health.watch();
    await this.until(async () => (await this.health.view()).state === 'healthy', 'the monitor says healthy');
  }

  get health(): SolanaHealthMonitorDO {
    return this.#monitor().object;
  }

  match(matchId: string): MoneyMatchStateDO {
    return this.#match(this.matchName(matchId)).object;
  }

  matchName(matchId: string): string {
    return matchName(this.port, this.port.pda('match', matchId).address);
  }

  async deposit(userId: string): Promise<UserDepositDO> {
    return this.#deposit(await this.depositName(userId)).object;
  }

  async depositName(userId: string): Promise<string> {
    return depositName(this.port, await this.port.custodyAuthority(userId));
  }

  get healthName(): string {
    return healthName(this.port);
  }

  directory(shard: number): DirectoryDO {
    return this.#directory(directoryName(shard)).object;
  }

  caller(userId: string): Caller {
    return { userId, wallet: walletOf(userId), role: 'player' };
  }

  async binding(userId: string): Promise<Binding> {
    return { userId, wallet: walletOf(userId), authority: await this.port.custodyAuthority(userId) };
  }

  /** Money on the chain, credited in the ledger once final. */
  async fund(userId: string, lamports: bigint): Promise<void> {
    await fundPlayer(this.solana, this.clock(), userId, lamports);
    await (await this.deposit(userId)).reconcile(await this.binding(userId), 'fund');
  }

  /** One pass of the cron (design: section 9). */
  async cron(): Promise<StateSyncReport> {
    const deps = { peers: this.#peers(this.#outside), chain: this.port, now: () => this.#now };
    return syncState(deps, this.#now);
  }

  /** What an object has stored, and what a point-in-time restore replaces. */
  home(name: string): Home<Living> {
    const home = this.#homes.get(name);
    if (home === undefined) throw new Error(`nobody has asked for ${name} yet`);
    return home;
  }

  /** Every object that somebody has asked for. */
  get names(): readonly string[] {
    return [...this.#homes.keys()];
  }

  /** Memory is lost, rows and alarm are kept. */
  evict(name: string): void {
    this.#homes.get(name)?.kill();
  }

  evictAll(): void {
    for (const home of this.#homes.values()) home.kill();
  }

  /**
   * Time passes, a slot at a time: blocks first, then the alarms that are due, all at once. Of a halted chain, the slots
   * with no alarm in them are passed over, so that a day of it is soon over.
   */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    while (this.#now < end) {
      const slots = this.chain.frozen ? await this.#slotsUntilDue() : 1;
      this.#now = Math.min(end, this.#now + slots * SLOT_MS);
      this.chain.advanceTo(this.#now);
      await this.#fireDue();
    }
  }

  /** Advances until the condition holds; fails after `limitMs` of virtual time. */
  async until(condition: () => boolean | Promise<boolean>, what: string, limitMs = 120_000): Promise<void> {
    const end = this.#now + limitMs;
    while (!(await condition())) {
      if (this.#now >= end) throw new Error(`not within ${limitMs} virtual ms: ${what}`);
      await this.advance(SLOT_MS);
    }
  }

  async #slotsUntilDue(): Promise<number> {
    // What somebody asked for without waiting for it may still set an alarm.
    await new Promise(setImmediate);
    let due = Number.POSITIVE_INFINITY;
    for (const { alarmAt } of this.#homes.values()) due = Math.min(due, alarmAt ?? due);
    return Math.max(1, Math.ceil((due - this.#now) / SLOT_MS));
  }

  async #fireDue(): Promise<void> {
    // Bounded: an object that re-arms itself for now would stop the clock.
    for (let round = 0; round < 50; round += 1) {
      const due = [...this.#homes.values()].filter(({ alarmAt }) => alarmAt !== null && alarmAt <= this.#now);
      if (due.length === 0) return;
      await Promise.all(due.map((home) => home.fire(this.#now)));
    }
  }

  #match(name: string): Home<MoneyMatchStateDO> {
    return this.#home(name, (storage) => new MoneyMatchStateDO(this.#worldOf(storage)));
  }

  #deposit(name: string): Home<UserDepositDO> {
    return this.#home(name, (storage) => new UserDepositDO(this.#worldOf(storage)));
  }

  #directory(name: string): Home<DirectoryDO> {
    return this.#home(name, (storage) => new DirectoryDO(this.#worldOf(storage)));
  }

  #monitor(): Home<SolanaHealthMonitorDO> {
    return this.#home(this.healthName, (storage) => new SolanaHealthMonitorDO(this.#worldOf(storage)));
  }

  #home<Object extends Living>(name: string, construct: (storage: Storage) => Object): Home<Object> {
    const known = this.#homes.get(name);
    // SAFETY: the first part of a name is the kind of the object; each kind is constructed in one place, above.
    if (known !== undefined) return known as Home<Object>;
    const home = new Home(name, construct, () => this.watcher?.({ by: name, what: 'stored' }));
    this.#homes.set(name, home);
    return home;
  }

  #worldOf({ name, sql, alarm, life }: Storage): ObjectWorld {
    const now = (): number => this.#now + this.skewOf(name);
    const port = steppedPort(this.port, { name, life }, () => this.watcher);
    return {
      name,
      settings: this.settings,
      sql,
      // It goes by the clock of the machine that it was set on.
      alarm: { set: (at) => alarm.set(at === null ? null : at - this.skewOf(name)) },
      clock: { now },
      random: { bytes: (length) => this.#bytes(length) },
      sockets: {
        count: () => this.watchers.length,
        broadcast: (frameFor) => {
          for (const viewer of this.watchers) {
            const frame = frameFor(viewer);
            if (frame !== null) this.frames.push(frame);
          }
        },
      },
      chain: port,
      signer: port,
      probes: createProbes(this.#solanaSettings, { fetch: this.#fetch, now }),
      peers: this.#peers({ name, life }),
      alerts: { deliver: async (alert) => void this.delivered.push(alert) },
    };
  }

  #peers(caller: { readonly name: string; readonly life: Life }): PeersPort {
    const weather = (): PeerWeather => this.peerWeather;
    const watcher = (): Watcher => this.watcher;
    const reach = <Object extends Living>(home: () => Home<Object>): Object =>
      steppedPeer(stub(caller, home, weather), caller, watcher);
    return {
      match: (name) => reach(() => this.#match(name)),
      deposit: (name) => reach(() => this.#deposit(name)),
      directory: (shard) => reach(() => this.#directory(directoryName(shard))),
      health: () => reach(() => this.#monitor()),
    };
  }

  /** The development helpers wait by this clock: their sleep is the world's time. */
  clock(): { now: () => number; sleep: (ms: number) => Promise<void> } {
    return { now: () => this.#now, sleep: (ms) => this.advance(ms) };
  }

  readonly #fetch = (url: unknown, init?: { body?: unknown }): Promise<Response> =>
    providerFetch(
      (provider) => this.nodes.get(provider) ?? this.chain,
      () => this.weather,
    )(url, init);

  /** Deterministic: the same run draws the same bytes. */
  #bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => {
      this.#seed = (Math.imul(this.#seed, 1_103_515_245) + 12_345) >>> 0;
      return this.#seed >>> 24;
    });
  }
}
