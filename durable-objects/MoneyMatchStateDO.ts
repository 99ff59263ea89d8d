/**
 * One match: its actor, the requests that reach it, and the work that its outbox asks for. Decisions are the machine's;
 * this class brings them what they need and carries out what they ask.
 */
import type { MatchContext, Terms } from '../machines/match/context.ts';
import type { MatchEvent } from '../machines/match/events.ts';
import { type Refusal, type RefusalCode, refusal, refusalStatus } from '../machines/refusals.ts';
import { Actor } from './actor.ts';
import { PENDING } from './kernel/answers.ts';
import type { CommitOptions, Outcome, Standing } from './kernel/kernel.ts';
import type { DueTimer } from './kernel/timers.ts';
import { createAction, endAction, joinAction, startAction } from './match/actions.ts';
import { matchBehaviour } from './match/behaviour.ts';
import { MatchChain } from './match/chain.ts';
import { MatchMessages } from './match/messages.ts';
import { settlementPlan } from './match/planner.ts';
import { newTerms } from './match/terms.ts';
import { changedFields, matchValue, matchView } from './match/view.ts';
import type { ObjectWorld, Viewer } from './ports.ts';
import type {
  AlertRow,
  Answer,
  Caller,
  ChainVerdict,
  CompareOutcome,
  JournalPage,
  MatchObject,
} from './wire/objects.ts';
import type { CreateRequest, EndRequest, JoinRequest, StartRequest } from './wire/requests.ts';
import type { MatchView, ServerFrame } from './wire/views.ts';

type MatchStanding = Standing<MatchContext>;

export class MoneyMatchStateDO implements MatchObject {
  readonly #world: ObjectWorld;
  readonly #actor: Actor<MatchContext, MatchEvent>;
  readonly #chain: MatchChain;

  constructor(world: ObjectWorld) {
    this.#world = world;
    const messages = new MatchMessages(world, () => this.#actor);
    this.#chain = new MatchChain(world, () => this.#actor);
    this.#actor = new Actor<MatchContext, MatchEvent>(world, {
      kind: 'match',
      behaviour: matchBehaviour,
      handlers: { ...messages.handlers, ...this.#chain.handlers },
      isActive: ({ context, value }) =>
        !context.facts.distributed || context.actions.length > 0 || matchValue(value).link !== 'online',
      link: (context) => context.link,
      fire: (timer) => this.#fire(timer),
      parked: (row, error) => this.#chain.parked(row, error),
      committed: (before, after) => this.#broadcast(before, after),
    });
  }

  async create(caller: Caller, request: CreateRequest): Promise<Answer> {
    const { peers } = this.#world;
    await this.#actor.ready();
    const standing = await this.#actor.refresh().catch(() => null);
    if (standing?.verdict == null || standing.program === null) return refused('chain_unreadable');
    const terms = newTerms(this.#world.chain, caller, request, standing.program);
    if ('code' in terms) return answerOf(terms);
    const verdict = { level: standing.verdict.level, healthEpoch: standing.verdict.epoch };
    const action = createAction(this.#world.chain, request);
    const event = { type: 'match.create' as const, at: this.#now(), terms, action, verdict };
    const answer = this.#answer(
      this.#commit(
        event,
        this.#options(caller, request, ({ context }) => ({
          status: 201,
          body: { matchId: request.matchId, matchPda: context.terms?.matchPda ?? '', action: action.hash },
        })),
      ),
    );
    // The monitor may be idle: somebody waits now.
    void peers
      .health()
      .watch()
      .catch(() => {});
    return answer;
  }

  /** Steps 1-3 of design section 6 run in the request; if it dies, the outbox completes them. */
  async join(caller: Caller, request: JoinRequest): Promise<Answer> {
    const terms = await this.#termsWhenReady();
    if ('code' in terms) return answerOf(terms);
    const { chain, signer, settings } = this.#world;
    const user = {
      id: caller.userId,
      wallet: caller.wallet,
      authority: await signer.custodyAuthority(caller.userId),
    };
    const at = this.#now();
    const notAfter = request.notAfter ?? at + settings.maxNotAfterMs;
    const action = joinAction(chain, terms, user, request, notAfter);
    const options = this.#options(caller, request, () => ({
      status: PENDING,
      body: { matchId: terms.matchId, action: action.hash, seat: 'requested' },
    }));
    const event = {
      type: 'player.join' as const,
      at,
      requestId: options.id,
      user: { id: user.id, wallet: user.wallet },
      authority: user.authority,
      entryFee: request.entryFee,
      paymentMethod: request.paymentMethod,
      notAfter,
      feeBreakdown: request.feeBreakdown ?? null,
      action,
    };
    const first = this.#answer(this.#commit(event, options));
    if (first.status !== PENDING) return first;
    await this.#actor.workbench.runNow(`hold:${hashIn(first)}`);
    return this.#actor.kernel.answers.read(options.id) ?? first;
  }

  async start(caller: Caller, request: StartRequest): Promise<Answer> {
    const terms = await this.#termsWhenReady();
    if ('code' in terms) return answerOf(terms);
    const action = startAction(this.#world.chain, this.#actor.context, terms);
    const allowProvisional = this.#world.settings.allowProvisionalPlay;
    const event = { type: 'match.start' as const, at: this.#now(), caller, allowProvisional, action };
    return this.#answer(
      this.#commit(
        event,
        this.#options(caller, request, () => accepted(terms, action.hash, 'playing')),
      ),
    );
  }

  async end(caller: Caller, request: EndRequest): Promise<Answer> {
    const terms = await this.#termsWhenReady();
    if ('code' in terms) return answerOf(terms);
    const { context } = this.#actor;
    const action = endAction(this.#world.chain, context, terms, request);
    const matchHash = request.matchHash ?? null;
    const hotUrl = request.hotUrl ?? null;
    const event = {
      type: 'match.end' as const,
      at: this.#now(),
      caller,
      shares: request.result,
      matchHash,
      hotUrl,
      transactionBytes: this.#settlementBytes(context, terms, action.hash, { matchHash, hotUrl }, request),
      action,
    };
    return this.#answer(
      this.#commit(
        event,
        this.#options(caller, request, () => accepted(terms, action.hash, 'ended')),
      ),
    );
  }

  async view(viewer: Viewer): Promise<MatchView | null> {
    return matchView(this.#actor.kernel.standing, viewer);
  }

  async reconcile(_runId: string): Promise<CompareOutcome> {
    if (this.#actor.kernel.isBlank) return { kind: 'unknown', reason: 'no match has this name' };
    await this.#actor.anchor();
    await this.#actor.refresh();
    return this.#chain.compare();
  }

  async pause(operator: string, reason: string): Promise<Answer> {
    return this.#operate({ type: 'operator.pause', at: this.#now(), operator, reason });
  }

  async resume(operator: string, reason: string): Promise<Answer> {
    // Never before it is known whether there is another reason to be paused; to pause is always right.
    const terms = await this.#termsWhenReady();
    if ('code' in terms) return answerOf(terms);
    return this.#operate({ type: 'operator.resume', at: this.#now(), operator, reason });
  }

  async journal(from: number, limit: number): Promise<JournalPage> {
    return this.#actor.journal(from, limit);
  }

  async alerts(): Promise<readonly AlertRow[]> {
    return this.#actor.alerts();
  }

  async chainVerdict(verdict: ChainVerdict): Promise<void> {
    await this.#actor.ready();
    this.#actor.note(verdict);
  }

  async alarm(): Promise<void> {
    await this.#actor.alarm();
  }

  #now(): number {
    return this.#world.clock.now();
  }

  #commit(event: MatchEvent, options: CommitOptions<MatchContext>): Outcome<MatchContext> {
    return this.#actor.kernel.commit(event, options);
  }

  async #termsWhenReady(): Promise<Terms | Refusal> {
    const { terms } = this.#actor.context;
    if (terms === null) return refusal('match_not_found');
    try {
      await this.#actor.ready();
    } catch {
      return refusal('not_ready', 'the directory does not answer');
    }
    return terms;
  }

  #operate(event: Extract<MatchEvent, { type: 'operator.pause' | 'operator.resume' }>): Answer {
    const outcome = this.#commit(event, { id: `${event.type}:${event.operator}:${event.at}` });
    if (outcome.kind !== 'committed') return this.#answer(outcome);
    return { status: 200, text: JSON.stringify({ seq: outcome.standing.seq }) };
  }

  /** A client's event id; the request is what a repeat is compared with. */
  #options(
    caller: Caller,
    request: { readonly clientKey: string },
    answer: NonNullable<CommitOptions<MatchContext>['answer']>,
  ): CommitOptions<MatchContext> {
    const { clientKey, ...fields } = request;
    // SAFETY: a request that passed its schema is JSON; undefined fields vanish in the stored text.
    const comparable = JSON.parse(JSON.stringify(fields)) as NonNullable<
      CommitOptions<MatchContext>['request']
    >;
    return { id: `client:${caller.userId}:${clientKey}`, request: comparable, answer };
  }

  #answer(outcome: Outcome<MatchContext>): Answer {
    if (outcome.kind === 'lease_lost' || outcome.answer === null) return refused('internal');
    return outcome.answer;
  }

  #settlementBytes(
    context: MatchContext,
    terms: Terms,
    hash: string,
    end: { matchHash: string | null; hotUrl: string | null },
    request: EndRequest,
  ): number {
    const winners = request.result.flatMap((share, index) => {
      const seat = context.seats.find((each) => each.userId === share.userId);
      return seat === undefined ? [] : [{ index, lamports: 1n, payee: seat.authority, platform: true }];
    });
    // A result of strangers only has no size; the rules refuse it.
    if (winners.length === 0) return 0;
    // Any address measures like the treasury's.
    return this.#world.chain.size(settlementPlan(terms, hash, end, terms.escrowPda, winners));
  }

  #fire(timer: DueTimer): void {
    // SAFETY: the machine wrote this event with its timer; `at` is when it fires.
    const event = { ...(JSON.parse(timer.event) as object), at: this.#now() } as MatchEvent;
    const outcome = this.#commit(event, { id: `timer:${timer.name}:${timer.due}`, timer: timer.name });
    // Nothing to do any more, and nothing to be asked about again.
    if (outcome.kind === 'refused')
      this.#actor.kernel.settle(() => this.#actor.kernel.timers.remove(timer.name));
  }

  #broadcast(before: MatchStanding, after: MatchStanding): void {
    this.#world.sockets.broadcast((viewer) => {
      const view = matchView(after, viewer);
      if (view === null) return null;
      const changes = changedFields(matchView(before, viewer), view);
      const frame: ServerFrame = { type: 'delta', seq: after.seq, since: before.seq, changes };
      return JSON.stringify(frame);
    });
  }
}

function answerOf(reason: Refusal): Answer {
  return { status: refusalStatus(reason.code), text: JSON.stringify(reason) };
}

function refused(code: RefusalCode): Answer {
  return answerOf(refusal(code));
}

function accepted(terms: Terms, action: string, state: string) {
  return { status: 200, body: { matchId: terms.matchId, action, state } };
}

function hashIn(answer: Answer): string {
  // SAFETY: the pending answer of a join is written above, with the hash of its action.
  return (JSON.parse(answer.text) as { action: string }).action;
}
