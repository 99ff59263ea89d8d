/** Stored matches of earlier releases, brought to the present one (design: section 5). Pure, ordered, never edited. */
import type { Json } from '../../machines/effects.ts';
import type { MatchContext } from '../../machines/match/context.ts';
import type { ActorState } from '../kernel/machine-port.ts';

type Upgrade = (stored: ActorState<MatchContext>) => ActorState<MatchContext>;
type Fields = { readonly [field: string]: Json };

/** What version 1 did not know; its times are those that every match has had since. */
const TIMEOUTS = { lobbyMs: 259_200_000, playMs: 86_400_000, graceMs: 300_000, walletLapseMs: 600_000 };

/** 1 → 2: payers, cancellation and refunds, absences, settlements in two transactions. */
function toVersion2({ value, context }: ActorState<MatchContext>): ActorState<MatchContext> {
  // SAFETY: a snapshot of version 1, in which only the fields named here differ from version 2.
  const before = context as unknown as {
    readonly terms: Fields | null;
    readonly seats: readonly Fields[];
    readonly made: Fields;
    readonly facts: Fields;
    readonly result: Fields | null;
  };
  const { terms, result } = before;
  const after = {
    ...before,
    terms: terms === null ? null : { ...terms, timeouts: TIMEOUTS },
    seats: before.seats.map((seat) => ({ ...seat, payer: 'custody', lapsesAt: null })),
    made: { ...before.made, distribute: 0, refund: 0 },
    facts: { ...before.facts, refunded: null },
    result: result === null ? null : { ...result, separate: false },
    cancellation: null,
    absences: [],
  };
  // SAFETY: every field that version 2 added is there now.
  return { value, context: after as unknown as MatchContext };
}

export const matchUpgrades: readonly Upgrade[] = [toVersion2];
