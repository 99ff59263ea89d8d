/** Ctrl-C, or a request to end. Before anything is there to be stopped in order, the process just exits. */

/** As a shell reports a process that SIGINT ended. */
const INTERRUPTED = 130;

export interface Interrupts {
  /** What the next signal does. Whatever was started ends with this process (guard.ts, stack.ts). */
  act: () => void;
}

export function catchInterrupts(): Interrupts {
  const interrupts: Interrupts = { act: () => process.exit(INTERRUPTED) };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupts.act());
  return interrupts;
}
