/** A real stack with funded players and tables of ten: seats to be joined, one after the other, online or in an outage. */
import type { MatchView } from '../../durable-objects/wire/views.ts';

import type { Reply } from '../../services/dev/mirror-client.ts';
import { MirrorClient } from '../../services/dev/mirror-client.ts';
import { Stack } from '../../services/dev/stack.ts';
import { proveConservation } from '../e2e/support/conservation.ts';
import { fundPlayers, PLATFORM, SCALE, SLOT_MS } from '../e2e/support/mirror.ts';
import { until } from './wait.ts';

const STAKE = 100_000_000n;
/** Enough that no player meets a limit of theirs: 20 open actions, 60 in an hour. */
const PLAYERS = 40;
const FUNDS = 5_000_000_000n;
/** The table of ten (services/solana/dev-genesis.ts). */
const ROUND_TABLE = 1;
const SEATS = 10;
const POLL_MS = 100;

export interface Seat {
  readonly matchId: string;
  readonly player: MirrorClient;
}

export class Seats {
  readonly stack: Stack;
  readonly #operator: MirrorClient;
  readonly #players: readonly MirrorClient[];
  readonly #matches: string[] = [];
  #next = 0;

  private constructor(stack: Stack, players: readonly string[]) {
    this.stack = stack;
    this.#operator = new MirrorClient(stack.url, 'operator', 'operator');
    this.#players = players.map((userId) => new MirrorClient(stack.url, userId));
  }

  /** The stack's books are balanced before it stops, as at the end of every end-to-end run. */
  static async during<Result>(work: (seats: Seats) => Promise<Result>): Promise<Result> {
    let isDone = false;
    // Where the work has failed, what is unbalanced says nothing, and would hide why.
    const beforeStop = (stack: Stack): Promise<void> =>
      isDone ? proveConservation(stack) : Promise.resolve();
    const stack = await Stack.start({ slotMs: SLOT_MS, scale: SCALE, beforeStop });
    try {
      const players = Array.from({ length: PLAYERS }, (_, index) => `player-${index}`);
      // A few at a time: each waits for finality, and holds its request open meanwhile.
      for (let start = 0; start < PLAYERS; start += 10)
        await fundPlayers(stack, players.slice(start, start + 10), FUNDS);
      const result = await work(new Seats(stack, players));
      isDone = true;
      return result;
    } finally {
      await stack.stop();
    }
  }

  /** That many, at tables whose `create` is final; a multiple of ten. */
  async free(count: number): Promise<readonly Seat[]> {
    const seats: Seat[] = [];
    while (seats.length < count) {
      const matchId = crypto.randomUUID();
      const terms = { gameType: ROUND_TABLE, seed: '7', entryFee: `${STAKE}`, paymentMethod: PLATFORM };
      mustBe(201, await this.#operator.post('/api/v1/matches', { matchId, ...terms }));
      this.#matches.push(matchId);
      for (let seat = 0; seat < SEATS; seat += 1) seats.push({ matchId, player: this.#nextPlayer() });
    }
    await this.quiet();
    return seats;
  }

  async join({ matchId, player }: Seat): Promise<Reply> {
    const body = { entryFee: `${STAKE}`, paymentMethod: PLATFORM };
    return mustBe(200, await player.post(`/api/v1/matches/${matchId}/join`, body));
  }

  /** The chain stands still, the monitor says down, and every match knows. */
  async freeze(): Promise<void> {
    this.stack.chain.chain.freeze();
    await until('the monitor says down', async () => (await this.state()) === 'down', POLL_MS);
    await this.#everyMatch('queues', ({ link }) => link === 'queued');
  }

  thaw(): void {
    this.stack.chain.chain.thaw();
  }

  /** The monitor's state. */
  async state(): Promise<string> {
    return (await this.#operator.chain()).state;
  }

  /** Nothing on its way, every match online, the chain healthy. */
  async quiet(): Promise<void> {
    await until('the monitor says healthy', async () => (await this.state()) === 'healthy', POLL_MS);
    await this.#everyMatch(
      'is online',
      ({ link, openActions }) => link === 'online' && openActions.length === 0,
    );
  }

  async #everyMatch(what: string, holds: (view: MatchView) => boolean): Promise<void> {
    for (const id of this.#matches)
      await until(`${id} ${what}`, async () => holds(await this.#operator.match(id)), POLL_MS);
  }

  #nextPlayer(): MirrorClient {
    const player = this.#players[this.#next % PLAYERS];
    if (player === undefined) throw new Error('no players');
    this.#next += 1;
    return player;
  }
}

function mustBe(status: number, reply: Reply): Reply {
  if (reply.status !== status) throw new Error(`answered ${reply.status}: ${reply.text}`);
  return reply;
}
