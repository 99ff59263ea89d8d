/**
 * The first usable answer of several whom one may ask (design: section 6 names no order among providers, only that one
 * down is not all down). The next is asked when the last gave nothing usable, or has been silent for a while: a tail
 * of seconds at one provider then costs half a second. Only for reads: what a send may do twice is decided elsewhere.
 */
import { ChainUnavailable } from '../../durable-objects/ports.ts';
import type { Wait } from './deadline.ts';

/** A Worker has six connections at a time (platform facts: A5), and an object asks several things at once. */
const AT_ONCE = 2;

export interface Hedge {
  /** How long one may be silent before the next is asked as well. */
  readonly afterMs: number;
  readonly wait: Wait;
}

/** `signal` aborts when the answer is no longer wanted. */
export type Question<T> = (signal: AbortSignal) => Promise<T>;

type Ended<T> = { readonly answer: T } | { readonly error: unknown };

/**
 * Without a hedge they are asked strictly one after the other. Where no answer is `enough`, the last one stands; where
 * there is none, the last failure is thrown. A fault of our own code passes through at once.
 */
export async function firstUsable<T>(
  questions: readonly Question<T>[],
  enough: (answer: T) => boolean,
  hedge: Hedge | null,
): Promise<T> {
  const cancel = new AbortController();
  const running = new Map<number, Promise<readonly [number, Ended<T>]>>();
  let answered: { readonly answer: T } | null = null;
  let failure: ChainUnavailable | null = null;
  let next = 0;
  const askNext = (): void => {
    const index = next;
    const question = questions[index];
    if (question === undefined) return;
    next += 1;
    running.set(
      index,
      settled(question(cancel.signal)).then((ended) => [index, ended] as const),
    );
  };
  try {
    for (askNext(); running.size > 0; ) {
      const mayHedge = next < questions.length && running.size < AT_ONCE;
      const ended = await soonest([...running.values()], mayHedge ? hedge : null);
      if (ended !== null) {
        const [index, outcome] = ended;
        running.delete(index);
        if ('answer' in outcome) {
          if (enough(outcome.answer)) return outcome.answer;
          answered = outcome;
        } else {
          if (!(outcome.error instanceof ChainUnavailable)) throw outcome.error;
          failure = outcome.error;
        }
      }
      askNext();
    }
  } finally {
    cancel.abort();
  }
  if (answered !== null) return answered.answer;
  throw failure ?? new ChainUnavailable('unavailable', 'pool', 'no provider in use');
}

/** null: they are all slow. The wait does not outlive this: a timer left behind keeps an object from hibernating. */
async function soonest<E>(running: readonly Promise<E>[], hedge: Hedge | null): Promise<E | null> {
  if (hedge === null) return await Promise.race(running);
  const quiet = new AbortController();
  try {
    return await Promise.race([...running, hedge.wait(hedge.afterMs, quiet.signal).then(() => null)]);
  } finally {
    quiet.abort();
  }
}

/** Never rejects: nobody may be waiting for it any more. */
function settled<T>(asked: Promise<T>): Promise<Ended<T>> {
  return asked.then(
    (answer) => ({ answer }),
    (error: unknown) => ({ error }),
  );
}
