/** What one probe of one provider brought, and what a row of them says of tips. Pure. */
export interface ProbeSample {
  readonly provider: string;
  /** Unix ms. */
  readonly at: number;
  readonly ms: number;
  readonly ok: boolean;
  /** The tip, also of a probe that failed otherwise: a sign of life. */
  readonly slot: number | null;
  readonly finalizedSlot: number | null;
  /** Of what was read at `finalizedSlot`. */
  readonly fingerprint: string | null;
  /** The provider would not serve us (429, 403). That is its own affair: it says nothing of the chain. */
  readonly limited: boolean;
}

/** The samples of each provider, oldest first. */
export function byProvider(samples: readonly ProbeSample[]): readonly (readonly ProbeSample[])[] {
  return [...Map.groupBy(samples, (sample) => sample.provider).values()];
}

/** Those that say something of the chain, be it that nobody answers. */
export function counted(samples: readonly ProbeSample[]): readonly ProbeSample[] {
  return samples.filter((sample) => !sample.limited);
}

/** Readings that a new one is held against: enough to have met every node of a pool; a minute of quick probes. */
const LOOKED_BACK = 32;

/**
 * Samples at which the provider's own tip rose above what it showed lately. Its first reading is no rise, nor is what one
 * node of a pool does not know yet and the next one does. What it showed longer ago binds nobody: after a halt the chain
 * may go on from an earlier slot (platform facts: D2).
 */
function rises(own: readonly ProbeSample[]): readonly ProbeSample[] {
  const told = own.filter(({ slot }) => slot !== null);
  return told.filter(({ slot }, index) => {
    const lately = told.slice(Math.max(0, index - LOOKED_BACK), index);
    return index > 0 && lately.every((before) => (before.slot ?? 0) < (slot ?? 0));
  });
}

/** What may be said of the tip, over all providers. */
export interface Standstill {
  /**
   * For how long no probe has seen a tip rise at any provider, ms. Each is measured against itself: one that is ahead,
   * or from another world, hides nobody's progress. The time runs from the first probe that saw none, so that a single
   * bad one of an idle monitor, a long time after the one before, says nothing yet.
   */
  readonly ms: number;
  /** The newest probes saw none. */
  readonly isDoubted: boolean;
  readonly providers: number;
  /**
   * Providers whose tip was looked at meanwhile, more than once and lately. At the others it is unknown, because they do
   * not serve us, and an unknown tip does not stand.
   */
  readonly seen: number;
}

/** `downMs`: the standstill that counts. */
export function standstill(samples: readonly ProbeSample[], now: number, downMs: number): Standstill {
  const all = byProvider(samples);
  const progressed = all.map((own) => (rises(own).at(-1) ?? own.find(({ slot }) => slot !== null))?.at ?? -1);
  const newest = Math.max(-1, ...progressed);
  const first = samples.find((sample) => sample.at > newest);
  const isSeen = (own: readonly ProbeSample[]): boolean => {
    const looked = counted(own).filter((sample) => sample.at > newest);
    return looked.length >= 2 && looked.some((sample) => sample.at >= now - downMs);
  };
  const ms = now - (first?.at ?? now);
  return { ms, isDoubted: first !== undefined, providers: all.length, seen: all.filter(isSeen).length };
}

/** Two rises of one provider's tip since `since`. */
export function progressSeen(samples: readonly ProbeSample[], since: number): boolean {
  return byProvider(samples).some((own) => rises(own).filter((sample) => sample.at > since).length >= 2);
}

/** In slots, at the provider where it is least, and the lesser of its last two: one provider's fault is not Solana's. */
export function finalityLag(samples: readonly ProbeSample[]): number | null {
  const lags = byProvider(samples).flatMap((own) => {
    const known = own.flatMap(({ slot, finalizedSlot }) =>
      slot === null || finalizedSlot === null ? [] : slot - finalizedSlot,
    );
    return known.length < 2 ? [] : Math.min(...known.slice(-2));
  });
  return lags.length === 0 ? null : Math.min(...lags);
}

export interface SlotTimeLimits {
  /** Paces beyond these are a halt, or a provider that was behind and caught up: left out. */
  readonly minSlotMs: number;
  readonly maxSlotMs: number;
  /** As many of the newest paces. */
  readonly window: number;
}

/** Fewer paces than this are an accident. */
const PACES = 5;

/**
 * Ms a slot: the median of the pace between one rise of a provider's tip and its next, so that no single probe that took
 * long, and no change of the cluster's slot time, misleads it for longer than half a window. Null: too little was seen.
 */
export function slotTime(samples: readonly ProbeSample[], limits: SlotTimeLimits): number | null {
  const paces = byProvider(samples)
    .flatMap((own) => pacesOf(rises(own)))
    .filter(({ ms }) => ms >= limits.minSlotMs && ms <= limits.maxSlotMs)
    .toSorted((left, right) => left.at - right.at)
    .slice(-limits.window)
    .map(({ ms }) => ms)
    .toSorted((left, right) => left - right);
  const median = paces[Math.floor(paces.length / 2)];
  return paces.length < PACES || median === undefined ? null : Math.round(median);
}

function pacesOf(risen: readonly ProbeSample[]): readonly { readonly at: number; readonly ms: number }[] {
  return risen.slice(1).flatMap((sample, index) => {
    const before = risen[index];
    const slots = (sample.slot ?? 0) - (before?.slot ?? 0);
    return before === undefined ? [] : { at: sample.at, ms: (sample.at - before.at) / slots };
  });
}
