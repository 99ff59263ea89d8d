/** How players come to a match and go again before it starts: the join, what a wallet would sign for one, and its taking back. */
import type { MatchContext, Terms } from '../../machines/match/context.ts';
import { seatByHash, seatOf } from '../../machines/match/context.ts';
import type { EntryLimits, JoinTakenBack, MatchEvent } from '../../machines/match/events.ts';
import type { ActionState } from '../../machines/pending-action.ts';
import { refusal, refusalStatus } from '../../machines/refusals.ts';
import type { Actor } from '../actor.ts';
import { answerIn, answerOf, clientOptions, isRefusal } from '../intake.ts';
import { PENDING } from '../kernel/answers.ts';
import type { ObjectWorld } from '../ports.ts';
import type { Answer, Caller } from '../wire/objects.ts';
import type { JoinRequest, TakeBackRequest } from '../wire/requests.ts';
import { entryOf, intentOf } from './entry.ts';
import type { MatchMessages } from './messages.ts';

export class MatchJoins {
  readonly #world: ObjectWorld;
  readonly #actor: () => Actor<MatchContext, MatchEvent>;
  readonly #messages: Pick<MatchMessages, 'waitingFor'>;

  constructor(
    world: ObjectWorld,
    actor: () => Actor<MatchContext, MatchEvent>,
    messages: Pick<MatchMessages, 'waitingFor'>,
  ) {
    this.#world = world;
    this.#actor = actor;
    this.#messages = messages;
  }

  /** Steps 1-3 of design section 6 run in the request; if it dies, the outbox completes them. */
  async join(terms: Terms, caller: Caller, request: JoinRequest): Promise<Answer> {
    const entry = await entryOf(this.#world, terms, caller, request);
    const { kernel, workbench } = this.#actor();
    const { user, action, notAfter } = entry;
    const options = clientOptions<MatchContext>(caller, request, ({ context }) =>
      seatByHash(context, action.hash) === undefined
        ? { status: refusalStatus('match_limit_reached'), body: { ...refusal('match_limit_reached') } }
        : { status: PENDING, body: { matchId: terms.matchId, action: action.hash, seat: 'requested' } },
    );
    const intent = intentOf(this.#world, entry, request);
    if (intent !== null && isRefusal(intent)) return kernel.repeated(options) ?? answerOf(intent);
    const event: MatchEvent = {
      type: 'player.join',
      at: this.#world.clock.now(),
      requestId: options.id,
      user: { id: user.id, wallet: user.wallet },
      payer: user.payer,
      authority: user.authority,
      entryFee: request.entryFee,
      paymentMethod: request.paymentMethod,
      notAfter,
      feeBreakdown: request.feeBreakdown ?? null,
      action,
      intent,
      // Read in the same turn as the commit: nothing comes between.
      earlier: kernel.records.countOf('join', user.id),
      ...this.#limits,
    };
    const first = answerIn(kernel.commit(event, options));
    if (first.status !== PENDING) return first;
    const task = user.payer === 'wallet' ? 'admit' : 'hold';
    await workbench.runNow(`${task}:${hashIn(first)}`);
    const now = kernel.answers.read(options.id) ?? first;
    return now.status === PENDING ? this.#withReason(now) : now;
  }

  /** Not a stored answer: what stands in the way of the hold may be another thing the next time. */
  #withReason(pending: Answer): Answer {
    const reason = this.#messages.waitingFor(hashIn(pending));
    if (reason === undefined) return pending;
    // SAFETY: the pending answer of a join is an object, written above.
    const body = JSON.parse(pending.text) as object;
    return { status: pending.status, text: JSON.stringify({ ...body, ...reason }) };
  }

  async intent(terms: Terms, caller: Caller, request: JoinRequest): Promise<Answer> {
    const { action } = await entryOf(this.#world, terms, caller, request);
    return { status: 200, text: JSON.stringify({ action }) };
  }

  /**
   * Frees seat and hold at once, also while the chain is away. The answer is the commit's; that the hold is given back in
   * the same request is a kindness, and if it fails the outbox does it.
   */
  async takeBack(terms: Terms, caller: Caller, request: TakeBackRequest): Promise<Answer> {
    const { context, kernel, workbench } = this.#actor();
    const hash = request.action ?? seatOf(context, caller.userId)?.hash ?? null;
    const event: JoinTakenBack = {
      type: 'player.takeBack',
      at: this.#world.clock.now(),
      userId: caller.userId,
      join: hash,
      ended: hash === null ? null : this.#endedAs(hash, caller),
    };
    const body = { matchId: terms.matchId, action: hash, state: 'cancelled' };
    const options = clientOptions<MatchContext>(caller, request, () => ({ status: 200, body }));
    const answer = answerIn(kernel.commit(event, options));
    if (answer.status === 200) await workbench.runNow(`release:release:${hash}`);
    return answer;
  }

  /** What became of a join of theirs; of others' they are told nothing. */
  #endedAs(hash: string, { userId }: Caller): ActionState | null {
    const { records } = this.#actor().kernel;
    const isTheirs = records.action(hash)?.user?.id === userId;
    // SAFETY: the states in these rows are the machine's.
    return isTheirs ? ((records.outcome(hash)?.state ?? null) as ActionState | null) : null;
  }

  get #limits(): EntryLimits {
    const { settings } = this.#world;
    return {
      maxActions: settings.maxActionsPerMatch,
      maxLamports: settings.maxLamportsPerMatch.toString(),
      maxJoins: settings.maxJoinsPerPlayer,
      degradedMaxStake: settings.degradedMaxStake.toString(),
    };
  }
}

function hashIn(answer: Answer): string {
  // SAFETY: the pending answer of a join is written above, with the hash of its action.
  return (JSON.parse(answer.text) as { action: string }).action;
}
