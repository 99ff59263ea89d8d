/**
 * First in, first out within one owner (design: section 6, Owner): what is signed first was accepted first (I17). One at a
 * time is tried, and a younger action gives way to an older one that could be signed as well as itself and only waits for
 * its turn: for a permit, or for its next try. One that stands in its own way (blocked, a wallet, a person, or failing
 * again and again) holds nobody up. Once signed, each lives by itself: what it takes is held for it alone.
 */
import type { OpenAction } from '../../machines/actions/open-action.ts';
import type { Kernel } from '../kernel/kernel.ts';

/** Tries after which a failing action is given way to no longer: by then the back-off has asked for some ten seconds. */
const PATIENCE = 5;

type Known = Pick<Kernel<unknown, never>, 'outbox' | 'records'>;

export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** After everybody who came before, whatever became of them. */
  next<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(work, work);
    this.#last = turn;
    return turn;
  }
}

/** The older action to which this one gives way now. `mayStart`: could it be signed, in the state that the owner is in? */
export function elderOf(
  action: OpenAction,
  actions: readonly OpenAction[],
  mayStart: (hash: string) => boolean,
  { outbox, records }: Known,
): OpenAction | undefined {
  return actions.find(
    (other) =>
      other.order < action.order &&
      (other.state === 'queued' || other.state === 'leased') &&
      !other.doomed &&
      mayStart(other.hash) &&
      (outbox.triesOf(`drive:${other.hash}`) ?? PATIENCE) < PATIENCE &&
      records.liveOffer(other.hash) === null &&
      // Told once that something stands in its way: from then on it holds nobody up.
      !records.isAlerted('action_blocked', other.hash),
  );
}
