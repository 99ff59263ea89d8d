/** Who is in the story and what they can do; the facts are told in chapters.ts. */
import type { MatchView, SeatState } from '../../durable-objects/wire/views.ts';
import type { LiveMatch } from '../console/live.ts';
import { MirrorClient, type Reply } from './mirror-client.ts';
import type { Narrator } from './narrator.ts';
import type { Stack } from './stack.ts';

export const ENTRY_FEE = 100_000_000n;
export const FUNDS = 1_000_000_000n;
/**
 * Bound of every wait. Most take seconds; the longest, of a chain that erred, is 60 probes and three windows long, twice
 * that where other work competes for the machine. What takes longer than this has stopped.
 */
export const WAIT_MS = 60_000;
export const PLATFORM = 1;

export class Scene {
  readonly stack: Stack;
  readonly narrator: Narrator;
  readonly matchId = crypto.randomUUID();
  readonly operator: MirrorClient;
  readonly alice: MirrorClient;
  readonly bob: MirrorClient;
  #live: LiveMatch | null = null;

  constructor(stack: Stack, narrator: Narrator) {
    this.stack = stack;
    this.narrator = narrator;
    this.operator = new MirrorClient(stack.url, 'operator', 'operator');
    this.alice = new MirrorClient(stack.url, 'alice');
    this.bob = new MirrorClient(stack.url, 'bob');
  }

  get players(): readonly (readonly ['alice' | 'bob', MirrorClient])[] {
    return [
      ['alice', this.alice],
      ['bob', this.bob],
    ];
  }

  /** From now on the narrator sees every view that the live socket brings. */
  watch(): void {
    this.#live = this.operator.live(this.matchId, (view) => this.narrator.see(view));
  }

  close(): void {
    this.#live?.close();
  }

  view(): Promise<MatchView> {
    return this.operator.match(this.matchId);
  }

  async join(player: MirrorClient, key?: string): Promise<Reply> {
    const body = { entryFee: `${ENTRY_FEE}`, paymentMethod: PLATFORM };
    return await player.post(`/api/v1/matches/${this.matchId}/join`, body, key);
  }

  async direct(what: 'start' | 'end', body: object = {}): Promise<Reply> {
    return await this.operator.post(`/api/v1/matches/${this.matchId}/${what}`, body);
  }

  async fault(body: object): Promise<void> {
    await this.operator.develop('/dev/faults', body);
  }

  /** So many transactions from now on are executed, and nobody is told. */
  async loseReplies(count: number): Promise<void> {
    await this.fault({ fault: { kind: 'replyLost', count } });
  }
}

export function seatOf(view: MatchView, userId: string): SeatState | null {
  return view.seats.find((seat) => seat.userId === userId)?.state ?? null;
}
