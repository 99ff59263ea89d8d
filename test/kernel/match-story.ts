/**
 * A whole match of two players as its object commits it: the same events, ids, requests, leases and answers, without the
 * objects and the chain around it. What the kernel pays for a match is measured here.
 */
import { base58Encode, feeBreakdown, prizeDistribution, sha256 } from '../../core/index.ts';
import type { CommitOptions, Outcome } from '../../durable-objects/kernel/kernel.ts';
import { createAction, endAction, joinAction, startAction } from '../../durable-objects/match/actions.ts';
import { matchBehaviour } from '../../durable-objects/match/behaviour.ts';
import { newTerms } from '../../durable-objects/match/terms.ts';
import type { ChainPort } from '../../durable-objects/ports.ts';
import type { ProgramFacts } from '../../durable-objects/wire/objects.ts';
import type { MatchContext, Terms } from '../../machines/match/context.ts';
import type { ActionFinal, MatchEvent, SettlementFigures } from '../../machines/match/events.ts';
import type { PendingAction } from '../../machines/pending-action.ts';
import { PdaTable } from '../../services/solana/pda.ts';
import { type Bench, type Isolate, portOf } from './bench.ts';

const EPOCH = { generation: 1, counter: 7 };
const MATCH_ID = '018f0000-0000-4000-8000-000000000001';
const FEE = '100000000';
const HOST = { userId: 'host', wallet: address('wallet of host'), role: 'player' } as const;

const program: ProgramFacts = {
  slot: 100,
  platformFeeBps: 500,
  treasury: address('treasury'),
  minEntryFee: '1000',
  maxEntryFee: '100000000000',
  isPaused: false,
  paymentMethods: 3,
  games: [{ gameId: 3, minPlayers: 2, maxPlayers: 4, enabled: true }],
};

/** Bytes that stand for a key which nobody signs with here. */
function address(of: string): string {
  return base58Encode(sha256(Uint8Array.from(of, (character) => character.charCodeAt(0))));
}

const programId = address('program');
const pdas = new PdaTable(programId);

const chain = portOf<ChainPort>('chain', {
  cluster: address('cluster'),
  programId,
  coordinator: address('coordinator'),
  pda: (name, of) => pdas.derive(name, of),
});

/** Told of every commit: its event, and what it was before and after. */
export type Watch = (event: MatchEvent, act: () => Outcome<MatchContext>) => Outcome<MatchContext>;

export class MatchStory {
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

  /** Created, joined by two, played and paid out, online all the way. */
  play(): void {
    this.#drive(this.create(), { createdAt: '1800000000' });
    for (const [seatIndex, user] of ['ann', 'bob'].entries()) {
      this.#drive(this.join(user), { seatIndex });
    }
    this.#drive(this.#start(), {});
    this.#drive(this.#end(), { endedAt: '1800000100' }, this.#figures());
  }

  create(): PendingAction {
    const request = { clientKey: key(1), matchId: MATCH_ID, gameType: 3, seed: '7', entryFee: FEE };
    const platform = { ...request, paymentMethod: 1 } as const;
    const terms = newTerms(chain, HOST, platform, program);
    if ('code' in terms) throw new Error(terms.code);
    const action = createAction(chain, platform);
    const verdict = { level: 'online', healthEpoch: EPOCH } as const;
    this.#commit(
      { type: 'match.create', at: this.#now, terms, action, verdict },
      {
        ...asked('host', platform),
        answer: () => ({
          status: 201,
          body: { matchId: MATCH_ID, matchPda: terms.matchPda, action: action.hash },
        }),
      },
    );
    return action;
  }

  join(userId: string): PendingAction {
    const user = { id: userId, wallet: address(`wallet of ${userId}`), authority: address(userId) };
    const request = { clientKey: key(2), entryFee: FEE, paymentMethod: 1 } as const;
    const notAfter = this.#now + 3_600_000;
    const action = joinAction(chain, this.#terms, user, request, notAfter);
    const options = asked(userId, request);
    this.#commit(
      {
        type: 'player.join',
        at: this.#now,
        requestId: options.id,
        user: { id: user.id, wallet: user.wallet },
        authority: user.authority,
        entryFee: FEE,
        paymentMethod: 1,
        notAfter,
        feeBreakdown: null,
        action,
      },
      {
        ...options,
        answer: () => ({
          status: 202,
          body: { matchId: MATCH_ID, action: action.hash, seat: 'requested' },
        }),
      },
    );
    this.#working(`hold:${action.hash}`, (lease) =>
      this.#commit(
        { type: 'hold.granted', at: this.#now, hash: action.hash, refusal: null },
        { id: `result:hold:${action.hash}`, ...lease },
      ),
    );
    return action;
  }

  #start(): PendingAction {
    const action = startAction(chain, this.kernel.standing.context, this.#terms);
    const caller = { userId: HOST.userId, role: HOST.role };
    this.#commit(
      { type: 'match.start', at: this.#now, caller, allowProvisional: true, action },
      {
        ...asked('host', { clientKey: key(3) }),
        answer: () => ({
          status: 200,
          body: { matchId: MATCH_ID, action: action.hash, state: 'playing' },
        }),
      },
    );
    return action;
  }

  #end(): PendingAction {
    const result = [{ userId: 'ann', shareBps: 10_000 }];
    const request = { clientKey: key(4), result };
    const action = endAction(chain, this.kernel.standing.context, this.#terms, request);
    const caller = { userId: HOST.userId, role: HOST.role };
    this.#commit(
      {
        type: 'match.end',
        at: this.#now,
        caller,
        shares: result,
        matchHash: null,
        hotUrl: null,
        transactionBytes: 900,
        action,
      },
      {
        ...asked('host', request),
        answer: () => ({
          status: 200,
          body: { matchId: MATCH_ID, action: action.hash, state: 'ended' },
        }),
      },
    );
    return action;
  }

  #figures(): SettlementFigures {
    const total = 2n * BigInt(FEE);
    const { netPool } = feeBreakdown(total, program.platformFeeBps);
    const prizes = prizeDistribution(netPool, [10_000]).prizes.map(String);
    return { totalEntry: total.toString(), platformFeeBps: program.platformFeeBps, prizes };
  }

  /** The steps of the driver, each under the lease of the action's row. */
  #drive(action: PendingAction, facts: Partial<ActionFinal>, figures: SettlementFigures | null = null): void {
    const { hash } = action;
    this.#signatures += 1;
    const signature = `signature-${this.#signatures}`.padEnd(88, '1');
    const at = this.#now;
    const attempt = {
      signature,
      hash,
      // As long as the settlement of two players is.
      bytes: 'A'.repeat(1_200),
      blockhash: address('blockhash'),
      lastValidBlockHeight: 150,
      blockhashSlot: 7,
      provider: 'one',
      epoch: `${EPOCH.generation}.${EPOCH.counter}`,
      expected: '[]',
    };
    const final: ActionFinal = {
      ...{ type: 'action.final', at, hash, signature, slot: 1_000 + this.#signatures, instruction: 0 },
      ...{ createdAt: null, seatIndex: null, endedAt: null, matchHash: null },
      ...facts,
    };
    const events: MatchEvent[] = [
      { type: 'action.leased', at, hash, signer: chain.coordinator, signature: address('intent') },
      { type: 'action.signed', at, hash, attempt, healthEpoch: EPOCH, figures },
      { type: 'action.sent', at, hash, signature },
      { type: 'action.landed', at, hash, signature },
      final,
    ];
    for (const event of events) {
      this.#working(`drive:${hash}`, (lease) =>
        this.#commit(event, { id: `${event.type}:${signature}`, ...lease }),
      );
    }
  }

  /** As the workbench does it: leased, committed under the lease, then looked at again until the row goes. */
  #working(key: string, commit: (lease: Pick<CommitOptions<MatchContext>, 'lease'>) => void): void {
    const { outbox } = this.kernel;
    const row = outbox.leaseKey(key, this.#now);
    if (row === null) throw new Error(`no row ${key}`);
    commit({ lease: row.lease });
    const isOpen = this.kernel.standing.context.actions.some((action) => key === `drive:${action.hash}`);
    if (isOpen) this.kernel.settle(() => outbox.again(row.lease, this.#now, 0));
    else this.kernel.settle(() => void outbox.finish(row.lease));
  }

  #commit(event: MatchEvent, options: CommitOptions<MatchContext>): void {
    const outcome = this.#watch(event, () => this.kernel.commit(event, options));
    if (outcome.kind !== 'committed') throw new Error(`${event.type}: ${JSON.stringify(outcome)}`);
  }

  get #now(): number {
    return this.#bench.clock.now();
  }

  get #terms(): Terms {
    const { terms } = this.kernel.standing.context;
    if (terms === null) throw new Error('no match yet');
    return terms;
  }
}

function asked(userId: string, { clientKey, ...request }: { clientKey: string; [field: string]: unknown }) {
  // SAFETY: the story's requests are JSON.
  const comparable = request as NonNullable<CommitOptions<MatchContext>['request']>;
  return { id: `client:${userId}:${clientKey}`, request: comparable };
}

function key(nth: number): string {
  return `018f0000-0000-7000-8000-00000000000${nth}`;
}
