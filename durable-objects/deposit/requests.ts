/** What a player and an operator ask of a deposit: deposit, withdraw, sign, resolve. Stored answers by client key. */
import { actionByHash } from '../../machines/actions/open-action.ts';
import type { DepositContext } from '../../machines/deposit/context.ts';
import type { DepositEvent } from '../../machines/deposit/events.ts';
import type { Json } from '../../machines/effects.ts';
import { type Refusal, type RefusalCode, refusal, refusalStatus } from '../../machines/refusals.ts';
import type { Actor } from '../actor.ts';
import type { CommitOptions, Standing } from '../kernel/kernel.ts';
import type { ObjectWorld, WalletFault } from '../ports.ts';
import type { Answer, Binding, Caller } from '../wire/objects.ts';
import type {
  DepositRequest,
  ResolveDepositRequest,
  SignRequest,
  WithdrawRequest,
} from '../wire/requests.ts';
import { transferAction } from './actions.ts';
import type { DepositLedger } from './ledger.ts';
import type { DepositSync } from './sync.ts';

type Body = (standing: Standing<DepositContext>) => Json | Refusal;

const FAULTS: { readonly [fault in WalletFault]: RefusalCode } = {
  malformed: 'invalid_request',
  transaction_changed: 'transaction_changed',
  signature_invalid: 'signature_invalid',
};

export class DepositRequests {
  readonly #world: ObjectWorld;
  readonly #actor: () => Actor<DepositContext, DepositEvent>;
  readonly #limits: DepositLedger['limits'];

  constructor(
    world: ObjectWorld,
    actor: () => Actor<DepositContext, DepositEvent>,
    limits: DepositLedger['limits'],
  ) {
    this.#world = world;
    this.#actor = actor;
    this.#limits = limits;
  }

  transfer(
    kind: 'deposit' | 'withdraw',
    caller: Caller,
    binding: Binding,
    request: WithdrawRequest | DepositRequest,
    fee: string,
  ): Answer {
    const { chain, clock, settings } = this.#world;
    const at = clock.now();
    const { clientKey, lamports } = request;
    const known = this.#stored(caller, clientKey);
    // A repeat is the same action, whatever the clock says by now.
    const notAfter = request.notAfter ?? notAfterIn(known) ?? at + settings.maxNotAfterMs;
    const action = transferAction(chain, kind, binding, { clientKey, lamports, notAfter });
    const event: DepositEvent = {
      type: `${kind}.request`,
      at,
      binding,
      action,
      lamports,
      fee,
      maxNotAfterMs: settings.maxNotAfterMs,
      walletLapseMs: settings.walletLapseMs,
      ...this.#limits,
    };
    const body = { action: action.hash, state: 'queued', lamports, fee, notAfter };
    return this.#commit(event, caller, { kind, ...request }, ({ context }) =>
      actionByHash(context, action.hash) === undefined ? refusal('user_limit_reached') : body,
    );
  }

  /** The wallet's signature out of the transaction that came back; the coordinator signs only after it is stored. */
  async sign(caller: Caller, request: SignRequest): Promise<Answer> {
    const { binding } = this.#actor().context;
    if (binding?.userId !== caller.userId || binding.wallet !== caller.wallet)
      return refused(refusal('forbidden'));
    const known = this.#stored(caller, request.clientKey);
    const { action: hash, transaction } = request;
    const offer = known === null ? this.#actor().kernel.records.liveOffer(hash) : null;
    if (known === null && (offer === null || actionByHash(this.#actor().context, hash)?.state !== 'offered'))
      return refused(refusal('sign_request_gone'));
    const taken = offer === null ? { signature: '' } : this.#world.chain.walletSignature(offer, transaction);
    if ('fault' in taken) return refused(refusal(FAULTS[taken.fault], 'transaction'));
    const { signature } = taken;
    const event: DepositEvent = {
      type: 'wallet.signed',
      at: this.#world.clock.now(),
      hash,
      offer: offer?.id ?? '',
      signature,
    };
    const answer = this.#commit(event, caller, { kind: 'sign', ...request }, () => ({
      action: hash,
      state: 'signed',
    }));
    if (answer.status === 200) await this.#actor().workbench.runNow(`drive:${hash}`);
    return answer;
  }

  async resolve(operator: Caller, request: ResolveDepositRequest, sync: DepositSync): Promise<Answer> {
    if (operator.role !== 'operator') return refused(refusal('forbidden'));
    const { as, reason, available, clientKey } = request;
    // A repeat is answered as before, whatever the account shows by now.
    const isNew = this.#stored(operator, clientKey) === null;
    const adopted = available === undefined || !isNew ? null : await sync.adoptable(available);
    if (adopted !== null && 'code' in adopted) return refused(adopted);
    const at = this.#world.clock.now();
    const who = { at, operator: operator.userId, reason };
    const event: DepositEvent =
      as === 'retry' || as === 'drop'
        ? { type: `operator.${as}`, ...who, outstanding: this.#outstanding() }
        : { type: 'operator.unfreeze', ...who, ...(adopted === null ? {} : { adopted }) };
    return this.#commit(event, operator, { kind: 'resolve', ...request }, ({ seq }) => ({ seq }));
  }

  /** Neither finalized with an error nor provably dead: what was signed of these may still land. */
  #outstanding(): string[] {
    const { kernel, context } = this.#actor();
    return context.actions
      .map(({ hash }) => hash)
      .filter((hash) => kernel.records.liveAttempt(hash) !== null);
  }

  #commit(
    event: DepositEvent,
    caller: Caller,
    request: { readonly kind: string; readonly clientKey: string },
    body: Body,
  ): Answer {
    const { clientKey, ...fields } = request;
    const outcome = this.#actor().kernel.commit(event, {
      id: eventId(caller, clientKey),
      // SAFETY: a request that passed its schema is JSON; undefined fields vanish in the stored text.
      request: JSON.parse(JSON.stringify(fields)) as NonNullable<CommitOptions<DepositContext>['request']>,
      answer: (standing) => answered(body(standing)),
    });
    return outcome.kind === 'lease_lost' || outcome.answer === null
      ? refused(refusal('internal'))
      : outcome.answer;
  }

  #stored(caller: Caller, clientKey: string): Answer | null {
    const { kernel } = this.#actor();
    return kernel.isBlank ? null : kernel.answers.read(eventId(caller, clientKey));
  }
}

export function refused(reason: Refusal): Answer {
  return { status: refusalStatus(reason.code), text: JSON.stringify(reason) };
}

function answered(body: Json | Refusal): { readonly status: number; readonly body: Json } {
  // SAFETY: no body of ours has a field `code`; a refusal is plain JSON.
  const reason = body as { readonly code?: RefusalCode };
  return {
    status: reason.code === undefined ? 200 : refusalStatus(reason.code),
    body: { ...(body as object) },
  };
}

/** A client's event id (design: section 5). */
function eventId({ userId }: Caller, clientKey: string): string {
  return `client:${userId}:${clientKey}`;
}

function notAfterIn(known: Answer | null): number | undefined {
  if (known === null) return undefined;
  // SAFETY: the mirror's own JSON; anything but an accepted transfer has no such field.
  return (JSON.parse(known.text) as { readonly notAfter?: number }).notAfter;
}
