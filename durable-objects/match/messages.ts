/**
 * What a match asks of its players' deposits: hold or admit, release, fact, conclude. Each message is taken once by its token, so that it
 * may be sent any number of times; the user's object alone decides about the user's money.
 */
import { type MatchContext, seatByHash } from '../../machines/match/context.ts';
import type { MatchEvent } from '../../machines/match/events.ts';
import { isRefusalCode, refusalStatus } from '../../machines/refusals.ts';
import type { Actor } from '../actor.ts';
import type { OutboxRow } from '../kernel/outbox.ts';
import { FINISHED, type Handlers, type Worked } from '../kernel/workbench.ts';
import { depositName } from '../names.ts';
import type { ObjectWorld } from '../ports.ts';
import type {
  Binding,
  ChainFact,
  DepositObject,
  HoldAnswer,
  HoldRequest,
  ReleaseRequest,
} from '../wire/objects.ts';

interface Message<Request> {
  readonly binding: Binding;
  readonly hash: string;
  readonly request: Request;
}

interface ConcludeRequest {
  readonly token: string;
  readonly holdToken: string;
  /** The deposit has to read for itself what it was paid. */
  readonly isUntold?: boolean;
}

/** Refusals that pass by themselves, later, and are nobody's fault: waited out, without a person being called. */
const LASTING: readonly string[] = ['stake_capped', 'velocity_exceeded'];

/** Why a hold is refused for now. */
export interface Waiting {
  readonly waitsFor: string;
  readonly detail?: string;
}

export class MatchMessages {
  /** By join: what its player is told beside 202. Of this isolate's life only: asked again, it is known again. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #world: ObjectWorld;
  readonly #actor: () => Actor<MatchContext, MatchEvent>;
  readonly handlers: Handlers = {
    hold: (row) => this.#hold(row),
    admit: (row) => this.#hold(row),
    release: (row) => this.#release(row),
    fact: (row) => this.#fact(row),
    conclude: (row) => this.#conclude(row),
  };

  constructor(world: ObjectWorld, actor: () => Actor<MatchContext, MatchEvent>) {
    this.#world = world;
    this.#actor = actor;
  }

  /** Why the seat of this join is requested still, as far as that is known. */
  waitingFor(hash: string): Waiting | undefined {
    return this.#waiting.get(hash);
  }

  /** Refused for good: that is the stored answer, the seat is freed. Refused for now: asked again. */
  async #hold(row: OutboxRow): Promise<Worked> {
    const { binding, request, hash } = parse<HoldRequest>(row);
    // The seat may be gone, or the answer known from an earlier try whose event was committed.
    if (seatByHash(this.#actor().context, hash)?.state !== 'requested') {
      this.#waiting.delete(hash);
      return FINISHED;
    }
    const deposit = this.#deposit(binding);
    const answer = await (row.task === 'admit'
      ? deposit.admit(binding, request)
      : deposit.hold(binding, request));
    this.#waiting.delete(hash);
    if (!answer.ok && answer.retryable) {
      const { code, message, detail } = answer;
      this.#waiting.set(hash, { waitsFor: code, ...(detail === undefined ? {} : { detail }) });
      if (LASTING.includes(code)) return { kind: 'again', inMs: this.#world.settings.backoffMaxMs };
      throw new Error(`${code}: ${message}`);
    }
    const at = this.#world.clock.now();
    const event: MatchEvent = answer.ok
      ? { type: 'hold.granted', at, hash, refusal: null }
      : { type: 'hold.refused', at, hash, refusal: passedOn(answer) };
    this.#actor().kernel.commit(event, { id: `result:${row.key}`, lease: row.lease });
    return FINISHED;
  }

  async #release(row: OutboxRow): Promise<Worked> {
    const { binding, request } = parse<ReleaseRequest>(row);
    insist(await this.#deposit(binding).release(binding, request));
    return FINISHED;
  }

  async #fact(row: OutboxRow): Promise<Worked> {
    const { binding, request } = parse<ChainFact>(row);
    insist(await this.#deposit(binding).fact(binding, request));
    return FINISHED;
  }

  async #conclude(row: OutboxRow): Promise<Worked> {
    const { binding, request } = parse<ConcludeRequest>(row);
    const { token, holdToken, isUntold = false } = request;
    const deposit = this.#deposit(binding);
    insist(await deposit.conclude(binding, { token, holdToken }));
    if (!isUntold) return FINISHED;
    const outcome = await deposit.reconcile(binding, token);
    if (outcome.kind === 'unknown')
      throw new Error(`what the deposit was paid is not known: ${outcome.reason}`);
    return FINISHED;
  }

  #deposit(binding: Binding): DepositObject {
    return this.#world.peers.deposit(depositName(this.#world.chain, binding.authority));
  }
}

/** A business refusal of a release or a fact is an answer too (captured, released before): there is nothing to repeat. */
function insist(answer: HoldAnswer): void {
  if (!answer.ok && answer.retryable) throw new Error(`${answer.code}: ${answer.message}`);
}

function passedOn(answer: Extract<HoldAnswer, { ok: false }>): {
  code: string;
  message: string;
  status: number;
} {
  return {
    code: answer.code,
    message: answer.message,
    status: isRefusalCode(answer.code) ? refusalStatus(answer.code) : 409,
  };
}

function parse<Request>(row: OutboxRow): Message<Request> {
  // SAFETY: written by the machine's `message` effect, whose body has this form.
  return JSON.parse(row.body) as Message<Request>;
}
