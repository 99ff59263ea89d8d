/**
 * A refusal of the core. `code` is one of those of the Rust enum (`core/money-match-core/src/error.rs`), or of the
 * door's own: `out_of_range` (a number that does not fit its integer type), `invalid_text` (a text with a lone
 * surrogate, which UTF-8 cannot hold), `invalid_argument` (not the type that the signature says), `core_trap` (the core
 * ran out of its memory or hit a fault: it was instantiated afresh, and the call had no effect).
 */
export class CoreError extends Error {
  readonly code: string;

  constructor(code: string, options?: { cause: unknown }) {
    super(code, options);
    this.name = 'CoreError';
    this.code = code;
  }
}
