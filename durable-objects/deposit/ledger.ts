/**
 * The operations of the ledger as other objects ask for them (design: section 7). Each carries a token; what was answered
 * once is answered again with the same bytes, another request under the same token is a conflict.
 */
import type { DepositContext } from '../../machines/deposit/context.ts';
import type { DepositEvent } from '../../machines/deposit/events.ts';
import type { HoldState, Json } from '../../machines/effects.ts';
import { type Refusal, refusal } from '../../machines/refusals.ts';
import type { Actor } from '../actor.ts';
import type { CommitOptions, Outcome, Standing } from '../kernel/kernel.ts';
import type { ObjectWorld } from '../ports.ts';
import type { Binding, ChainFact, HoldAnswer, HoldRequest, ReleaseRequest } from '../wire/objects.ts';

type Request = NonNullable<CommitOptions<DepositContext>['request']>;
/** Why an operation that was taken has not done what was asked. */
type Unmet = (context: DepositContext) => Refusal | null;

export class DepositLedger {
  readonly #world: ObjectWorld;
  readonly #actor: () => Actor<DepositContext, DepositEvent>;

  constructor(world: ObjectWorld, actor: () => Actor<DepositContext, DepositEvent>) {
    this.#world = world;
    this.#actor = actor;
  }

  /** `admits`: a WALLET join, which counts and moves nothing. One token is one of the two: the other is a conflict. */
  hold(binding: Binding, request: HoldRequest, admits: boolean): HoldAnswer {
    const { token, amount, matchId, expiresAt } = request;
    const event: DepositEvent = {
      type: admits ? 'admission.request' : 'hold.request',
      at: this.#now,
      binding,
      token,
      amount,
      matchId,
      expiresAt: expiresAt ?? null,
      known: this.#known(token),
      ...this.limits,
    };
    const asked = { token, amount, matchId };
    const more = expiresAt === undefined ? asked : { ...asked, expiresAt };
    return this.#operate(
      event,
      `hold:${token}`,
      admits ? { ...more, admits } : more,
      ({ holds, admissions }) =>
        [...holds, ...admissions].some((open) => open.token === token) ? null : refusal('user_limit_reached'),
    );
  }

  release(binding: Binding, request: ReleaseRequest): HoldAnswer {
    const { token, holdToken, matchId, amount } = request;
    const event: DepositEvent = {
      type: 'hold.release',
      at: this.#now,
      binding,
      token,
      holdToken,
      matchId,
      amount: amount ?? null,
      known: this.#known(holdToken),
    };
    const asked = { token, holdToken, matchId };
    return this.#operate(event, token, amount === undefined ? asked : { ...asked, amount });
  }

  conclude(binding: Binding, { token, holdToken }: { token: string; holdToken: string }): HoldAnswer {
    const event: DepositEvent = { type: 'stake.conclude', at: this.#now, binding, token, holdToken };
    return this.#operate(event, token, { token, holdToken });
  }

  /** Identity is token, direction and amount; who reports it, and with which reference, is not compared. */
  fact(fact: ChainFact): HoldAnswer {
    const { token, direction, amount, holdToken } = fact;
    // `chain:<signature>:<instruction>:<position>` (formats: Names): never refused, whatever else it looks like.
    if (token.startsWith('chain:')) {
      const event: DepositEvent = { type: 'chain.fact', at: this.#now, ...fact };
      return this.#operate(event, token, { direction, amount });
    }
    // Money comes in only by a fact; what goes out without one can be refused.
    if (direction === 'credit') return refusedHold(refusal('invalid_request', 'token'));
    const known = holdToken === null ? null : this.#known(holdToken);
    const event: DepositEvent = { type: 'debit.request', at: this.#now, token, amount, holdToken, known };
    return this.#operate(event, token, { direction, amount, holdToken });
  }

  /** A hold's money is there and may move; an admission's is the wallet's own. */
  confirm(holdToken: string): HoldAnswer {
    const { standing } = this.#actor().kernel;
    const { holds, admissions, link, frozenFor } = standing.context;
    if (![...holds, ...admissions].some((open) => open.token === holdToken))
      return refusedHold(refusal('hold_unknown'));
    if (link.pausedFor !== null) return refusedHold(refusal('deposit_paused'));
    if (frozenFor !== null) return refusedHold(refusal('deposit_frozen'));
    return granted(standing);
  }

  get limits() {
    const { settings } = this.#world;
    return {
      maxHolds: settings.maxActionsPerUser,
      maxLamports: settings.maxLamportsPerUser.toString(),
      maxPerHour: settings.maxOperationsPerHour,
      degradedMaxLamports: settings.degradedMaxLamportsPerUser.toString(),
    };
  }

  /** Read in the same turn as the commit: nothing comes between. */
  #known(token: string): HoldState | null {
    const { kernel } = this.#actor();
    return kernel.isBlank ? null : kernel.records.holdState(token);
  }

  #operate(event: DepositEvent, id: string, request: Request, unmet: Unmet = () => null): HoldAnswer {
    const answer = (standing: Standing<DepositContext>): { status: number; body: Json } => {
      const told = unmet(standing.context);
      return { status: 200, body: jsonOf(told === null ? granted(standing) : refusedHold(told)) };
    };
    return answerIn(this.#actor().kernel.commit(event, { id, request, answer }));
  }

  get #now(): number {
    return this.#world.clock.now();
  }
}

export function refusedHold({ code, message, retryable, detail }: Refusal): HoldAnswer {
  return { ok: false, code, message, retryable, ...(detail === undefined ? {} : { detail }) };
}

/** The answer as it is stored; its balances are a plain record. */
function jsonOf(answer: HoldAnswer): Json {
  return answer.ok ? { ...answer, balances: { ...answer.balances } } : { ...answer };
}

function granted({ context, head }: Standing<DepositContext>): HoldAnswer {
  return { ok: true, balances: context.balances, head };
}

function answerIn(outcome: Outcome<DepositContext>): HoldAnswer {
  if (outcome.kind === 'refused') return refusedHold(outcome.refusal);
  if (outcome.kind === 'lease_lost' || outcome.answer === null) return refusedHold(refusal('internal'));
  // SAFETY: stored by `#operate` from a HoldAnswer, or by the kernel from a refusal, which lacks only `ok`.
  return { ok: false, ...(JSON.parse(outcome.answer.text) as object) } as HoldAnswer;
}
