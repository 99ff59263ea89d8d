/**
 * Do the providers show one chain? Two that answer a finalized read at one and the same slot with different bytes
 * contradict each other, and nothing says which is right (F34): they decide nothing together until they agree again.
 * Only reads at the same slot are compared, so a comparison does not come with every probe; hence what is in dispute is
 * remembered between them.
 */
import type { ProbeSample } from './samples.ts';

export interface Dispute {
  readonly between: readonly [string, string];
  /** Of the newest comparison that differed. */
  readonly slot: number;
  /** Comparisons in a row that differed, up to `BELIEVED`. */
  readonly differed: number;
  /** Comparisons in a row that agreed since. */
  readonly agreed: number;
}

/** Neither a dispute nor its end is believed on one comparison. */
const BELIEVED = 2;

export function isBelieved(dispute: Dispute): boolean {
  return dispute.differed >= BELIEVED;
}

/** `round`: the newest probe of each provider; it is in `samples` too. Disputes with providers of the past are dropped. */
export function disputesAfter(
  before: readonly Dispute[],
  samples: readonly ProbeSample[],
  round: readonly ProbeSample[],
  providers: readonly string[],
): readonly Dispute[] {
  const names = providers.toSorted();
  const pairs = names.flatMap((left, index) => names.slice(index + 1).map((right) => [left, right] as const));
  return pairs.flatMap((between) => {
    const known = before.find((dispute) => isBetween(dispute, between)) ?? null;
    return afterComparison(known, between, comparison(samples, round, between)) ?? [];
  });
}

interface Comparison {
  readonly slot: number;
  readonly isSame: boolean;
}

/** The newest comparison that a sample of this round makes possible; null where it makes none. */
function comparison(
  samples: readonly ProbeSample[],
  round: readonly ProbeSample[],
  between: readonly [string, string],
): Comparison | null {
  for (const fresh of round.filter(({ provider }) => between.includes(provider))) {
    if (fresh.finalizedSlot === null || fresh.fingerprint === null) continue;
    const other = samples.findLast(
      (sample) =>
        sample.provider !== fresh.provider &&
        between.includes(sample.provider) &&
        sample.finalizedSlot === fresh.finalizedSlot &&
        sample.fingerprint !== null,
    );
    if (other !== undefined)
      return { slot: fresh.finalizedSlot, isSame: other.fingerprint === fresh.fingerprint };
  }
  return null;
}

function afterComparison(
  known: Dispute | null,
  between: readonly [string, string],
  compared: Comparison | null,
): Dispute | null {
  if (compared === null) return known;
  if (!compared.isSame) {
    const differed = Math.min(BELIEVED, (known?.differed ?? 0) + 1);
    return { between, slot: compared.slot, differed, agreed: 0 };
  }
  if (known === null || !isBelieved(known)) return null;
  const agreed = known.agreed + 1;
  return agreed >= BELIEVED ? null : { ...known, agreed };
}

function isBetween(dispute: Dispute, [left, right]: readonly [string, string]): boolean {
  return dispute.between[0] === left && dispute.between[1] === right;
}
