/**
 * Bounds one piece of work in time, also where the work ignores its signal. The timer is cleared as soon as the work
 * ends: one left behind would keep a Durable Object from hibernating (platform facts: section C, trap 1), which is why
 * `AbortSignal.timeout` is not used.
 */
export async function withDeadline<T>(
  ms: number,
  lateError: () => Error,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      // Rejects before it aborts, so that the caller sees the deadline and not the abort that follows from it.
      reject(lateError());
      controller.abort();
    }, ms);
  });
  try {
    return await Promise.race([work(controller.signal), deadline]);
  } finally {
    clearTimeout(timer);
  }
}
