/** One match of a story, and what its people can do at it. */
import type { CancelRequest, ResolveMatchRequest } from '../../durable-objects/wire/requests.ts';
import type { MatchView } from '../../durable-objects/wire/views.ts';
import { MATCH_PROGRAM_ID } from '../local-chain/index.ts';
import { PdaTable } from '../solana/pda.ts';
import type { MirrorClient, Reply } from './mirror-client.ts';
import type { Narrator } from './narrator.ts';

export const ENTRY_FEE = 100_000_000n;
export const WALLET = 0;
export const PLATFORM = 1;
/**
 * Bound of every wait. Most take seconds; the longest, of a chain that erred, is 60 probes and three windows long, twice
 * that where other work competes for the machine. What takes longer than this has stopped.
 */
export const WAIT_MS = 60_000;

export interface Host {
  readonly narrator: Narrator;
  readonly operator: MirrorClient;
}

export class Table {
  readonly matchId = crypto.randomUUID();
  readonly paymentMethod: number;
  readonly #host: Host;

  constructor(host: Host, paymentMethod: number = PLATFORM) {
    this.#host = host;
    this.paymentMethod = paymentMethod;
  }

  get matchPda(): string {
    return new PdaTable(MATCH_PROGRAM_ID).derive('match', this.matchId).address;
  }

  get escrowPda(): string {
    return new PdaTable(MATCH_PROGRAM_ID).derive('escrow', this.matchPda).address;
  }

  view(): Promise<MatchView> {
    return this.#host.operator.match(this.matchId);
  }

  /** Asked for, not heard: a fact of its own. */
  async until(text: string, holds: (view: MatchView) => boolean, ms = WAIT_MS): Promise<MatchView> {
    return await this.#host.narrator.eventually(text, ms, () => this.view(), holds);
  }

  async create(): Promise<Reply> {
    const { matchId, paymentMethod } = this;
    const terms = { gameType: 0, seed: '7', entryFee: `${ENTRY_FEE}`, paymentMethod };
    return await this.#host.operator.post('/api/v1/matches', { matchId, ...terms });
  }

  async post(who: MirrorClient, what: string, body: object, key?: string): Promise<Reply> {
    return await who.post(`/api/v1/matches/${this.matchId}/${what}`, body, key);
  }

  /** By deposit; a wallet's join is made of more (wallet-play.ts). */
  async join(player: MirrorClient, key?: string): Promise<Reply> {
    const body = { entryFee: `${ENTRY_FEE}`, paymentMethod: this.paymentMethod };
    return await this.post(player, 'join', body, key);
  }

  async direct(what: 'start' | 'end', body: object = {}): Promise<Reply> {
    return await this.post(this.#host.operator, what, body);
  }

  async cancel(reason: CancelRequest['reason']): Promise<Reply> {
    return await this.post(this.#host.operator, 'cancel', { reason });
  }

  async resolve(as: ResolveMatchRequest['as'], reason: string): Promise<Reply> {
    return await this.post(this.#host.operator, 'resolve', { as, reason });
  }

  async present(who: MirrorClient, userId: string, present: boolean): Promise<Reply> {
    return await this.post(who, 'presence', { userId, present });
  }
}
