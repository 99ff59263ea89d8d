/**
 * A transaction that a finalized history lists and that no provider can show is waited for: nothing is booked without it
 * and nobody is called at first, since an index may be ahead of what it can show. But not for ever: a day later a person
 * is told, once. Measured in slots, so that no clock of ours and no memory of when it was seen first is needed.
 */
import type { Kernel } from './kernel/kernel.ts';
import type { ActorEvent } from './kernel/machine-port.ts';
import { ChainUnavailable, type HistoryEntry, type ObjectWorld } from './ports.ts';

export class UnseenTransaction extends ChainUnavailable {
  readonly signature: string;
  readonly slot: number;
  constructor({ signature, slot }: Pick<HistoryEntry, 'signature' | 'slot'>) {
    super('unavailable', 'every provider', `no finalized transaction ${signature} yet`);
    this.signature = signature;
    this.slot = slot;
  }
}

const CLASS = 'transaction_unseen';

/** Throws the error on, whatever it is: what could not be read is asked again. */
export async function toldIfUnseen<Context, Event extends ActorEvent>(
  world: ObjectWorld,
  kernel: Kernel<Context, Event>,
  error: unknown,
): Promise<never> {
  if (!(error instanceof UnseenTransaction) || kernel.records.isAlerted(CLASS, error.signature)) throw error;
  const { slot } = await world.chain.finalizedHeight();
  if (slot - error.slot > world.settings.unseenSlots) {
    const since = `listed at slot ${error.slot}, and at slot ${slot} no provider shows it`;
    kernel.settle(() => kernel.raise(CLASS, error.signature, since));
  }
  throw error;
}
