/**
 * What is asked for under one fault: a join, a result, a settlement in two transactions, a deposit and a withdrawal, each
 * of a match or a person of its own, so that none depends on another.
 */
import { feeBreakdown, prizeDistribution, withdrawalDebit } from '../../../core/index.ts';
import type { DepositView, MatchView, SignRequestView } from '../../../durable-objects/wire/views.ts';
import type { MirrorClient } from '../../../services/dev/mirror-client.ts';
import { ENTRY_FEE, eventually, PLATFORM, pause } from '../../e2e/support/mirror.ts';
import { type People, type Person, SEATS } from './people.ts';
import { Request } from './requests.ts';

export const KINDS = ['join', 'end', 'distribute', 'deposit', 'withdraw'] as const;
export type Kind = (typeof KINDS)[number];

/** Games of the development's registry: a table of four, and one of ten. */
const SMALL = 0;
const LARGE = 1;
/** Of a wallet's deposit: its own signature, custody's and the coordinator's (services/dev/deposit-story.ts). */
const DEPOSIT_FEE = 15_000n;
const IN = 30_000_000n;
const OUT = 20_000_000n;
const SHARE = 1_000;
const MATCH_HASH = 'ab'.repeat(32);
const LOOK_MS = 200;
/** Of one thing after another fault: what was degraded by errors is believed again only after a minute of probes. */
const OUTAGE_WAIT_MS = 120_000;

export class Batch {
  readonly kinds: readonly Kind[];
  readonly #people: People;
  readonly #requests: Request[] = [];
  readonly #matches = new Map<Kind, string>();
  #isNineEnded = false;
  #isOver = false;
  #wallet: Promise<void> = Promise.resolve();

  constructor(people: People, kinds: readonly Kind[] = KINDS) {
    this.#people = people;
    this.kinds = kinds;
  }

  /** Matches as each kind needs them, final on the chain. */
  async prepare(): Promise<void> {
    const made: Promise<void>[] = [];
    if (this.kinds.includes('join')) made.push(this.#open('join', SMALL, []));
    if (this.kinds.includes('end')) made.push(this.#play('end', SMALL, this.#people.players.slice(0, 2)));
    if (this.kinds.includes('distribute')) made.push(this.#play('distribute', LARGE, this.#people.players));
    await Promise.all(made);
  }

  /**
   * The last moment before the fault. Where a settlement goes in two transactions the first of them has just landed, so
   * that the fault meets the second: `begin` is called within that very block.
   */
  async begin(begin: () => void): Promise<void> {
    const matchId = this.#matches.get('distribute');
    if (matchId === undefined) return begin();
    const { chain } = this.#people.stack.chain;
    const { matchPda } = await this.#view(matchId);
    const landed = (): number => chain.getSignaturesForAddress(matchPda, { commitment: 'processed' }).length;
    const before = landed();
    let hasBegun = false;
    const stop = chain.onBlock(() => {
      if (landed() === before) return;
      stop();
      begin();
      hasBegun = true;
    });
    await this.#endOfNine();
    await until('the result of nine lands', async () => hasBegun, Boolean);
  }

  /** All at once, each asked for until it is taken; and a wallet that signs whatever it is asked to from then on. */
  async request(): Promise<void> {
    const { depositor, withdrawer, config } = this.#people;
    const taken: Promise<void>[] = [];
    if (this.kinds.includes('join')) taken.push(this.#join('join', this.#people.player(2)));
    if (this.kinds.includes('end')) taken.push(this.#endOfTwo());
    if (this.kinds.includes('distribute') && !this.#isNineEnded) taken.push(this.#endOfNine());
    if (this.kinds.includes('deposit')) {
      taken.push(this.#ask('a deposit', '/api/v1/deposits', { lamports: `${IN}` }, depositor));
      this.#people.owe({
        [depositor.userId]: IN,
        [`wallet of ${depositor.userId}`]: -IN - DEPOSIT_FEE,
      });
      this.#wallet = this.#signing(depositor);
      // Waited for at the end; a round that fails before that has another reason to tell.
      this.#wallet.catch(() => {});
    }
    if (this.kinds.includes('withdraw')) {
      taken.push(this.#ask('a withdrawal', '/api/v1/withdrawals', { lamports: `${OUT}` }, withdrawer));
      this.#people.owe({
        [withdrawer.userId]: -withdrawalDebit(OUT, config.withdrawalFee),
        [`wallet of ${withdrawer.userId}`]: OUT,
        treasury: config.withdrawalFee,
      });
    }
    await Promise.all(taken);
  }

  /** Every request again, as whoever has lost the answer would. Answers what was answered otherwise than before. */
  async repeat(): Promise<readonly string[]> {
    const told = await Promise.all(this.#requests.map((request) => request.repeat()));
    return told.filter((each) => each !== null);
  }

  /** What the mirror has acknowledged: none of these may be lost. */
  get acknowledged(): readonly string[] {
    return this.#requests.flatMap(({ action }) => action ?? []);
  }

  /** Every action has ended; also while the fault lasts, and whatever is thought of the chain. */
  async ended(): Promise<void> {
    await this.#untilAll(({ openActions }) => openActions.length === 0, isPaid);
  }

  /** The same, both sides have been compared, and the chain decides again. */
  async settled(): Promise<void> {
    await this.#untilAll(isQuiet, (kind, view) => isPaid(kind, view) && isStill(view));
    this.close();
    await this.#wallet;
  }

  /** The wallet signs no more. */
  close(): void {
    this.#isOver = true;
  }

  /**
   * One after the other: fourteen questions at once, twenty times a second, would themselves be what keeps the mirror
   * from its work. Whoever was asked first is asked once more at the end.
   */
  async #untilAll(
    person: (view: DepositView) => boolean,
    match: (kind: Kind, view: MatchView) => boolean,
  ): Promise<void> {
    for (let turn = 0; turn < 2; turn += 1) {
      for (const [kind, id] of this.#matches)
        await this.#until(`${kind} is over`, id, (view) => match(kind, view));
      for (const each of this.#people.everyone)
        await until(`nothing of ${each.userId} is on its way`, () => each.deposit(), person);
    }
  }

  async #play(kind: Kind, gameType: number, players: readonly Person[]): Promise<void> {
    await this.#open(kind, gameType, players);
    const matchId = this.#idOf(kind);
    await this.#ask(`${kind}: start`, `/api/v1/matches/${matchId}/start`, {});
    await this.#until(`${kind}: start is final`, matchId, ({ openActions }) => openActions.length === 0);
  }

  async #open(kind: Kind, gameType: number, players: readonly Person[]): Promise<void> {
    const matchId = crypto.randomUUID();
    this.#matches.set(kind, matchId);
    const terms = { gameType, seed: '7', entryFee: `${ENTRY_FEE}`, paymentMethod: PLATFORM };
    await this.#ask(`${kind}: create`, '/api/v1/matches', { matchId, ...terms });
    await Promise.all(players.map((player) => this.#join(kind, player)));
    await this.#until(`${kind}: its seats are final`, matchId, isStill);
  }

  async #join(kind: Kind, player: Person): Promise<void> {
    const body = { entryFee: `${ENTRY_FEE}`, paymentMethod: PLATFORM };
    const path = `/api/v1/matches/${this.#idOf(kind)}/join`;
    await this.#ask(`${kind}: join of ${player.userId}`, path, body, player);
    this.#people.owe({ [player.userId]: -ENTRY_FEE });
  }

  async #endOfTwo(): Promise<void> {
    const winners = this.#people.players.slice(1, 2);
    const result = winners.map(({ userId }) => ({ userId, shareBps: 10_000 }));
    await this.#ask('the result of two', `/api/v1/matches/${this.#idOf('end')}/end`, { result });
    this.#settles(2, winners);
  }

  async #endOfNine(): Promise<void> {
    this.#isNineEnded = true;
    const { players } = this.#people;
    const result = players.map(({ userId }, rank) => ({ userId, shareBps: shareOf(rank) }));
    const body = { result, matchHash: MATCH_HASH };
    await this.#ask('the result of nine', `/api/v1/matches/${this.#idOf('distribute')}/end`, body);
    this.#settles(SEATS, players);
  }

  /** By the core's own figures: what the winners get, and the house. */
  #settles(seats: number, winners: readonly Person[]): void {
    const { platformFee, netPool } = feeBreakdown(
      BigInt(seats) * ENTRY_FEE,
      this.#people.config.platformFeeBps,
    );
    const shares = winners.length === 1 ? [10_000] : winners.map((_, rank) => shareOf(rank));
    const { prizes } = prizeDistribution(netPool, shares);
    this.#people.owe({ treasury: platformFee });
    for (const [rank, { userId }] of winners.entries()) this.#people.owe({ [userId]: prizes[rank] ?? 0n });
  }

  /** The newest request of the view: an older one may have died meanwhile. Two signatures of one message do no harm. */
  async #signing(person: Person): Promise<void> {
    const signed = new Set<string>();
    const sign = async ({ action, transaction }: SignRequestView): Promise<void> => {
      const body = { action, transaction: person.wallet.signTransaction(transaction) };
      const { status } = await person.post('/api/v1/deposits/me/sign', body);
      if (status === 200) signed.add(transaction);
    };
    for (; !this.#isOver; await pause(LOOK_MS)) {
      const { signRequests } = await person.deposit();
      await Promise.all(signRequests.filter(({ transaction }) => !signed.has(transaction)).map(sign));
    }
  }

  async #ask(what: string, path: string, body: object, who: MirrorClient = this.#people.operator) {
    const request = new Request(what, who, path, body);
    await request.insist();
    this.#requests.push(request);
  }

  #view(matchId: string): Promise<MatchView> {
    return this.#people.operator.match(matchId);
  }

  async #until(what: string, matchId: string, holds: (view: MatchView) => boolean): Promise<void> {
    await until(what, () => this.#view(matchId), holds);
  }

  #idOf(kind: Kind): string {
    const found = this.#matches.get(kind);
    if (found === undefined) throw new RangeError(`no match for ${kind}`);
    return found;
  }
}

function until<T>(what: string, ask: () => Promise<T>, holds: (found: T) => boolean): Promise<T> {
  return eventually(what, ask, holds, { waitMs: OUTAGE_WAIT_MS, pollMs: LOOK_MS });
}

/** Nine shares: 10,000 basis points, what is left over to the first. */
function shareOf(rank: number): number {
  return rank === 0 ? 10_000 - (SEATS - 1) * SHARE : SHARE;
}

function isStill({ openActions, provisional, link }: MatchView): boolean {
  return openActions.length === 0 && !provisional && link === 'online';
}

function isPaid(kind: Kind, { openActions, money, settlement }: MatchView): boolean {
  return openActions.length === 0 && (kind === 'join' || (money === 'settled' && settlement !== null));
}

function isQuiet({ openActions, balances, link }: DepositView): boolean {
  const { held, withdrawing, suspense } = balances;
  return (
    openActions.length === 0 &&
    link === 'online' &&
    [held, withdrawing, suspense].every((each) => each === '0')
  );
}
