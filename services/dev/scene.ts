/** Who is in the stories and what they can do; the facts are told in the chapters. */
import type { MatchView, SeatState } from '../../durable-objects/wire/views.ts';
import type { LiveMatch } from '../console/live.ts';
import { MATCH_PROGRAM_ID } from '../local-chain/index.ts';
import { ChainReader } from './chain-reader.ts';
import { MirrorClient } from './mirror-client.ts';
import type { Narrator } from './narrator.ts';
import type { Stack } from './stack.ts';
import { PLATFORM, Table } from './table.ts';
import { Wallet } from './wallet.ts';

export const FUNDS = 1_000_000_000n;

export class Player extends MirrorClient {
  readonly name: 'alice' | 'bob';
  readonly wallet: Wallet;

  constructor(url: string, name: 'alice' | 'bob', wallet = new Wallet()) {
    super(url, name, 'player', wallet.address);
    this.name = name;
    this.wallet = wallet;
  }
}

/** The people, and the chain that is read past the mirror. */
export class Stage {
  readonly stack: Stack;
  readonly narrator: Narrator;
  readonly operator: MirrorClient;
  readonly alice: Player;
  readonly bob: Player;
  readonly reader: ChainReader;

  constructor(stack: Stack, narrator: Narrator) {
    this.stack = stack;
    this.narrator = narrator;
    this.operator = new MirrorClient(stack.url, 'operator', 'operator');
    this.alice = new Player(stack.url, 'alice');
    this.bob = new Player(stack.url, 'bob');
    this.reader = new ChainReader(stack.chain.rpcUrl, MATCH_PROGRAM_ID);
  }

  get players(): readonly Player[] {
    return [this.alice, this.bob];
  }

  async fault(body: object): Promise<void> {
    await this.operator.develop('/dev/faults', body);
  }

  /** So many transactions from now on are executed, and nobody is told. */
  async loseReplies(count: number): Promise<void> {
    await this.fault({ fault: { kind: 'replyLost', count } });
  }
}

/** A story of one match, which the narrator watches live. */
export class Scene extends Stage {
  readonly table: Table;
  #live: LiveMatch | null = null;

  constructor(stack: Stack, narrator: Narrator, paymentMethod: number = PLATFORM) {
    super(stack, narrator);
    this.table = new Table(this, paymentMethod);
  }

  /** From now on the narrator sees every view that the live socket brings. */
  watch(): void {
    this.#live = this.operator.live(this.table.matchId, (view) => this.narrator.see(view));
  }

  close(): void {
    this.#live?.close();
  }
}

export function seatOf(view: MatchView, userId: string): SeatState | null {
  return view.seats.find((seat) => seat.userId === userId)?.state ?? null;
}
