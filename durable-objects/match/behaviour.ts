/** The match machine, as the kernel runs it. */
import type { MatchContext } from '../../machines/match/context.ts';
import type { MatchEvent } from '../../machines/match/events.ts';
import { MATCH_MACHINE, matchMachine } from '../../machines/match/machine.ts';
import { matchVerdict } from '../../machines/match/rules.ts';
import { fromFirst } from '../../machines/match/upgrades.ts';
import { refusal } from '../../machines/refusals.ts';
import { type Behaviour, behaviour } from '../kernel/machine-port.ts';
import { matchValue } from './view.ts';

/** The rule's own reason; where no rule speaks against the event, it is the state that does not take it. */
export const matchBehaviour: Behaviour<MatchContext, MatchEvent> = behaviour(
  MATCH_MACHINE,
  matchMachine,
  (state, event) => {
    if (state.context.terms === null && event.type !== 'match.create') return refusal('match_not_found');
    const { money } = matchValue(state.value);
    const stateFirst = money === 'review' ? refusal('match_in_review') : refusal('wrong_phase', money);
    const reason = matchVerdict(state.context, event);
    // Where the match is not played no result can be right, so that its faults say nothing.
    if (reason?.code === 'result_invalid' && event.type === 'match.end' && money !== 'playing')
      return stateFirst;
    // Where both speak, a lasting reason of the rule says more than the phase; a missing seat does not.
    if (event.type === 'match.start' && money === 'lobby') return reason ?? refusal('not_enough_seats');
    return reason ?? stateFirst;
  },
  [fromFirst],
);
