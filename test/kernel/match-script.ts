/**
 * The parts of a match of two players as its object commits them: the same events, ids, requests, leases and answers,
 * without the objects and the chain around it. `match-story.ts` puts them together.
 */
import { base58Encode, sha256 } from '../../core/index.ts';
import type { CommitOptions, Outcome } from '../../durable-objects/kernel/kernel.ts';
import { createAction, joinAction } from '../../durable-objects/match/actions.ts';
import { matchBehaviour } from '../../durable-objects/match/behaviour.ts';
import { newTerms } from '../../durable-objects/match/terms.ts';
import type { ChainPort } from '../../durable-objects/ports.ts';
import type { ProgramFacts } from '../../durable-objects/wire/objects.ts';
import type { MatchContext, Payer, Terms } from '../../machines/match/context.ts';
import type { ActionFinal, MatchEvent, SettlementFigures } from '../../machines/match/events.ts';
import type { PendingAction } from '../../machines/pending-action.ts';
import { PdaTable } from '../../services/solana/pda.ts';
import { type Bench, type Isolate, portOf } from './bench.ts';

const EPOCH = { generation: 1, counter: 7 };
export const MATCH_ID = '018f0000-0000-4000-8000-000000000001';
export const FEE = '100000000';
export const HOST = { userId: 'host', wallet: address('wallet of host'), role: 'player' } as const;

export const program: ProgramFacts = {
  slot: 100,
  platformFeeBps: 500,
  treasury: address('treasury'),
  minEntryFee: '1000',
  maxEntryFee: '100000000000',
  withdrawalFee: '5000',
  isPaused: false,
  paymentMethods: 3,
  games: [{ gameId: 3, minPlayers: 2, maxPlayers: 4, enabled: true }],
};

const TIMEOUTS = { lobbyMs: 3_600_000, playMs: 3_600_000, graceMs: 300_000, walletLapseMs: 600_000 };

/** Bytes that stand for a key which nobody signs with here. */
function address(of: string): string {
  return base58Encode(sha256(Uint8Array.from(of, (character) => character.charCodeAt(0))));
}

const programId = address('program');
const pdas = new PdaTable(programId);

export const chain = portOf<ChainPort>('chain', {
  cluster: address('cluster'),
  programId,
  coordinator: address('coordinator'),
  pda: (name, of) => pdas.derive(name, of),
});

/** Told of every commit: its event, and what it was before and after. */
export type Watch = (event: MatchEvent, act: () => Outcome<MatchContext>) => Outcome<MatchContext>;

export class MatchScript {
  readonly #bench: Bench;
  readonly #watch: Watch;
  #isolate: Isolate<MatchContext, MatchEvent>;
  #signatures = 0;

  constructor(bench: Bench, watch: Watch) {
    this.#bench = bench;
    this.#watch = watch;
    this.#isolate = bench.isolateOf(matchBehaviour);
  }

  get kernel() {
    return this.#isolate.kernel;
  }

  /** The next event meets a fresh isolate: whatever memory knew is gone. */
  evict(): void {
    this.#isolate = this.#bench.isolateOf(matchBehaviour);
  }

  create(paymentMethod: 0 | 1 = 1): PendingAction {
    const request = { clientKey: key(1), matchId: MATCH_ID, gameType: 3, seed: '7', entryFee: FEE };
    const asking = { ...request, paymentMethod };
    const terms = newTerms(chain, HOST, asking, program, TIMEOUTS);
    if ('code' in terms) throw new Error(terms.code);
    const action = createAction(chain, asking);
    const verdict = { level: 'online', healthEpoch: EPOCH } as const;
    this.commit(
      { type: 'match.create', at: this.now, terms, action, verdict },
      {
        ...asked('host', asking),
        answer: () => ({
          status: 201,
          body: { matchId: MATCH_ID, matchPda: terms.matchPda, action: action.hash },
        }),
      },
    );
    return action;
  }

  /** `nth`: of the client keys of one player, who comes back. */
  join(userId: string, payer: Payer = 'custody', nth = 2): PendingAction {
    const user = {
      id: userId,
      wallet: address(`wallet of ${userId}`),
      payer,
      authority: address(userId),
    } as const;
    const paymentMethod = payer === 'wallet' ? 0 : 1;
    const request = { clientKey: key(nth), entryFee: FEE, paymentMethod } as const;
    const notAfter = this.now + 3_600_000;
    const action = joinAction(chain, this.terms, user, request, notAfter);
    const options = asked(userId, request);
    this.commit(
      {
        type: 'player.join',
        at: this.now,
        requestId: options.id,
        user: { id: user.id, wallet: user.wallet },
        payer: user.payer,
        authority: user.authority,
        entryFee: FEE,
        paymentMethod,
        notAfter,
        feeBreakdown: null,
        action,
        intent: payer === 'custody' ? null : { signer: user.wallet, signature: address('intent') },
        earlier: 0,
        maxActions: 64,
        maxLamports: '100000000000',
        maxJoins: 20,
        degradedMaxStake: FEE,
      },
      {
        ...options,
        answer: () => ({
          status: 202,
          body: { matchId: MATCH_ID, action: action.hash, seat: 'requested' },
        }),
      },
    );
    this.#granted(action.hash, payer === 'wallet' ? 'admit' : 'hold');
    return action;
  }

  takeBack(userId: string, join: string): void {
    this.commit(
      { type: 'player.takeBack', at: this.now, userId, join, ended: null },
      {
        ...asked(userId, { clientKey: key(9) }),
        answer: () => ({ status: 200, body: { matchId: MATCH_ID, action: join, state: 'cancelled' } }),
      },
    );
  }

  #granted(hash: string, task: 'admit' | 'hold'): void {
    this.working(`${task}:${hash}`, (lease) =>
      this.commit(
        { type: 'hold.granted', at: this.now, hash, refusal: null },
        { id: `result:${hash}`, ...lease },
      ),
    );
  }

  /** The steps of the driver, each under the lease of the action's row. */
  protected drive(
    action: PendingAction,
    facts: Partial<ActionFinal>,
    figures: SettlementFigures | null = null,
  ): void {
    const { hash } = action;
    const at = this.now;
    this.step({ type: 'action.leased', at, hash, signer: chain.coordinator, signature: address('intent') });
    this.sendAndLand(hash, facts, figures, null);
  }

  /** Of a wallet's join: offered, signed by the wallet at its own request, and by the coordinator last. */
  protected driveByWallet({ hash, user }: PendingAction, facts: Partial<ActionFinal>): void {
    const at = this.now;
    const id = `offer of ${hash}`;
    const offer = { ...prepared(hash), id, wallet: user?.wallet ?? '', transaction: 'A'.repeat(1_000) };
    this.step({ type: 'action.offered', at, hash, offer, healthEpoch: EPOCH, figures: null });
    this.commit(
      { type: 'wallet.signed', at, hash, offer: id, signature: `wallet of ${hash}` },
      {
        ...asked(user?.id ?? '', { clientKey: key(7), action: hash }),
        answer: () => ({ status: 200, body: { action: hash, state: 'signed' } }),
      },
    );
    this.sendAndLand(hash, facts, null, id);
  }

  protected sendAndLand(
    hash: string,
    facts: Partial<ActionFinal>,
    figures: SettlementFigures | null,
    offer: string | null,
  ): void {
    this.#signatures += 1;
    const signature = `signature-${this.#signatures}`.padEnd(88, '1');
    const at = this.now;
    // As long as the settlement of two players is.
    const bytes = 'A'.repeat(1_200);
    const epoch = `${EPOCH.generation}.${EPOCH.counter}`;
    const attempt = { ...prepared(hash), signature, bytes, epoch };
    this.step({ type: 'action.signed', at, hash, attempt, offer, healthEpoch: EPOCH, figures });
    this.step({ type: 'action.sent', at, hash, signature });
    this.step({ type: 'action.landed', at, hash, signature });
    this.step({
      ...{ type: 'action.final', at, hash, signature, slot: 1_000 + this.#signatures, instruction: 0 },
      ...{ createdAt: null, seatIndex: null, endedAt: null, matchHash: null },
      ...facts,
    });
  }

  /** One event of the driver, under the lease of its action's row. */
  protected step(event: Extract<MatchEvent, { hash: string }>): void {
    const by = 'signature' in event ? event.signature : event.hash;
    this.working(`drive:${event.hash}`, (lease) =>
      this.commit(event, { id: `${event.type}:${by}`, ...lease }),
    );
  }

  /** As the workbench does it: leased, committed under the lease, then looked at again until the row goes. */
  protected working(key: string, commit: (lease: Pick<CommitOptions<MatchContext>, 'lease'>) => void): void {
    const { outbox } = this.kernel;
    const row = outbox.leaseKey(key, this.now);
    if (row === null) throw new Error(`no row ${key}`);
    commit({ lease: row.lease });
    const isOpen = this.kernel.standing.context.actions.some((action) => key === `drive:${action.hash}`);
    if (isOpen) this.kernel.settle(() => outbox.again(row.lease, this.now, 0));
    else this.kernel.settle(() => void outbox.finish(row.lease));
  }

  protected commit(event: MatchEvent, options: CommitOptions<MatchContext>): void {
    const outcome = this.#watch(event, () => this.kernel.commit(event, options));
    if (outcome.kind !== 'committed') throw new Error(`${event.type}: ${JSON.stringify(outcome)}`);
  }

  protected get now(): number {
    return this.#bench.clock.now();
  }

  protected get terms(): Terms {
    const { terms } = this.kernel.standing.context;
    if (terms === null) throw new Error('no match yet');
    return terms;
  }
}

function prepared(hash: string) {
  return {
    hash,
    blockhash: address('blockhash'),
    lastValidBlockHeight: 150,
    blockhashSlot: 7,
    provider: 'one',
    expected: '[]',
  };
}

export function asked(
  userId: string,
  { clientKey, ...request }: { clientKey: string; [field: string]: unknown },
) {
  // SAFETY: the story's requests are JSON.
  const comparable = request as NonNullable<CommitOptions<MatchContext>['request']>;
  return { id: `client:${userId}:${clientKey}`, request: comparable };
}

export function key(nth: number): string {
  return `018f0000-0000-7000-8000-00000000000${nth}`;
}
