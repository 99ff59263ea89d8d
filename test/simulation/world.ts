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
import type { Caller, PeersPort } from '../../durable-objects/wire/objects.ts';
import { handleRpcText, LocalChain, loadMatchProgram } from '../../services/local-chain/index.ts';
import {
  connect,
  ensureProgram,
  fundPlayer,
  SolanaChain,
  type SolanaParts,
} from '../../services/solana/index.ts';
import { parseSettings } from '../../services/solana/settings.ts';
import { createProbes } from '../../services/solana-health-monitor.ts';
import { NodeSql } from '../support/node-sql.ts';

export const SLOT_MS = 50;
const START = 1_800_000_000_000;

interface Living {
  alarm(): Promise<void>;
}

interface Node<Object extends Living> {
  readonly sql: NodeSql;
  object: Object;
  revive(): void;
  alarmAt: number | null;
}

/** What the network does with a call before or after the chain has seen it. */
export type Weather = (method: string) => 'fine' | 'lost' | 'reply-lost' | 'http-500' | 'html';

export class World {
  readonly chain: LocalChain;
  readonly solana: SolanaParts;
  readonly port: ChainPort & SignerPort;
  readonly settings: MirrorSettings;
  readonly delivered: Alert[] = [];
  readonly frames: string[] = [];
  readonly watchers: Viewer[] = [];
  weather: Weather = () => 'fine';
  #now = START;
  #seed = 1;
  readonly #matches = new Map<string, Node<MoneyMatchStateDO>>();
  readonly #deposits = new Map<string, Node<UserDepositDO>>();
  readonly #directories = new Map<string, Node<DirectoryDO>>();
  readonly #monitors = new Map<string, Node<SolanaHealthMonitorDO>>();
  readonly #peers: PeersPort;

  constructor(scale = 0.1) {
    this.chain = new LocalChain({ startAt: START, slotMs: SLOT_MS, programs: [loadMatchProgram()] });
    this.settings = mirrorSettings(scale);
    const settings = parseSettings({
      providers: [{ name: 'local', url: 'http://127.0.0.1:8899' }],
      programId: loadMatchProgram().address,
      cluster: this.chain.genesisHash,
      coordinatorSecrets: [base58Encode(Keypair.fromSeed(new Uint8Array(32).fill(7)).secretKey)],
      custodySecret: '0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20',
      absenceProviders: 1,
      development: true,
    });
    this.solana = connect(settings, { fetch: this.#fetch });
    this.port = new SolanaChain(this.solana);
    const probes = createProbes(settings, { fetch: this.#fetch, now: () => this.#now });
    this.#peers = {
      match: (name) => this.#match(name).object,
      deposit: (name) => this.#deposit(name).object,
      directory: (shard) => this.#directory(directoryName(shard)).object,
      health: () => this.#monitor().object,
    };
    this.#makeWorld = (name, sql, arm) => ({
      name,
      settings: this.settings,
      sql,
      alarm: { set: arm },
      clock: { now: () => this.#now },
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
      chain: this.port,
      signer: this.port,
      probes,
      peers: this.#peers,
      alerts: { deliver: async (alert) => void this.delivered.push(alert) },
    });
  }

  readonly #makeWorld: (name: string, sql: NodeSql, arm: (at: number | null) => void) => ObjectWorld;

  get now(): number {
    return this.#now;
  }

  /** Program ready, monitor healthy. */
  async open(): Promise<void> {
    await ensureProgram(this.solana, this.#clock());
    await this.#monitor().object.watch();
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
    return this.#deposit(depositName(this.port, await this.port.custodyAuthority(userId))).object;
  }

  caller(userId: string): Caller {
    return { userId, wallet: walletOf(userId), role: 'player' };
  }

  /** Money on the chain, credited in the ledger once final. */
  async fund(userId: string, lamports: bigint): Promise<void> {
    const { authority } = await fundPlayer(this.solana, this.#clock(), userId, lamports);
    const binding = { userId, wallet: walletOf(userId), authority };
    await (await this.deposit(userId)).reconcile(binding, 'fund');
  }

  /** Memory is lost, rows and alarm are kept. */
  evict(name: string): void {
    for (const nodes of [this.#matches, this.#deposits, this.#directories, this.#monitors])
      nodes.get(name)?.revive();
  }

  evictAll(): void {
    for (const nodes of [this.#matches, this.#deposits, this.#directories, this.#monitors])
      for (const node of nodes.values()) node.revive();
  }

  /** Time passes, a slot at a time: blocks first, then the alarms that are due, in the order of their times. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    while (this.#now < end) {
      this.#now = Math.min(end, this.#now + SLOT_MS);
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

  async #fireDue(): Promise<void> {
    // Bounded: an object that re-arms itself for now would stop the clock.
    for (let round = 0; round < 50; round += 1) {
      const due = this.#nodes().filter((node) => node.alarmAt !== null && node.alarmAt <= this.#now);
      if (due.length === 0) return;
      for (const node of due) {
        node.alarmAt = null;
        await node.object.alarm();
      }
    }
  }

  #nodes(): Node<Living>[] {
    return [
      ...this.#directories.values(),
      ...this.#monitors.values(),
      ...this.#deposits.values(),
      ...this.#matches.values(),
    ];
  }

  #match(name: string): Node<MoneyMatchStateDO> {
    return this.#node(this.#matches, name, (world) => new MoneyMatchStateDO(world));
  }

  #deposit(name: string): Node<UserDepositDO> {
    return this.#node(this.#deposits, name, (world) => new UserDepositDO(world));
  }

  #directory(name: string): Node<DirectoryDO> {
    return this.#node(this.#directories, name, (world) => new DirectoryDO(world));
  }

  #monitor(): Node<SolanaHealthMonitorDO> {
    return this.#node(this.#monitors, healthName(this.port), (world) => new SolanaHealthMonitorDO(world));
  }

  #node<Object extends Living>(
    nodes: Map<string, Node<Object>>,
    name: string,
    construct: (world: ObjectWorld) => Object,
  ): Node<Object> {
    const known = nodes.get(name);
    if (known !== undefined) return known;
    const sql = new NodeSql();
    const arm = (at: number | null): void => {
      const node = nodes.get(name);
      if (node !== undefined) node.alarmAt = at;
    };
    const make = (): Object => construct(this.#makeWorld(name, sql, arm));
    const node: Node<Object> = {
      sql,
      object: make(),
      alarmAt: null,
      revive() {
        node.object = make();
      },
    };
    nodes.set(name, node);
    return node;
  }

  /** The development helpers wait by this clock: their sleep is the world's time. */
  #clock(): { now: () => number; sleep: (ms: number) => Promise<void> } {
    return { now: () => this.#now, sleep: (ms) => this.advance(ms) };
  }

  readonly #fetch = async (_url: unknown, init?: { body?: unknown }): Promise<Response> => {
    const text = String(init?.body ?? '');
    // SAFETY: the Solana side sends one JSON-RPC request object a call.
    const { method } = JSON.parse(text) as { method: string };
    const weather = this.weather(method);
    if (weather === 'lost') throw new TypeError('fetch failed');
    if (weather === 'http-500') return new Response('{"error":"overloaded"}', { status: 500 });
    if (weather === 'html') return new Response('<html>Bad gateway</html>', { status: 200 });
    const reply = handleRpcText(this.chain, text);
    if (weather === 'reply-lost') throw new TypeError('fetch failed');
    return new Response(reply, { status: 200, headers: { 'content-type': 'application/json' } });
  };

  /** Deterministic: the same run draws the same bytes. */
  #bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => {
      this.#seed = (Math.imul(this.#seed, 1_103_515_245) + 12_345) >>> 0;
      return this.#seed >>> 24;
    });
  }
}

/** A player's wallet; in the simulation only its address is used. */
export function walletOf(userId: string): string {
  const seed = new Uint8Array(32);
  new TextEncoder().encodeInto(userId, seed);
  return Keypair.fromSeed(seed).publicKey.toBase58();
}

let keys = 0;
/** A UUIDv7-shaped client key, distinct in a run. */
export function clientKey(): string {
  keys += 1;
  return `0192f0c0-0000-7000-8000-${keys.toString(16).padStart(12, '0')}`;
}

let ids = 0;
export function matchId(): string {
  ids += 1;
  return `${ids.toString(16).padStart(8, '0')}-2222-4333-8444-555555555555`;
}
