/**
 * A backlog: while the chain stands still, many users queue many actions over many hours; then it comes back, and all
 * of them are replayed. One play of it for the large one (test/outage) and the small one (`npm test`).
 */
import type { Answer } from '../../durable-objects/wire/objects.ts';
import { type DevDeps, fundPlayer } from '../../services/solana/index.ts';
import {
  type BacklogSize,
  hostOf,
  type Request,
  requestsOf,
  STAKE,
  type Table,
  tablesOf,
  userOf,
} from './backlog-requests.ts';
import { purse } from './checks.ts';
import { PermitWatch } from './permit-watch.ts';
import { clientKey, SLOT_MS, World } from './world.ts';

/** More than anybody stakes and withdraws. */
export const FUNDS = 1_000_000_000n;
/** More would use up a provider's budget of requests a second. */
const FUNDED_AT_ONCE = 50;
/** A game that seats ten (services/solana/dev-genesis.ts). */
const ROUND_TABLE = 1;
const SECOND = 1_000;
/** Bound of the drain, virtual: several times what the largest backlog takes. */
const DRAIN_LIMIT_MS = 6 * 3_600_000;

/** A request that was accepted, and what was answered. */
export interface Accepted extends Request {
  readonly hash: string;
  readonly answer: Answer;
}

export interface Drain {
  readonly actions: number;
  /** Until every action had ended, from the moment at which the chain went on. */
  readonly virtualMs: number;
  readonly wallMs: number;
  /** ... and until every object was online again. */
  readonly onlineMs: number;
  /** Signed and not landed at one look, by the objects' own rows. */
  readonly mostUnderWay: number;
  /** How often the monitor was asked for a permit. */
  readonly permitsAsked: number;
}

export class Backlog {
  /** Unscaled: the monitor probes a day long at the pace of production. */
  readonly world = new World({ scale: 1 });
  readonly users: readonly string[];
  readonly tables: readonly Table[];
  /** In the order of acceptance. */
  readonly accepted: Accepted[] = [];
  readonly #size: BacklogSize;
  #treasuryBefore = 0n;

  constructor(size: BacklogSize) {
    this.#size = size;
    this.users = Array.from({ length: size.users }, (_, index) => userOf(index));
    this.tables = tablesOf(size);
  }

  /** Lamports of the treasury before the first stake. */
  get treasuryBefore(): bigint {
    return this.#treasuryBefore;
  }

  /** Everybody has money, every match is created, and both are final; nothing is on its way. */
  async open(): Promise<void> {
    const { world } = this;
    await world.open();
    for (let start = 0; start < this.users.length; start += FUNDED_AT_ONCE)
      await this.#fund(this.users.slice(start, start + FUNDED_AT_ONCE));
    for (const table of this.tables) {
      const terms = {
        gameType: ROUND_TABLE,
        seed: '1',
        entryFee: STAKE.toString(),
        paymentMethod: 1 as const,
      };
      const request = { clientKey: clientKey(), matchId: table.id, ...terms };
      mustBe(201, await world.match(table.id).create(world.caller(hostOf(table)), request));
    }
    await world.until(() => this.#unfinished() === 0, 'every match is created');
    await world.until(() => this.#offline() === 0, 'nothing is on its way');
    this.#treasuryBefore = (await purse(world, [], [])).treasury;
  }

  /** The chain stands still; requests come in, spread over the whole of the halt; all of them are accepted. */
  async halt(): Promise<void> {
    const { world } = this;
    world.chain.freeze();
    const began = world.now;
    await world.until(async () => (await world.health.view()).state === 'down', 'the monitor says down');
    for (const request of await requestsOf(world, this.#size, this.tables)) {
      await world.advance(Math.max(0, began + request.at - world.now));
      const answer = mustBe(200, await request.ask());
      this.accepted.push({ ...request, answer, hash: hashIn(answer) });
    }
    await world.advance(began + this.#size.haltMs - world.now);
  }

  /** Until every action has ended and every object is online, no more being under way than the monitor permits. */
  async drain(): Promise<Drain> {
    const { world } = this;
    const actions = this.#unfinished();
    const permits = new PermitWatch(world, () => this.#owners());
    const [began, wall] = [world.now, performance.now()];
    world.chain.thaw();
    await this.#everySecond(() => this.#unfinished() === 0, permits);
    const [virtualMs, wallMs] = [world.now - began, performance.now() - wall];
    await this.#everySecond(() => this.#offline() === 0, permits);
    const onlineMs = world.now - began;
    return { actions, virtualMs, wallMs, onlineMs, mostUnderWay: permits.most, permitsAsked: permits.asked };
  }

  async #everySecond(isDone: () => boolean, permits: PermitWatch): Promise<void> {
    const end = this.world.now + DRAIN_LIMIT_MS;
    for (; !isDone(); await permits.look()) {
      if (this.world.now > end) throw new Error(`still draining after ${DRAIN_LIMIT_MS} virtual ms`);
      await this.world.advance(SECOND);
    }
  }

  /** All of them at once: what they sleep is one passing of time. */
  async #fund(users: readonly string[]): Promise<void> {
    const { world } = this;
    const sleep = async (ms: number): Promise<void> => {
      for (const until = world.now + ms; world.now < until; ) await new Promise(setImmediate);
    };
    const clock: DevDeps = { now: () => world.now, sleep };
    let open = users.length;
    const funded = users.map(async (user) => {
      await fundPlayer(world.solana, clock, user, FUNDS);
      await (await world.deposit(user)).reconcile(await world.binding(user), 'fund');
      open -= 1;
    });
    const all = Promise.all(funded).finally(() => {
      open = 0;
    });
    // Some slots at a time: whoever waits asks the chain each time.
    for (; open > 0; await new Promise(setImmediate)) await world.advance(10 * SLOT_MS);
    await all;
  }

  #unfinished(): number {
    const query =
      "SELECT count(*) AS open FROM action WHERE state NOT IN ('final', 'failed', 'expired', 'cancelled', 'review')";
    return this.#owners().reduce((sum, name) => sum + Number(this.world.home(name).rows(query)[0]?.open), 0);
  }

  /** Matches and deposits that are not `online`. */
  #offline(): number {
    return this.#owners().filter((name) => this.#linkOf(name) !== 'online').length;
  }

  #linkOf(name: string): string {
    const [row] = this.world.home(name).rows('SELECT value FROM snapshot');
    // SAFETY: every owner's machine has a region `link`.
    return (JSON.parse(String(row?.value)) as { link: string }).link;
  }

  #owners(): string[] {
    return this.world.names.filter((name) => name.startsWith('match/') || name.startsWith('deposit/'));
  }
}

function mustBe(status: number, answer: Answer): Answer {
  if (answer.status !== status) throw new Error(`answered ${answer.status}: ${answer.text}`);
  return answer;
}

function hashIn(answer: Answer): string {
  // SAFETY: every accepted request answers with the hash of its action.
  return (JSON.parse(answer.text) as { action: string }).action;
}
