/**
 * One step of a match, as the kernel takes it, with everything checked that must hold: of the state (`state-invariants`),
 * of the step (`step-invariants`), of the effects (`effect-invariants`, `money-invariants`). Each check names the rule
 * that it comes from; a violation throws with the step that broke it.
 */
import { matchBehaviour } from '../../durable-objects/match/behaviour.ts';
import type { MatchEvent } from '../../machines/match/events.ts';
import { matchVerdict } from '../../machines/match/rules.ts';
import { isRefusalCode } from '../../machines/refusals.ts';
import { checkEffects } from './effect-invariants.ts';
import { checkMoney } from './money-invariants.ts';
import { type MatchState, must, type Taken } from './must.ts';
import { checkState } from './state-invariants.ts';
import { checkStep } from './step-invariants.ts';

export { isJson, type MatchState, must, type Taken, Violation } from './must.ts';

/**
 * One event, as the kernel gives it to the machine: the state read back from its snapshot, the step taken, everything
 * checked. Null where the event is refused, which must leave the state the very same object and have a reason.
 */
export function step(state: MatchState, event: MatchEvent): Taken | null {
  // SAFETY: a state is plain JSON, as `checkState` has seen to.
  const stored = JSON.parse(JSON.stringify(state)) as MatchState;
  const taken = matchBehaviour.step(stored, event);
  if (taken === null) {
    checkRefusal(state, event);
    return null;
  }
  must(matchVerdict(state.context, event) === null, `${event.type} was taken against its own rule`);
  checkState(taken.state);
  checkStep(state, event, taken);
  checkEffects(state, event, taken);
  checkMoney(state, event, taken);
  return taken;
}

/** Guard and reason come from one rule, so that a refused event always has a code of the table (design: section 4). */
function checkRefusal(state: MatchState, event: MatchEvent): void {
  const reason = matchBehaviour.refuse(state, event);
  must(isRefusalCode(reason.code), `${event.type} is refused with the unknown code ${reason.code}`);
}
