/**
 * Drives one action on the chain, one step a call (design: section 6, "Has it happened?"). The same steps for every
 * kind and every owner; what an owner decides (the plan, what a final action means) comes from its `Owner`.
 *
 * An attempt is a row before it is sent, the same bytes are sent until they land or can no longer land, and a new
 * signature is made only once every earlier one is finalized with an error or provably dead.
 */
import type { AttemptRecord } from '../../machines/effects.ts';
import type { PendingAction } from '../../machines/pending-action.ts';
import type { Lease } from '../kernel/outbox.ts';
import type { Attempt, Offer } from '../kernel/records.ts';
import { FINISHED, type Worked } from '../kernel/workbench.ts';
import { type ObjectWorld, type PreparedTransaction, SignerUnavailable } from '../ports.ts';
import { type Fate, fateOf } from './fate.ts';
import { instructionsText, isActions, twinOf } from './likeness.ts';
import type { DriverEvent, Owner, Planned, Stage } from './owner.ts';

type Ending = (
  as: 'attempt.absent' | 'attempt.dead' | 'attempt.failed',
  detail: string,
  ownFault?: boolean,
) => Worked;

export class Driver<Figures> {
  readonly #world: ObjectWorld;
  readonly #owner: Owner<Figures>;

  constructor(world: ObjectWorld, owner: Owner<Figures>) {
    this.#world = world;
    this.#owner = owner;
  }

  async step(action: PendingAction, { attempt, offer }: Stage, lease: Lease): Promise<Worked> {
    if (attempt !== null) return this.#next(action, attempt, lease);
    try {
      return await (offer === null ? this.#firstOf(action, lease) : this.#offered(action, offer, lease));
    } catch (error) {
      // Nobody's fault: it waits for the key however long that takes, and a person is told.
      if (error instanceof SignerUnavailable)
        this.#owner.commit({ type: 'action.blocked', hash: action.hash, reason: error.message }, lease);
      throw error;
    }
  }

  /** Intent, plan, then a signature or an offer: nothing leaves the object here. */
  async #firstOf(action: PendingAction, lease: Lease): Promise<Worked> {
    const owner = this.#owner;
    const epoch = await owner.refresh();
    if (!owner.maySign(action.hash)) return FINISHED;
    // Before the plan, which asks the chain as well.
    const wait = await owner.turn(action.hash);
    if (wait !== null) return { kind: 'again', inMs: wait };
    const planned = await owner.plan(action);
    if (planned.kind !== 'plan') return this.#notPlanned(action, planned, lease);
    const signer = owner.intentSigner(action);
    if (signer !== null && !owner.isLeased(action.hash)) {
      const intent = await this.#world.signer.signHash(action.hash, signer);
      return this.#commit({ type: 'action.leased', hash: action.hash, ...intent }, lease);
    }
    return planned.plan.wallet === null
      ? this.#sign(action, planned, epoch, lease)
      : this.#offer(action, planned, lease);
  }

  async #sign(
    { hash }: PendingAction,
    { plan, figures }: Extract<Planned<Figures>, { kind: 'plan' }>,
    epoch: string,
    lease: Lease,
  ): Promise<Worked> {
    const { chain } = this.#world;
    const prepared = await chain.prepare(plan);
    // Another event may have come in while we waited: a pause, a newer verdict. The guard looks again too.
    if (!this.#owner.maySign(hash)) return FINISHED;
    const attempt = attemptRecord(hash, prepared, epoch, instructionsText(chain.expected(plan)));
    return this.#commit({ type: 'action.signed', hash, attempt, offer: null, figures }, lease);
  }

  async #offer(
    { hash }: PendingAction,
    { plan, figures }: Extract<Planned<Figures>, { kind: 'plan' }>,
    lease: Lease,
  ): Promise<Worked> {
    const { chain } = this.#world;
    const prepared = await chain.offer(plan);
    if (!this.#owner.maySign(hash)) return FINISHED;
    const offer = { ...prepared, hash, expected: instructionsText(chain.expected(plan)) };
    return this.#commit({ type: 'action.offered', hash, offer, figures }, lease);
  }

  /** Waits for the wallet. Without the coordinator's signature it cannot land: its last valid block height is its end. */
  async #offered(action: PendingAction, offer: Offer, lease: Lease): Promise<Worked> {
    const owner = this.#owner;
    const { hash } = action;
    const { chain } = this.#world;
    const epoch = await owner.refresh();
    const { height } = await chain.finalizedHeight();
    if (height > offer.lastValidBlockHeight)
      return this.#commit({ type: 'offer.dead', hash, offer: offer.id }, lease);
    if (offer.signature === null) return this.#later();
    if (!owner.maySign(hash)) return FINISHED;
    const wait = await owner.permit(hash);
    if (wait !== null) return { kind: 'again', inMs: wait };
    const planned = await owner.plan(action);
    if (planned.kind !== 'plan') return this.#notPlanned(action, planned, lease);
    // Not what we would prepare now: it is left to die, which it does without the coordinator's signature.
    if (instructionsText(chain.expected(planned.plan)) !== offer.expected) return this.#later();
    const prepared = await chain.countersign(planned.plan, offer, offer.signature);
    if (!owner.maySign(hash)) return FINISHED;
    const attempt = {
      ...attemptRecord(hash, prepared, epoch, offer.expected),
      isWalletSigned: true as const,
    };
    return this.#commit(
      { type: 'action.signed', hash, attempt, offer: offer.id, figures: planned.figures },
      lease,
    );
  }

  async #next(action: PendingAction, attempt: Attempt, lease: Lease): Promise<Worked> {
    // Signed and never sent: nothing to look up, unless the object died between the sending and its record.
    if (attempt.state === 'signed') return this.#send(action, attempt, lease);
    const fate = await fateOf(this.#world.chain, attempt, this.#owner.isLanded(action.hash));
    return this.#settle(action, attempt, fate, lease);
  }

  /** Of what a person looks at: what became of its attempt is still found out, and nothing is sent or signed. */
  async lookUp(action: PendingAction, attempt: Attempt, lease: Lease): Promise<Worked> {
    const fate = await fateOf(this.#world.chain, attempt, false);
    const isEnd = fate.kind === 'failed' || fate.kind === 'absent' || fate.kind === 'final';
    return isEnd ? this.#settle(action, attempt, fate, lease) : this.#later();
  }

  async #settle(action: PendingAction, attempt: Attempt, fate: Fate, lease: Lease): Promise<Worked> {
    const { hash } = action;
    const { signature } = attempt;
    const ended = this.#ending(action, attempt, lease);
    switch (fate.kind) {
      case 'pending':
        return this.#later();
      case 'failed':
        return ended('attempt.failed', fate.error, this.#owner.isOwnFault(action, fate.customCode));
      case 'landed':
        if (!isActions(attempt, fate.observed)) return this.#notOurs(action, lease);
        this.#owner.commit({ type: 'action.landed', hash, signature }, lease);
        return this.#later();
      case 'final':
        if (!isActions(attempt, fate.observed)) return this.#notOurs(action, lease);
        await this.#owner.finalize(action, fate.observed, lease);
        return FINISHED;
      case 'dropped':
        return this.#commit({ type: 'action.dropped', hash, signature }, lease);
      case 'missing':
        return this.#send(action, attempt, lease);
      case 'absent':
        return this.#gone(action, attempt, fate.finalizedSlot, { ended, lease });
    }
  }

  /** Of a wrong make (`isRefused`) another signature would be no better than the one that is dead. */
  #ending({ hash }: PendingAction, { signature }: Attempt, lease: Lease): Ending {
    return (type, detail, ownFault = false) => {
      const isHopeless = type === 'attempt.dead' && this.#owner.isRefused(signature);
      const event = { type, hash, signature, detail, ownFault, ...(isHopeless && { isHopeless }) };
      return this.#commit(event, lease);
    };
  }

  async #gone(
    action: PendingAction,
    attempt: Attempt,
    slot: number,
    { ended, lease }: { readonly ended: Ending; readonly lease: Lease },
  ): Promise<Worked> {
    const { hash } = action;
    const twin = attempt.isWalletSigned ? await twinOf(this.#world.chain, action, attempt, slot) : null;
    if (twin === null) return this.#absent(attempt, slot, ended);
    const { signature } = attempt;
    const replaced = { ...recordOf(attempt), signature: twin };
    return this.#commit({ type: 'attempt.replaced', hash, signature, attempt: replaced }, lease);
  }

  /** Two look-ups, 64 finalized slots apart: only then is it provably dead. */
  #absent(attempt: Attempt, slot: number, ended: Ending): Worked {
    if (attempt.state !== 'absent') return ended('attempt.absent', slot.toString());
    if (slot < Number(attempt.detail) + this.#world.settings.deathSlots) return this.#later();
    const isRefused = this.#owner.isRefused(attempt.signature);
    const detail = `absent at finalized slots ${attempt.detail} and ${slot}`;
    return ended('attempt.dead', isRefused ? `refused as made, then ${detail}` : detail);
  }

  /** Sends the stored bytes, again and again while they can land. A preflight error proves nothing: looked up next time. */
  async #send(action: PendingAction, attempt: Attempt, lease: Lease): Promise<Worked> {
    if (attempt.state === 'signed') await this.#owner.anchor();
    await this.#owner.refresh();
    if (!this.#owner.maySend(action.hash)) return FINISHED;
    const { signature } = attempt;
    const isAgain = attempt.state !== 'signed';
    const outcome = await this.#world.chain.send(attempt, isAgain).catch(asError);
    // Recorded whatever the answer was: it may have been executed with the answer lost.
    if (attempt.state === 'signed')
      this.#owner.commit({ type: 'action.sent', hash: action.hash, signature }, lease);
    if (outcome instanceof Error) throw outcome;
    // Another provider may take them all the same; where none has until they are dead, a person looks at what we make.
    if (outcome.kind === 'bytes_refused') this.#owner.noteRefused(signature, outcome.error);
    return this.#later();
  }

  #notPlanned(
    { hash }: PendingAction,
    planned: Exclude<Planned<Figures>, { kind: 'plan' }>,
    lease: Lease,
  ): Worked {
    switch (planned.kind) {
      case 'blocked':
        this.#owner.commit({ type: 'action.blocked', hash, reason: planned.reason }, lease);
        return { kind: 'again', inMs: this.#world.settings.backoffMaxMs };
      case 'review':
        return this.#review(hash, planned.reason, lease);
      case 'overtaken':
        return FINISHED;
      case 'refused':
        this.#owner.commit(
          { type: 'action.refused', hash, code: planned.code, detail: planned.detail },
          lease,
        );
        return FINISHED;
    }
  }

  #notOurs({ hash }: PendingAction, lease: Lease): Worked {
    return this.#review(
      hash,
      'a transaction with our signature carries other instructions than were signed',
      lease,
    );
  }

  /** Looked at again: of an attempt that may still land the end is wanted, whatever a person decides meanwhile. */
  #review(hash: string, reason: string, lease: Lease): Worked {
    this.#owner.commit({ type: 'action.review', hash, reason }, lease);
    return { kind: 'again', inMs: this.#world.settings.backoffMaxMs };
  }

  /** The next step follows at once; where the event is not taken it would be the same one, so not at once. */
  #commit(event: DriverEvent<Figures>, lease: Lease): Worked {
    return this.#owner.commit(event, lease) ? { kind: 'again', inMs: 0 } : this.#later();
  }

  #later(): Worked {
    return { kind: 'again', inMs: this.#world.settings.pollMs };
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function attemptRecord(
  hash: string,
  prepared: PreparedTransaction,
  epoch: string,
  expected: string,
): AttemptRecord {
  return { ...prepared, hash, epoch, expected };
}

/** Without what became of it. */
function recordOf({ state: _, detail: __, ...record }: Attempt): AttemptRecord {
  return record;
}
