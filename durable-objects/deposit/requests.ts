/** What a player and an operator ask of a deposit: deposit, withdraw, sign, resolve. Stored answers by client key. */
import { actionByHash } from '../../machines/actions/open-action.ts';
import type { DepositContext } from '../../machines/deposit/context.ts';
import type { DepositEvent } from '../../machines/deposit/events.ts';
import type { Json } from '../../machines/effects.ts';
import { mayHaveForgotten } from '../../machines/link.ts';
import type { ActionState } from '../../machines/pending-action.ts';
import { type Refusal, type RefusalCode, refusal, refusalStatus } from '../../machines/refusals.ts';
import type { Actor } from '../actor.ts';
import { answerIn, answerOf, clientEventId, clientOptions, faultyTransaction, refused } from '../intake.ts';
import type { CommitOptions, Standing } from '../kernel/kernel.ts';
import type { ObjectWorld } from '../ports.ts';
import type { Answer, Binding, Caller } from '../wire/objects.ts';
import type {
  DepositRequest,
  ResolveDepositRequest,
  SignRequest,
  TakeBackTransferRequest,
  WithdrawRequest,
} from '../wire/requests.ts';
import { transferAction } from './actions.ts';
import type { DepositLedger } from './ledger.ts';
import type { DepositSync } from './sync.ts';

type Body = (standing: Standing<DepositContext>) => Json | Refusal;

export class DepositRequests {
  readonly #world: ObjectWorld;
  readonly #actor: () => Actor<DepositContext, DepositEvent>;
  readonly #ledger: Pick<DepositLedger, 'limits'>;

  constructor(
    world: ObjectWorld,
    actor: () => Actor<DepositContext, DepositEvent>,
    ledger: Pick<DepositLedger, 'limits'>,
  ) {
    this.#world = world;
    this.#actor = actor;
    this.#ledger = ledger;
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
    // A repeat is the same action, whatever the clock says by now.
    const notAfter = request.notAfter ?? this.#notAfterBefore(caller, request) ?? at + settings.maxNotAfterMs;
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
      ...this.#ledger.limits,
    };
    const body = { action: action.hash, state: 'queued', lamports, fee, notAfter };
    const options = this.#options(caller, { kind, ...request }, ({ context }) =>
      actionByHash(context, action.hash) === undefined ? refusal('user_limit_reached') : body,
    );
    return answerIn(this.#actor().kernel.commit(event, options));
  }

  /** The wallet's signature out of the transaction that came back; the coordinator signs only after it is stored. */
  async sign(caller: Caller, request: SignRequest): Promise<Answer> {
    const { kernel, context, workbench } = this.#actor();
    const { binding } = context;
    if (binding?.userId !== caller.userId || binding.wallet !== caller.wallet) return refused('forbidden');
    const { action: hash, transaction } = request;
    const options = this.#options(caller, { kind: 'sign', ...request }, () => ({
      action: hash,
      state: 'signed',
    }));
    const repeated = kernel.repeated(options);
    if (repeated !== null) return repeated;
    const offer = actionByHash(context, hash)?.state === 'offered' ? kernel.records.liveOffer(hash) : null;
    if (offer === null) return refused('sign_request_gone');
    const taken = this.#world.chain.walletSignature(offer, transaction);
    if ('fault' in taken) return faultyTransaction(taken.fault);
    const event: DepositEvent = {
      type: 'wallet.signed',
      at: this.#world.clock.now(),
      hash,
      offer: offer.id,
      signature: taken.signature,
    };
    const answer = answerIn(kernel.commit(event, options));
    if (answer.status === 200) await workbench.runNow(`drive:${hash}`);
    return answer;
  }

  /** The money is spendable again at once, also while the chain is away: it waits for nothing but the commit. */
  takeBack(caller: Caller, hash: string, request: TakeBackTransferRequest): Answer {
    const { kernel, context } = this.#actor();
    const { userId, wallet } = caller;
    const event: DepositEvent = {
      type: 'transfer.takeBack',
      at: this.#world.clock.now(),
      binding: { userId, wallet, authority: context.binding?.authority ?? '' },
      hash,
      // SAFETY: the states in these rows are the machine's.
      ended: (kernel.records.outcome(hash)?.state ?? null) as ActionState | null,
    };
    const asked = { kind: 'takeBack', action: hash, ...request };
    const options = this.#options(caller, asked, () => ({ action: hash, state: 'cancelled' }));
    return answerIn(kernel.commit(event, options));
  }

  async resolve(operator: Caller, request: ResolveDepositRequest, sync: DepositSync): Promise<Answer> {
    if (operator.role !== 'operator') return refused('forbidden');
    const { as, reason, available } = request;
    const { kernel, context } = this.#actor();
    const options = this.#options(operator, { kind: 'resolve', ...request }, ({ seq }) => ({ seq }));
    // Whatever the account shows by now.
    const repeated = kernel.repeated(options);
    if (repeated !== null) return repeated;
    const adopted = available === undefined ? null : await sync.adoptable(available);
    if (adopted !== null && 'code' in adopted) return answerOf(adopted);
    // Restored, it has forgotten what it signed: what the chain has seen of that is booked before anything goes on.
    const isRead = !mayHaveForgotten(context.link) || (await sync.catchUp().catch(() => false));
    if (!isRead) return refused('chain_unreadable', 'the history of the deposit');
    const who = { at: this.#world.clock.now(), operator: operator.userId, reason };
    const event: DepositEvent =
      as === 'retry' || as === 'drop'
        ? { type: `operator.${as}`, ...who, outstanding: this.#outstanding() }
        : { type: 'operator.unfreeze', ...who, ...(adopted === null ? {} : { adopted }) };
    return answerIn(kernel.commit(event, options));
  }

  /** Neither finalized with an error nor provably dead: what was signed of these may still land. */
  #outstanding(): string[] {
    const { kernel, context } = this.#actor();
    return context.actions
      .map(({ hash }) => hash)
      .filter((hash) => kernel.records.liveAttempt(hash) !== null);
  }

  #options(
    caller: Caller,
    request: { readonly kind: string; readonly clientKey: string },
    body: Body,
  ): CommitOptions<DepositContext> {
    return clientOptions(caller, request, (standing) => answered(body(standing)));
  }

  #notAfterBefore(caller: Caller, request: { readonly clientKey: string }): number | undefined {
    const { kernel } = this.#actor();
    const known = kernel.isBlank ? null : kernel.answers.read(clientEventId(caller, request));
    // SAFETY: the mirror's own JSON; anything but an accepted transfer has no such field.
    return known === null ? undefined : (JSON.parse(known.text) as { readonly notAfter?: number }).notAfter;
  }
}

function answered(body: Json | Refusal): { readonly status: number; readonly body: Json } {
  // SAFETY: no body of ours has a field `code`; a refusal is plain JSON.
  const reason = body as { readonly code?: RefusalCode };
  return {
    status: reason.code === undefined ? 200 : refusalStatus(reason.code),
    body: { ...(body as object) },
  };
}
