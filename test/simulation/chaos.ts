/**
 * A run drawn from a seed: players join, withdraw and deposit, hosts start and end, while the weather does what it likes. The same seed is the
 * same run. Phase A: everything may fail, nothing wrong may be acknowledged. Phase B: it heals, and must drain.
 */
import type { Answer } from '../../durable-objects/wire/objects.ts';
import type { MatchView } from '../../durable-objects/wire/views.ts';
import { walletKeys } from './ids.ts';
import { signedBy } from './wallets.ts';
import { clientKey, matchId, World } from './world.ts';

const FEE = '100000000';
const PAID = { entryFee: FEE, paymentMethod: 1 } as const;
const USERS = ['u1', 'u2', 'u3', 'u4', 'u5'] as const;
const SOL = 1_000_000_000n;

export interface Acknowledged {
  readonly what: string;
  readonly again: () => Promise<Answer>;
  readonly answer: Answer;
}

export class Chaos {
  /** With two providers for every other seed: one of them may then be behind. */
  readonly world: World;
  readonly users: readonly string[] = USERS;
  readonly matches: readonly string[];
  readonly funded = BigInt(USERS.length) * SOL;
  /** What was answered for good: the same request must be answered so for ever. */
  readonly acknowledged: Acknowledged[] = [];
  /** What happened, for whoever reads a failure. */
  readonly log: string[] = [];
  #state: number;
  #calmAt = 0;
  /** The halt that is on ends with a restart from an earlier slot. */
  #restarts = false;
  readonly #asked: { what: string; ask: () => Promise<Answer> }[] = [];

  constructor(seed: number, matches = 3) {
    this.#state = seed >>> 0;
    this.world = new World(seed % 2 === 0 ? {} : { providers: ['one', 'two'] });
    this.matches = Array.from({ length: matches }, () => matchId());
  }

  async open(): Promise<void> {
    await this.world.open();
    for (const user of this.users) await this.world.fund(user, SOL);
    for (const id of this.matches) await this.#ask(`create ${id.slice(0, 8)}`, () => this.#create(id));
  }

  /** Phase A. */
  async storm(ms: number): Promise<void> {
    const end = this.world.now + ms;
    while (this.world.now < end) {
      this.#changeWeather();
      await this.#somebodyActs();
      await this.world.advance(50 * (1 + this.#draw(12)));
    }
  }

  /** Phase B: until nothing is open and every match says what the chain says. */
  async heal(): Promise<void> {
    this.#calm();
    for (const id of this.matches) await this.#finish(id);
    const quiet = this.world.until(
      async () => {
        for (const user of this.users) await this.#signs(user);
        return this.#isQuiet();
      },
      'everything has drained',
      200_000,
    );
    await quiet.catch(async (error: unknown) => this.log.push(`${error}`, ...(await this.#whatIsLeft())));
    if (!(await this.#isQuiet())) throw new Error('not drained');
    await this.world.advance(5_000);
    await this.world.cron();
  }

  async view(id: string): Promise<MatchView> {
    const view = await this.world.match(id).view({ userId: null, role: 'operator' });
    if (view === null) throw new Error(`no match ${id}`);
    return view;
  }

  async #isQuiet(): Promise<boolean> {
    for (const id of this.matches) {
      const { link, openActions } = await this.view(id);
      if (link !== 'online' || openActions.length > 0) return false;
    }
    for (const user of this.users) {
      const view = await (await this.world.deposit(user)).view();
      if (view?.link !== 'online' || view.holds.length > 0 || view.openActions.length > 0) return false;
    }
    return true;
  }

  async #whatIsLeft(): Promise<string[]> {
    const left: string[] = [];
    for (const id of this.matches) {
      const { money, link, seats, openActions, pausedFor } = await this.view(id);
      left.push(JSON.stringify({ id, money, link, pausedFor, seats, openActions }));
      left.push(
        JSON.stringify(
          this.world.home(this.world.matchName(id)).rows('SELECT key, due, tries, parked, error FROM outbox'),
        ),
      );
      left.push(
        JSON.stringify(
          this.world.home(this.world.matchName(id)).rows('SELECT state, detail, action FROM attempt'),
        ),
      );
      left.push(JSON.stringify(await this.world.match(id).alerts()));
    }
    for (const user of this.users) {
      const deposit = await this.world.deposit(user);
      left.push(JSON.stringify(await deposit.view()), JSON.stringify(await deposit.alerts()));
      left.push(
        JSON.stringify(
          this.world
            .home(await this.world.depositName(user))
            .rows('SELECT key, due, tries, parked, error FROM outbox'),
        ),
      );
    }
    return left;
  }

  /** A match that was started is ended; a request that is refused for the moment is made again. */
  async #finish(id: string): Promise<void> {
    await this.world.until(async () => (await this.#create(id)).status !== 503, 'create is answered');
    await this.world.until(async () => {
      const { money, seats, result } = await this.view(id);
      const winner = seats[0];
      if (money !== 'playing' || result !== null || winner === undefined) return true;
      const key = clientKey();
      await this.#ask(`end ${id.slice(0, 8)}`, () => this.#end(id, winner.userId, key));
      return false;
    }, 'the match has a result');
  }

  async #somebodyActs(): Promise<void> {
    const id = this.#pick(this.matches);
    const user = this.#pick(this.users);
    const key = clientKey();
    const short = id.slice(0, 8);
    const roll = this.#draw(13);
    await this.#signs(user);
    if (roll >= 12) await this.#ask(`deposit ${user}`, () => this.#transfer('deposit', user, key));
    else if (roll >= 10) await this.#ask(`withdraw ${user}`, () => this.#transfer('withdraw', user, key));
    else if (roll < 5) await this.#ask(`join ${short} ${user}`, () => this.#join(id, user, key));
    else if (roll < 7) await this.#ask(`start ${short}`, () => this.#start(id, key));
    else if (roll < 8) await this.#ask(`end ${short} ${user}`, () => this.#end(id, user, key));
    else if (this.#asked.length > 0) {
      // A client that never heard its answer asks again, and from two devices.
      const { what, ask } = this.#pick(this.#asked);
      await Promise.all([this.#ask(`again ${what}`, ask), this.#ask(`again ${what}`, ask)]);
    }
  }

  async #ask(what: string, ask: () => Promise<Answer>): Promise<void> {
    this.#asked.push({ what, ask });
    let said: string;
    try {
      const answer = await ask();
      said = answer.text.slice(0, 60);
      if (answer.status === 200 || answer.status === 201)
        this.acknowledged.push({ what, again: ask, answer });
    } catch (error) {
      // The object died under the request: the client knows nothing.
      said = String(error);
    }
    this.log.push(`${this.world.now} ${what}: ${said}`);
  }

  #create(id: string): Promise<Answer> {
    const request = { clientKey: keyOf(id), matchId: id, gameType: 0, seed: '1', ...PAID };
    return this.world.match(id).create(this.world.caller('u1'), request);
  }

  #join(id: string, user: string, key: string): Promise<Answer> {
    return this.world.match(id).join(this.world.caller(user), { clientKey: key, ...PAID });
  }

  #start(id: string, key: string): Promise<Answer> {
    return this.world.match(id).start(this.world.caller('u1'), { clientKey: key });
  }

  #end(id: string, winner: string, key: string): Promise<Answer> {
    const result = [{ userId: winner, shareBps: 10_000 }];
    return this.world.match(id).end(this.world.caller('u1'), { clientKey: key, result });
  }

  async #transfer(kind: 'deposit' | 'withdraw', user: string, clientKey: string): Promise<Answer> {
    const lamports = kind === 'withdraw' ? '50000000' : '20000000';
    return (await this.world.deposit(user))[kind](this.world.caller(user), { clientKey, lamports });
  }

  /** The user's wallet signs whatever it is asked to; what it is told of that is lost as often as not. */
  async #signs(user: string): Promise<void> {
    const object = await this.world.deposit(user);
    const view = await object.view();
    for (const { action, transaction } of view?.signRequests ?? []) {
      const signed = signedBy(walletKeys(user), transaction);
      await object
        .sign(this.world.caller(user), { clientKey: clientKey(), action, transaction: signed })
        .catch(() => null);
    }
  }

  #changeWeather(): void {
    const { world } = this;
    if (this.#draw(6) === 0) world.evict(this.#pick(world.names));
    if (this.#draw(40) === 0) world.evictAll();
    if (this.#draw(25) === 0) this.#fork();
    if (world.now < this.#calmAt) return;
    if (this.#draw(3) === 0) {
      this.#calm();
      return;
    }
    this.#storm(this.#draw(12));
    this.#calmAt = world.now + 250 * (1 + this.#draw(24));
  }

  #calm(): void {
    this.world.weather = () => 'fine';
    this.world.peerWeather = () => 'fine';
    this.world.watcher = null;
    this.world.nodes.clear();
    if (this.#restarts)
      this.log.push(`${this.world.now} restart: ${this.world.chain.restart().length} undone`);
    this.#restarts = false;
    this.world.chain.thaw();
  }

  #storm(kind: number): void {
    const { world } = this;
    const chance = 10 + this.#draw(80);
    const hit = (): boolean => this.#draw(100) < chance;
    const sends = (method: string): boolean => method === 'sendTransaction';
    this.log.push(`${world.now} storm ${kind} ${chance} %`);
    if (kind === 0 || kind === 9) world.chain.freeze();
    else if (kind === 1) world.weather = () => (hit() ? 'http-500' : 'fine');
    else if (kind === 2) world.weather = (method) => (sends(method) && hit() ? 'reply-lost' : 'fine');
    else if (kind === 3) world.weather = (method) => (sends(method) && hit() ? 'swallowed' : 'fine');
    else if (kind === 4) world.weather = () => (hit() ? 'lost' : 'fine');
    else if (kind === 10) world.nodes.set('one', world.chain.behind(5 + this.#draw(200)));
    else if (kind === 11) world.watcher = ({ what }) => this.#stores(what);
    else if (kind === 7) world.weather = () => this.#death();
    else if (kind === 8) world.peerWeather = () => this.#death();
    else if (kind === 5) world.peerWeather = () => (hit() ? 'reply-lost' : 'fine');
    else world.peerWeather = () => (hit() ? 'lost' : 'fine');
    this.#restarts ||= kind === 9;
  }

  /** Durable, and whoever wrote it is told that it failed (F22). */
  #stores(what: string): void {
    if (what === 'stored' && this.#draw(20) === 0) throw new Error('the outcome of the commit is unknown');
  }

  /** Somebody dies in the middle of a call, now and then. */
  #death(): 'fine' {
    if (this.#draw(20) === 0) this.world.evict(this.#pick(this.world.names));
    return 'fine';
  }

  /** Never of what is finalized. */
  #fork(): void {
    const { chain } = this.world;
    const from = chain.slot - this.#draw(12);
    if (chain.frozen || from <= chain.finalizedSlot) return;
    this.log.push(`${this.world.now} fork: ${chain.dropBlocks(from).length} undone`);
  }

  #pick<Item>(items: readonly Item[]): Item {
    const item = items[this.#draw(items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  /** 0 to below `sides`, from a 32-bit LCG's upper half. */
  #draw(sides: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return (this.#state >>> 16) % sides;
  }
}

/** The one key under which a match is created, however often it is asked for. */
function keyOf(id: string): string {
  return `0192f0c0-0000-7000-9000-${id.slice(0, 8).padStart(12, '0')}`;
}
