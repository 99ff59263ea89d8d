/** What can go wrong around the development stack; the message is for the person at the terminal. */
export type DevErrorCode =
  | 'port_taken'
  | 'build_failed'
  | 'worker_failed'
  | 'chain_failed'
  | 'not_ready'
  | 'http_failed'
  | 'timed_out'
  /** A fact of the story does not hold. */
  | 'fact_failed';

export class DevError extends Error {
  readonly code: DevErrorCode;
  constructor(code: DevErrorCode, message: string) {
    super(message);
    this.name = 'DevError';
    this.code = code;
  }
}
