/**
 * First in, first out within one owner (design: section 6, Owner): what is signed first was accepted first (I17). One at a
 * time is tried, and a younger action gives way to an older one that could be signed as well as itself and only waits for
 * its turn: for a permit, or for its next try. One that stands in its own way (blocked, a wallet, a person, or failing
 * again and again) holds nobody up. Once signed, each lives by itself: what it takes is held for it alone.
 */
import type { OpenAction } from '../../machines/actions/open-action.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { ChainUnavailable } from '../ports.ts';

/** Tries after which a failing action is given way to no longer: by then the back-off has asked for some ten seconds. */
const PATIENCE = 5;

type Known = Pick<Kernel<unknown, never>, 'outbox' | 'records'> & { readonly turns: Turns };

export class Turns {
  #last: Promise<unknown> = Promise.resolve();
  /** Last tried when too much was asked of the providers at once: that says nothing of the action, however often it comes. */
  readonly #crowdedOut = new Set<string>();

  /** After everybody who came before, whatever became of them. */
  next<Result>(hash: string, work: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(work, work);
    this.#last = turn.then(
      () => this.#crowdedOut.delete(hash),
      (error: unknown) => this.#failed(hash, error),
    );
    return turn;
  }

  isCrowdedOut(hash: string): boolean {
    return this.#crowdedOut.has(hash);
  }

  #failed(hash: string, error: unknown): void {
    if (error instanceof ChainUnavailable && error.code === 'rate_limited') this.#crowdedOut.add(hash);
    else this.#crowdedOut.delete(hash);
  }
}

/** The older action to which this one gives way now. `mayStart`: could it be signed, in the state that the owner is in? */
export function elderOf(
  action: OpenAction,
  actions: readonly OpenAction[],
  mayStart: (hash: string) => boolean,
  { outbox, records, turns }: Known,
): OpenAction | undefined {
  const isPatient = (hash: string): boolean => {
    const tries = outbox.triesOf(`drive:${hash}`);
    return tries !== null && (tries < PATIENCE || turns.isCrowdedOut(hash));
  };
  return actions.find(
    (other) =>
      other.order < action.order &&
      (other.state === 'queued' || other.state === 'leased') &&
      !other.doomed &&
      mayStart(other.hash) &&
      isPatient(other.hash) &&
      records.liveOffer(other.hash) === null &&
      // Told once that something stands in its way: from then on it holds nobody up.
      !records.isAlerted('action_blocked', other.hash),
  );
}
