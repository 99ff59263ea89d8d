/** What the monitor says of the chain, in words. Pure, and without a page. */
import type { HealthView, ReplayView } from '../../durable-objects/wire/views.ts';

type Provider = HealthView['providers'][number];

export function levelTone(level: HealthView['level']): 'good' | 'warn' | 'bad' {
  return level === 'online' ? 'good' : level === 'down' ? 'bad' : 'warn';
}

export function healthText({ state, providers }: Pick<HealthView, 'state' | 'providers'>): string {
  const slots = providers.map(({ slot }) => slot ?? '–').join(', ');
  return `chain ${state}${slots === '' ? '' : `, slot ${slots}`}`;
}

/** Without the state that a reason begins with, where that is shown beside it. */
export function reasonText(state: string, because: string): string {
  return because.startsWith(`${state}: `) ? because.slice(state.length + 2) : because;
}

/** `now`: Unix ms. */
export function breakerText({ breaker, until, reason, ok }: Provider, now: number): string {
  if (breaker === 'closed') return ok ? 'asked' : 'asked, fails';
  const why = reason === null ? '' : `: ${reason}`;
  if (breaker === 'half_open') return `on trial${why}`;
  return `left alone for ${Math.max(0, Math.ceil((until - now) / 1_000))} s${why}`;
}

export function paceText({ slotMs, finality }: Pick<HealthView, 'slotMs' | 'finality'>): string {
  const slot = slotMs === null ? 'slot time not learned yet' : `a slot takes ${Math.round(slotMs)} ms`;
  if (finality === null) return slot;
  const ms = finality.ms === null ? '' : `, ${(finality.ms / 1_000).toFixed(1)} s`;
  return `${slot}; finality is ${finality.slots} slots behind${ms}`;
}

/** Null where the chain is online: then nobody needs a permit. */
export function replayText(
  level: HealthView['level'],
  { window, underWay, waiting, returned }: ReplayView,
): string | null {
  if (level === 'online') return null;
  return `${underWay} under way of ${window} at once, ${waiting} waiting, ${returned} done`;
}
