/**
 * One match: its actor, the requests that reach it, and the work that its outbox asks for. Decisions are the machine's;
 * this class brings them what they need and carries out what they ask.
 */

import { mayHaveForgotten } from '../machines/link.ts';
import { isPaidOut, type MatchContext, type Terms } from '../machines/match/context.ts';
import type { MatchEvent } from '../machines/match/events.ts';
import { type Refusal, refusal } from '../machines/refusals.ts';
import { Actor } from './actor.ts';
import { answerIn, answerOf, clientOptions, isRefusal, refused } from './intake.ts';
import type { CommitOptions, Outcome, Standing } from './kernel/kernel.ts';
import type { DueTimer } from './kernel/timers.ts';
import { createAction, ownAction } from './match/actions.ts';
import { matchBehaviour } from './match/behaviour.ts';
import { broadcast } from './match/broadcast.ts';
import { MatchChain } from './match/chain.ts';
import { cancelEvent, endEvent, observedEnd, resolveEvent, timerEvent } from './match/ending.ts';
import { WalletDesk } from './match/entry.ts';
import { MatchJoins } from './match/joins.ts';
import { MatchMessages } from './match/messages.ts';
import { MatchReconciliation } from './match/reconciliation.ts';
import { newTerms } from './match/terms.ts';
import { matchValue, matchView } from './match/view.ts';
import { ChainUnavailable, type ObjectWorld, type Viewer } from './ports.ts';
import { toldIfUnseen } from './unseen.ts';
import type {
  AlertRow,
  Answer,
  Caller,
  ChainVerdict,
  CompareOutcome,
  JournalPage,
  MatchObject,
} from './wire/objects.ts';
import type {
  CancelRequest,
  CreateRequest,
  EndRequest,
  JoinRequest,
  PresenceRequest,
  ResolveMatchRequest,
  SignRequest,
  StartRequest,
  TakeBackRequest,
} from './wire/requests.ts';
import type { MatchView, ReviewPage } from './wire/views.ts';

export class MoneyMatchStateDO implements MatchObject {
  readonly #world: ObjectWorld;
  readonly #actor: Actor<MatchContext, MatchEvent>;
  readonly #reconciliation: MatchReconciliation;
  readonly #joins: MatchJoins;
  readonly #wallets: WalletDesk;
  readonly #chain: MatchChain;

  constructor(world: ObjectWorld) {
    this.#world = world;
    const actor = () => this.#actor;
    const messages = new MatchMessages(world, actor);
    this.#joins = new MatchJoins(world, actor, messages);
    this.#wallets = new WalletDesk(world, actor);
    this.#reconciliation = new MatchReconciliation(world, actor);
    this.#chain = new MatchChain(world, actor, this.#reconciliation);
    this.#actor = new Actor<MatchContext, MatchEvent>(world, {
      kind: 'match',
      behaviour: matchBehaviour,
      handlers: { ...messages.handlers, ...this.#chain.desk.handlers, ...this.#reconciliation.handlers },
      isActive: ({ context, value }) =>
        !isOver(context, value) || context.actions.length > 0 || matchValue(value).link !== 'online',
      link: (context) => context.link,
      fire: (timer) => this.#fire(timer),
      parked: (row, error) => this.#chain.desk.parked(row, error),
      committed: (before, after) =>
        broadcast(world.sockets, before, after, (viewer) => this.#wallets.requestsFor(viewer)),
    });
  }

  async create(caller: Caller, request: CreateRequest): Promise<Answer> {
    const { peers, chain, settings } = this.#world;
    await this.#actor.ready();
    const standing = await this.#actor.refresh().catch(() => null);
    if (standing?.verdict == null || standing.program === null) return refused('chain_unreadable');
    const terms = newTerms(chain, caller, request, standing.program, settings.match);
    if (isRefusal(terms)) return answerOf(terms);
    const verdict = { level: standing.verdict.level, healthEpoch: standing.verdict.epoch };
    const action = createAction(chain, request);
    const event = { type: 'match.create' as const, at: this.#now(), terms, action, verdict };
    const answer = this.#take(event, caller, request, ({ context }) => ({
      status: 201,
      body: { matchId: request.matchId, matchPda: context.terms?.matchPda ?? '', action: action.hash },
    }));
    // The monitor may be idle: somebody waits now.
    void peers
      .health()
      .watch()
      .catch(() => {});
    return answer;
  }

  async join(caller: Caller, request: JoinRequest): Promise<Answer> {
    const terms = await this.#termsWhenReady();
    return isRefusal(terms) ? answerOf(terms) : this.#joins.join(terms, caller, request);
  }

  async joinIntent(caller: Caller, request: JoinRequest): Promise<Answer> {
    const terms = await this.#termsWhenReady();
    return isRefusal(terms) ? answerOf(terms) : this.#joins.intent(terms, caller, request);
  }

  async takeBack(caller: Caller, request: TakeBackRequest): Promise<Answer> {
    const terms = await this.#termsWhenReady();
    return isRefusal(terms) ? answerOf(terms) : this.#joins.takeBack(terms, caller, request);
  }

  async sign(caller: Caller, request: SignRequest): Promise<Answer> {
    const terms = await this.#termsWhenReady();
    if (isRefusal(terms)) return answerOf(terms);
    const answer = this.#wallets.sign(caller, request);
    // Blockhashes are short: the coordinator signs at once, and the alarm goes on where this dies.
    if (answer.status === 200) await this.#actor.workbench.runNow(`drive:${request.action}`);
    return answer;
  }

  async start(caller: Caller, request: StartRequest): Promise<Answer> {
    return this.#whenReady((terms) => {
      const action = ownAction(this.#world.chain, this.#actor.context, terms, 'start', {});
      const allowProvisional = this.#world.settings.allowProvisionalPlay;
      const event: MatchEvent = { type: 'match.start', at: this.#now(), caller, allowProvisional, action };
      return this.#take(event, caller, request, () => accepted(terms, action.hash, 'playing'));
    });
  }

  async end(caller: Caller, request: EndRequest): Promise<Answer> {
    return this.#whenReady((terms) => {
      const event = endEvent(this.#world, this.#actor.context, terms, caller, request);
      const { hash } = event.settlement.end;
      return this.#take(event, caller, request, () => accepted(terms, hash, 'ended'));
    });
  }

  async cancel(caller: Caller, request: CancelRequest): Promise<Answer> {
    return this.#whenReady((terms) => {
      const event = cancelEvent(this.#world, this.#actor.context, terms, caller, request);
      return this.#take(event, caller, request, (standing) => stateOf(terms, standing));
    });
  }

  async presence(caller: Caller, request: PresenceRequest): Promise<Answer> {
    return this.#whenReady((terms) => {
      const { userId, present } = request;
      const event: MatchEvent = { type: 'player.presence', at: this.#now(), caller, userId, present };
      return this.#take(event, caller, request, ({ context }) => ({
        status: 200,
        body: { matchId: terms.matchId, absent: context.absences.map((absence) => ({ ...absence })) },
      }));
    });
  }

  async resolve(operator: Caller, request: ResolveMatchRequest): Promise<Answer> {
    const terms = await this.#termsWhenReady();
    if (isRefusal(terms)) return answerOf(terms);
    await this.#chain.recall();
    const observed = await observedEnd(this.#world, this.#actor.context, terms);
    const { context, kernel } = this.#actor;
    const known = { context, records: kernel.records };
    const event = resolveEvent(this.#world, known, terms, operator, request, observed);
    return this.#take(event, operator, request, (standing) => stateOf(terms, standing));
  }

  async view(viewer: Viewer): Promise<MatchView | null> {
    return matchView(this.#actor.kernel.standing, viewer, this.#wallets.requestsFor(viewer));
  }

  async reconcile(_runId: string): Promise<CompareOutcome> {
    if (this.#actor.kernel.isBlank) return { kind: 'unknown', reason: 'no match has this name' };
    await this.#actor.anchor();
    await this.#actor.refresh();
    return this.#reconciliation
      .compare()
      .catch((error: unknown) => toldIfUnseen(this.#world, this.#actor.kernel, error));
  }

  async pause(operator: string, reason: string): Promise<Answer> {
    return this.#operate({ type: 'operator.pause', at: this.#now(), operator, reason });
  }

  async resume(operator: string, reason: string): Promise<Answer> {
    // Never before it is known whether there is another reason to be paused; to pause is always right.
    const terms = await this.#termsWhenReady();
    if (isRefusal(terms)) return answerOf(terms);
    if (mayHaveForgotten(this.#actor.link)) {
      const failure = await this.#chain.recall().catch((error: unknown) => error);
      if (failure instanceof ChainUnavailable) return refused('chain_unreadable', failure.message);
    }
    return this.#operate({ type: 'operator.resume', at: this.#now(), operator, reason });
  }

  async journal(from: number, limit: number): Promise<JournalPage> {
    return this.#actor.journal(from, limit);
  }

  async alerts(): Promise<readonly AlertRow[]> {
    return this.#actor.alerts();
  }

  async reviews(from: number, limit: number): Promise<ReviewPage> {
    return this.#actor.reviews(from, limit);
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

  #take(
    event: MatchEvent,
    caller: Caller,
    request: { readonly clientKey: string },
    answer: NonNullable<CommitOptions<MatchContext>['answer']>,
  ): Answer {
    return answerIn(this.#commit(event, clientOptions(caller, request, answer)));
  }

  async #whenReady(take: (terms: Terms) => Answer): Promise<Answer> {
    const terms = await this.#termsWhenReady();
    return isRefusal(terms) ? answerOf(terms) : take(terms);
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
    if (outcome.kind !== 'committed') return answerIn(outcome);
    return { status: 200, text: JSON.stringify({ seq: outcome.standing.seq }) };
  }

  #fire(timer: DueTimer): void {
    const outcome = this.#commit(timerEvent(this.#world, this.#actor.context, timer.event), {
      id: `timer:${timer.name}:${timer.due}`,
      timer: timer.name,
    });
    if (outcome.kind !== 'refused') return;
    const { kernel } = this.#actor;
    // Not now (paused, a seat that has not landed): asked again. Otherwise there is nothing to do any more.
    const again = this.#now() + this.#world.settings.match.graceMs;
    kernel.settle(() =>
      outcome.refusal.retryable ? kernel.timers.postpone(timer, again) : kernel.timers.remove(timer.name),
    );
  }
}

/** Nothing will happen to it any more. */
function isOver(context: MatchContext, value: Standing<MatchContext>['value']): boolean {
  return isPaidOut(context) || matchValue(value).money === 'refunded';
}

function accepted(terms: Terms, action: string, state: string) {
  return { status: 200, body: { matchId: terms.matchId, action, state } };
}

function stateOf(terms: Terms, { value }: Standing<MatchContext>) {
  return { status: 200, body: { matchId: terms.matchId, state: matchValue(value).money } };
}
