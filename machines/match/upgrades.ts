/** How what an earlier release has stored becomes what this one reads: pure, one function a version (design: section 5). */
import {
  type AcceptedResult,
  type ChainFacts,
  initialMatchContext,
  type MatchContext,
  type Seat,
  type Terms,
} from './context.ts';

/** Version 1: PLATFORM seats, one transaction a settlement, no way out but by it. */
type FirstContext = Pick<MatchContext, 'actions' | 'nextOrder' | 'link'> & {
  readonly terms: Omit<Terms, 'timeouts'> | null;
  readonly seats: readonly Omit<Seat, 'payer' | 'lapsesAt'>[];
  readonly made: Pick<MatchContext['made'], 'start' | 'end'>;
  readonly facts: Omit<ChainFacts, 'refunded'>;
  readonly result: Omit<AcceptedResult, 'separate'> | null;
};

/** Version 1 had none; these were the settings of the release that wrote version 2 first. */
const TIMEOUTS = { lobbyMs: 259_200_000, playMs: 86_400_000, graceMs: 300_000, walletLapseMs: 600_000 };

/** The regions and their states had these names already. */
export function fromFirst<Value>({ value, context }: { readonly value: Value; readonly context: unknown }): {
  readonly value: Value;
  readonly context: MatchContext;
} {
  // SAFETY: a snapshot that says version 1 was written by the release with that context.
  const { terms, seats, made, facts, result, ...same } = context as FirstContext;
  return {
    value,
    context: {
      ...initialMatchContext,
      ...same,
      terms: terms === null ? null : { ...terms, timeouts: TIMEOUTS },
      seats: seats.map((seat) => ({ ...seat, payer: 'custody', lapsesAt: null })),
      made: { ...initialMatchContext.made, ...made },
      facts: { ...facts, refunded: null },
      result: result === null ? null : { ...result, separate: false },
    },
  };
}
