/**
 * A chain of which only the slots pass, by the world's clock: the real one stands still behind it, so that an hour is
 * the seconds of its probes and not the half minute of its 72,000 blocks. What probes ask is answered by the real chain,
 * with the slots of this one.
 */
import { handleRpcText } from '../../services/local-chain/index.ts';
import type { Sky, Weather } from './network.ts';
import { World } from './world.ts';

const SLOT_MS = 400;
/** What a probe asks, and what has slots in its answer. */
const PROBED = new Set(['getEpochInfo', 'getMultipleAccounts']);

export interface Look {
  /** Slots that this provider is behind the tip, and `finalized` behind that. */
  readonly behind?: number;
  readonly lag?: number;
  /** It shows other bytes than the others do. */
  readonly differs?: boolean;
}

export class Passing {
  readonly world: World;
  /** How each provider sees the chain, and what becomes of calls to it. */
  look: (provider: string) => Look = () => ({});
  weather: Weather = () => 'fine';
  #slotMs = SLOT_MS;
  #slots = 0;
  #at: number;
  readonly #first: number;
  readonly #answers = new Map<string, object>();

  private constructor(world: World) {
    this.world = world;
    this.#at = world.now;
    world.chain.freeze();
    this.#first = Number(field(this.#ask('getEpochInfo', []), 'absoluteSlot'));
    world.weather = (method, params, provider) => this.#sky(method, params, provider);
  }

  /** At scale 1, with a monitor that says healthy. */
  static async open(...providers: readonly string[]): Promise<Passing> {
    const world = new World({ scale: 1, providers });
    await world.open();
    return new Passing(world);
  }

  /** From now on. Infinity: the chain stands still. */
  set slotMs(ms: number) {
    this.#pass();
    this.#slotMs = ms;
  }

  /** It goes on from an earlier slot. */
  restart(slotMs: number, back: number): void {
    this.slotMs = slotMs;
    this.#slots -= back;
  }

  get slot(): number {
    this.#pass();
    return this.#first + Math.floor(this.#slots);
  }

  /** Somebody waits for the chain: the monitor probes at its quick pace. */
  async somebodyWaits(): Promise<void> {
    const entry = { name: 'match/somebody', kind: 'match', active: true, seq: 1, head: '' } as const;
    await this.world.directory(0).attach(entry);
  }

  /** Changes of the monitor's state from now on, as long as `work` takes. */
  async changesIn(work: () => Promise<void>): Promise<readonly string[]> {
    const before = (await this.world.health.journal(1, 500)).entries.length;
    await work();
    const { entries } = await this.world.health.journal(before + 1, 500);
    return entries.map(({ entry }) => String(JSON.parse(entry).to));
  }

  #pass(): void {
    this.#slots += (this.world.now - this.#at) / this.#slotMs;
    this.#at = this.world.now;
  }

  #sky(method: string, params: readonly unknown[], provider: string): Sky {
    const sky = this.weather(method, params, provider);
    if (sky !== 'fine' || !PROBED.has(method)) return sky;
    const { behind = 0, lag = 32, differs = false } = this.look(provider);
    const slot = this.slot - behind;
    const result = this.#ask(method, params);
    if (method === 'getEpochInfo') return { result: { ...result, absoluteSlot: slot } };
    const value: unknown = differs ? [null, null, null] : Reflect.get(result, 'value');
    return { result: { context: { slot: slot - lag }, value } };
  }

  /** The chain stands still: it has one answer to each question. */
  #ask(method: string, params: readonly unknown[]): object {
    const request = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
    const known = this.#answers.get(request);
    if (known !== undefined) return known;
    const text = handleRpcText(this.world.chain, request);
    const result: unknown = JSON.parse(text).result;
    if (typeof result !== 'object' || result === null) throw new Error(`${method}: ${text}`);
    this.#answers.set(request, result);
    return result;
  }
}

function field(of: object, name: string): unknown {
  return Reflect.get(of, name);
}
