/** How what an earlier release has stored becomes what this one reads: pure, one function a version (design: section 5). */
import { type DepositContext, initialDepositContext, type OpenHold } from './context.ts';

/** Version 1: holds without expiry; no admissions, stakes, or actions of the deposit's own. */
type FirstContext = Pick<
  DepositContext,
  'binding' | 'balances' | 'cursor' | 'synced' | 'slot' | 'frozenFor' | 'link'
> & {
  readonly holds: readonly Pick<OpenHold, 'token' | 'amount' | 'matchId' | 'since'>[];
};

/** The regions and their states had these names already; stakes captured before are not known, and count as concluded. */
export function fromFirst<Value>({ value, context }: { readonly value: Value; readonly context: unknown }): {
  readonly value: Value;
  readonly context: DepositContext;
} {
  // SAFETY: a snapshot that says version 1 was written by the release with that context.
  const first = context as FirstContext;
  const holds = first.holds.map((hold) => ({
    ...hold,
    of: hold.amount,
    expiresAt: null,
    isConcluded: false,
  }));
  return { value, context: { ...initialDepositContext, ...first, holds } };
}
