/** What people see of the monitor, beside its verdict: each provider, the learned figures, and the last changes. */
import { percentile95 } from '../../machines/health/assessment.ts';
import { becauseOf, type HealthState, type ProbesJudged } from '../../machines/health/machine.ts';
import { counted, finalityLag, type ProbeSample } from '../../machines/health/samples.ts';
import type { Journal } from '../kernel/journal.ts';
import type { ProviderStanding } from '../wire/objects.ts';
import type { HealthChange, HealthView } from '../wire/views.ts';

const MOST_CHANGES = 20;

export function providersView(
  samples: readonly ProbeSample[],
  standings: readonly ProviderStanding[],
  window: number,
): HealthView['providers'] {
  return standings.map((standing) => {
    const own = samples.filter((sample) => sample.provider === standing.name).slice(-window);
    const answered = counted(own).filter((sample) => sample.ok);
    return {
      ...standing,
      slot: own.findLast((sample) => sample.slot !== null)?.slot ?? null,
      ok: own.at(-1)?.ok ?? false,
      p95: answered.length === 0 ? null : percentile95(answered.map((sample) => sample.ms)),
    };
  });
}

export function finalityView(samples: readonly ProbeSample[], slotMs: number | null): HealthView['finality'] {
  const slots = finalityLag(samples);
  return slots === null ? null : { slots, ms: slotMs === null ? null : slots * slotMs };
}

/** Newest first. Every entry of the monitor's journal is a change of state, with the judgement that led to it. */
export function lastChanges(journal: Journal, seq: number): readonly HealthChange[] {
  return journal
    .page(Math.max(1, seq - MOST_CHANGES + 1), MOST_CHANGES)
    .entries.map(({ entry }) => {
      // SAFETY: the monitor's journal holds judgements only, in the kernel's form.
      const { event, from, to } = JSON.parse(entry) as {
        event: ProbesJudged;
        from: HealthState;
        to: HealthState;
      };
      return { at: event.at, from, to, because: becauseOf(to, event.assessment) };
    })
    .reverse();
}
