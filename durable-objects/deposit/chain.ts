/** What a deposit does with the chain: drives its deposits and withdrawals from plan to fact. */
import { actionByHash, isInFlight } from '../../machines/actions/open-action.ts';
import type { Binding, DepositContext, Transfer } from '../../machines/deposit/context.ts';
import { transferOf } from '../../machines/deposit/context.ts';
import type { DepositEvent } from '../../machines/deposit/events.ts';
import { isReady } from '../../machines/deposit/readiness.ts';
import type { PendingAction } from '../../machines/pending-action.ts';
import type { Actor } from '../actor.ts';
import type { Lease } from '../kernel/outbox.ts';
import type { ObjectWorld, ObservedTransaction } from '../ports.ts';
import { ActionDesk, type Decisions } from '../submission/desk.ts';
import type { Planned } from '../submission/owner.ts';
import { isOurs } from './actions.ts';
import { planTransfer, readTransferAccounts, type TransferPlan } from './planner.ts';
import type { DepositSync } from './sync.ts';

/** The program's error for too little in a deposit, and the system program's for too little in a wallet. */
const INSUFFICIENT_FUNDS = 6_013;
const SYSTEM_NOT_ENOUGH = 1;

export class DepositChain implements Decisions<null> {
  readonly desk: ActionDesk<DepositContext, DepositEvent, null>;
  readonly #world: ObjectWorld;
  readonly #actor: () => Actor<DepositContext, DepositEvent>;
  readonly #sync: DepositSync;

  constructor(world: ObjectWorld, actor: () => Actor<DepositContext, DepositEvent>, sync: DepositSync) {
    this.#world = world;
    this.#actor = actor;
    this.#sync = sync;
    this.desk = new ActionDesk<DepositContext, DepositEvent, null>(world, actor, this, (event) => event);
  }

  mayStart(hash: string): boolean {
    const action = actionByHash(this.#context, hash);
    return action !== undefined && isReady(this.#context, action);
  }

  async plan(action: PendingAction): Promise<Planned<null>> {
    const { chain } = this.#world;
    if (!(await this.#sync.catchUp()))
      return { kind: 'blocked', reason: 'the history of the deposit is still being read' };
    const transfer = transferOf(this.#context, action.hash);
    const { binding } = this.#context;
    if (transfer === undefined || binding === null) return review('no transfer belongs to this action');
    if (!isOurs(chain, action, binding)) return review('the stored action is not the one that was sealed');
    // Seen on the chain, and we do not remember having signed it (a restore): signed again it would happen twice.
    if (transfer.isBooked) return review('the chain shows an effect of this action that was not signed here');
    const planned = await this.#planNow(binding, transfer);
    if (planned.kind !== 'fee') return planned;
    const short = this.#holdFee(action.hash, planned.fee);
    if (short !== null) return { kind: 'refused', code: 'insufficient_funds', detail: short };
    const again = transferOf(this.#context, action.hash);
    const next = again === undefined ? null : await this.#planNow(binding, again);
    return next === null || next.kind === 'fee'
      ? { kind: 'blocked', reason: 'the withdrawal fee rises from one read to the next' }
      : next;
  }

  async #planNow(binding: Binding, transfer: Transfer): Promise<TransferPlan> {
    const { chain, clock } = this.#world;
    const { program } = await this.#actor().refresh();
    const guess = program?.treasury ?? null;
    const accounts = await readTransferAccounts(chain, binding, this.#context.slot, guess);
    const isMade = accounts.deposit?.owner === chain.programId;
    if (transfer.kind === 'deposit' && !isMade && this.#isBeingMade(transfer.hash))
      return { kind: 'blocked', reason: 'another deposit is making the account' };
    return planTransfer({ chain, binding, now: clock.now() }, transfer, accounts);
  }

  /** Of two that both bring the account's rent, one's would stay with the custody key, where no plan reaches it. */
  #isBeingMade(hash: string): boolean {
    const { actions } = this.#context;
    const own = actionByHash(this.#context, hash);
    return actions.some(
      (other) =>
        other.kind === 'deposit' &&
        other.hash !== hash &&
        // Two whose wallets have signed do not wait for each other.
        (isInFlight(other) || (other.state === 'leased' && other.order < (own?.order ?? 0))),
    );
  }

  /** An event of its own, before anything is signed (design: section 7). Answers what is spendable where it is short. */
  #holdFee(hash: string, fee: bigint): string | null {
    const event: DepositEvent = {
      type: 'withdraw.fee',
      at: this.#world.clock.now(),
      hash,
      fee: fee.toString(),
    };
    const outcome = this.#actor().kernel.commit(event, { id: `fee:${hash}:${fee}` });
    const isShort = outcome.kind === 'refused' && outcome.refusal.code === 'insufficient_funds';
    return isShort ? (outcome.refusal.detail ?? '0') : null;
  }

  /** The intent is the player's; custody signs it for them (design: section 6). */
  intentSigner(action: PendingAction): { custodyOf: string } | null {
    return action.user === undefined ? null : { custodyOf: action.user.id };
  }

  isOwnFault(action: PendingAction, customCode: number | null): boolean {
    return (
      customCode === INSUFFICIENT_FUNDS || (action.kind === 'deposit' && customCode === SYSTEM_NOT_ENOUGH)
    );
  }

  /** The facts first: they move the money, and the action only ends. */
  async finalize(action: PendingAction, observed: ObservedTransaction, lease: Lease): Promise<void> {
    await this.#sync.bookTransaction(observed, action.hash);
    this.end(action.hash, observed.signature, lease);
  }

  end(hash: string, signature: string, lease?: Lease): void {
    const event: DepositEvent = {
      type: 'action.final',
      at: this.#world.clock.now(),
      hash,
      signature,
    };
    const id = `action.final:${signature}`;
    const outcome = this.#actor().kernel.commit(event, lease === undefined ? { id } : { id, lease });
    // Not an end: the row must come again.
    if (outcome.kind === 'refused' && actionByHash(this.#context, hash) !== undefined)
      throw new Error(`${outcome.refusal.code}: ${outcome.refusal.detail ?? outcome.refusal.message}`);
  }

  get #context(): DepositContext {
    return this.#actor().context;
  }
}

function review(reason: string): Planned<null> {
  return { kind: 'review', reason };
}
