/**
 * First in, first out within one owner (design: section 6, Owner): what is signed first was accepted first (I17). One at a
 * time is tried, and a younger action gives way to an older one that could be signed as well as itself and only waits for
 * its turn: for a permit, or for its next try. One that stands in its own way (blocked, a wallet, a person, or failing
 * again and again) holds nobody up. Once signed, each lives by itself: what it takes is held for it alone.
 */
import type { OpenAction } from '../../machines/actions/open-action.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Worked } from '../kernel/workbench.ts';
import { ChainUnavailable, type ObjectWorld } from '../ports.ts';

/** Tries after which a failing action is given way to no longer: by then the back-off has asked for some ten seconds. */
const PATIENCE = 5;
/**
 * Polls after which an action that gives way looks for itself. The one that it waits for wakes it before that: where all
 * look each second, and pull the verdict each time, a shard and the monitor have no time for those whose turn it is.
 */
const GIVES_WAY_POLLS = 10;

/** The owner's open actions, and where they are kept. */
export interface Queue {
  actions(): readonly OpenAction[];
  kernel(): Pick<Kernel<never, never>, 'outbox' | 'records' | 'settle'>;
  /** Could it be signed, in the state that the owner is in? */
  mayStart(hash: string): boolean;
}

export class Turns {
  readonly #world: Pick<ObjectWorld, 'clock' | 'settings'>;
  readonly #queue: Queue;
  #last: Promise<unknown> = Promise.resolve();
  /** Last tried when too much was asked of the providers at once: that says nothing of the action, however often it comes. */
  readonly #crowdedOut = new Set<string>();

  constructor(world: Pick<ObjectWorld, 'clock' | 'settings'>, queue: Queue) {
    this.#world = world;
    this.#queue = queue;
  }

  /** After everybody who came before, whatever became of them. Whose turn it is not asks nobody anything. */
  take(hash: string, work: () => Promise<Worked>): Promise<Worked> {
    const mine = async (): Promise<Worked> => {
      const inMs = this.wait(hash);
      return inMs === null ? this.#try(hash, work) : { kind: 'again', inMs };
    };
    const turn = this.#last.then(mine, mine);
    this.#last = turn;
    return turn;
  }

  /** Null: it is its turn. Otherwise it looks again after so many ms, if nobody wakes it before. */
  wait(hash: string): number | null {
    const action = this.#queue.actions().find((each) => each.hash === hash);
    const gives = action !== undefined && this.#givesWay(action);
    return gives ? GIVES_WAY_POLLS * this.#world.settings.pollMs : null;
  }

  async #try(hash: string, work: () => Promise<Worked>): Promise<Worked> {
    const heldUp = this.#heldUp();
    try {
      const worked = await work();
      this.#crowdedOut.delete(hash);
      return worked;
    } catch (error) {
      if (error instanceof ChainUnavailable && error.code === 'rate_limited') this.#crowdedOut.add(hash);
      else this.#crowdedOut.delete(hash);
      throw error;
    } finally {
      this.#wake(heldUp);
    }
  }

  #heldUp(): readonly OpenAction[] {
    return this.#queue.actions().filter((action) => this.#isWaiting(action) && this.#givesWay(action));
  }

  /**
   * Those that gave way before this turn, and do so to nobody any more. Nobody else: two that both wait for something
   * other than a turn would wake each other for ever.
   */
  #wake(heldUp: readonly OpenAction[]): void {
    const free = heldUp.filter((action) => !this.#givesWay(action));
    if (free.length === 0) return;
    const kernel = this.#queue.kernel();
    const now = this.#world.clock.now();
    kernel.settle(() => {
      for (const { hash } of free) kernel.outbox.hurry(workOf(hash), now);
    });
  }

  #givesWay(action: OpenAction): boolean {
    return this.#queue
      .actions()
      .some((other) => other.order < action.order && this.#isWaiting(other) && this.#holdsUp(other));
  }

  #isWaiting({ state, doomed, hash }: OpenAction): boolean {
    return (state === 'queued' || state === 'leased') && !doomed && this.#queue.mayStart(hash);
  }

  #holdsUp({ hash }: OpenAction): boolean {
    const { outbox, records } = this.#queue.kernel();
    const tries = outbox.triesOf(workOf(hash));
    return (
      tries !== null &&
      (tries < PATIENCE || this.#crowdedOut.has(hash)) &&
      records.liveOffer(hash) === null &&
      // Told once that something stands in its way: from then on it holds nobody up.
      !records.isAlerted('action_blocked', hash)
    );
  }
}

function workOf(hash: string): string {
  return `drive:${hash}`;
}
