/**
 * Bounds one piece of work in time, also where the work ignores its signal. The timer is cleared as soon as the work
 * ends: one left behind would keep a Durable Object from hibernating (platform facts: section C, trap 1), which is why
 * `AbortSignal.timeout` is not used. `cancel` ends it as well, for whoever has no more use for the answer.
 */
export async function withDeadline<T>(
  ms: number,
  lateError: () => Error,
  work: (signal: AbortSignal) => Promise<T>,
  cancel?: AbortSignal,
): Promise<T> {
  const controller = new AbortController();
  let end = (): void => {};
  const deadline = new Promise<never>((_, reject) => {
    end = () => {
      // Rejects before it aborts, so that the caller sees the deadline and not the abort that follows from it.
      reject(lateError());
      controller.abort();
    };
  });
  const timer = setTimeout(end, ms);
  cancel?.addEventListener('abort', end);
  try {
    return await Promise.race([work(controller.signal), deadline]);
  } finally {
    clearTimeout(timer);
    cancel?.removeEventListener('abort', end);
  }
}

/** Resolves after `ms`, or when `signal` aborts; never rejects. Under a virtual clock another one is given. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>;

export const waitFor: Wait = (ms, signal) =>
  new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end);
  });
