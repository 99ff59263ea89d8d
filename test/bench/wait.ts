/** Bounded waits of the bench: longer than those of tests, since a machine that is measured is made to work. */
const LIMIT_MS = 300_000;

/** Asks until it holds; how often is how exact a time is that ends with it. Rejects after five minutes. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  pollMs: number,
): Promise<void> {
  for (const end = performance.now() + LIMIT_MS; !(await holds()); await pause(pollMs))
    if (performance.now() > end) throw new Error(`not within ${LIMIT_MS / 1_000} s: ${what}`);
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
