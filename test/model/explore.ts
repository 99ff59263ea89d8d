/** Explores a model of the match by xstate/graph, and gives every event that the model knows in every state it reaches. */
import type { SnapshotFrom } from 'xstate';
import { getShortestPaths } from 'xstate/graph';
import { matchBehaviour } from '../../durable-objects/match/behaviour.ts';
import { matchValue } from '../../durable-objects/match/view.ts';
import type { MatchEvent, ReviewResolved } from '../../machines/match/events.ts';
import { matchMachine } from '../../machines/match/machine.ts';
import { step } from './invariants.ts';
import { type MatchState, must, same, type Taken } from './must.ts';
import { takenTransitions } from './transitions.ts';

export type Snapshot = SnapshotFrom<typeof matchMachine>;

export interface Model {
  readonly name: string;
  /** Brings a new match to where the model begins. */
  readonly prefix: readonly ((state: MatchState) => MatchEvent)[];
  /** What the world may send in a state. */
  readonly events: (snapshot: Snapshot) => readonly MatchEvent[];
  /** Which states count as one. */
  readonly stateKey: (snapshot: Snapshot) => string;
}

export interface Explored {
  readonly states: number;
  readonly edges: number;
  readonly taken: ReadonlySet<string>;
  /** `money/link`, as far as the model gets. */
  readonly combinations: ReadonlySet<string>;
}

/** Far above what any of the models has: reached only by a model that explodes. */
const LIMIT = 400_000;

export function explore(model: Model): Explored {
  const paths = getShortestPaths(matchMachine, {
    events: model.events,
    serializeState: model.stateKey,
    serializeEvent: eventKey,
    fromState: snapshotOf(startOf(model)),
    limit: LIMIT,
  });
  const taken = new Set<string>();
  const combinations = new Set<string>();
  let edges = 0;
  for (const { state, steps } of paths) {
    const { value, context } = state;
    // SAFETY: the machine's value is strings in objects.
    const reached = { value, context } as MatchState;
    combinations.add(pairOf(reached));
    const events = model.events(state);
    checkKeys(events);
    for (const event of events) {
      edges += 1;
      if (stepAfter(steps, reached, event) === null) continue;
      for (const name of takenTransitions(matchMachine, state, event)) taken.add(name);
    }
  }
  return { states: paths.length, edges, taken, combinations };
}

/** What breaks a rule is told with the shortest way to it. */
function stepAfter(
  steps: readonly { readonly event: MatchEvent }[],
  state: MatchState,
  event: MatchEvent,
): Taken | null {
  try {
    return step(state, event);
  } catch (error) {
    // The first step of a path is the machine's own beginning.
    const way = [...steps.slice(1).map((each) => each.event), event].map(eventKey);
    throw new Error(`after: ${way.join(' > ')}`, { cause: error });
  }
}

function startOf({ prefix, name }: Model): MatchState {
  return prefix.reduce((state, next) => {
    const event = next(state);
    const after = step(state, event);
    if (after === null) throw new Error(`${name}: ${event.type} is refused on the way to its start`);
    return after.state;
  }, matchBehaviour.initial());
}

export function snapshotOf(state: MatchState): Snapshot {
  const snapshot = matchMachine.resolveState(state as Parameters<typeof matchMachine.resolveState>[0]);
  must(same(snapshot.context, state.context), 'a stored state is read back as it was');
  return snapshot;
}

function pairOf(state: MatchState): string {
  const { money, link } = matchValue(state.value);
  return `${money}/${link}`;
}

function resultKey(result: ReviewResolved['result']): string {
  return result === null ? 'as it is' : `anew ${result.settlement.distribute === null}`;
}

/** Slots only grow, and tell nothing apart. */
function checkKeys(events: readonly MatchEvent[]): void {
  const keys = new Set(events.map(eventKey));
  if (keys.size === events.length) return;
  const texts = events.map((event) =>
    JSON.stringify(event, (name, value) => (name === 'slot' ? null : value)),
  );
  must(new Set(texts).size === keys.size, 'every event has a key of its own');
}

/** Events of one state that differ in anything have different keys: of two with the same key only one is explored. */
function eventKey(event: MatchEvent): string {
  switch (event.type) {
    case 'match.create':
      return `${event.type} ${event.verdict.level}`;
    case 'player.join':
      return `${event.type} ${event.user.id}`;
    case 'player.takeBack':
      return `${event.type} ${event.join}`;
    case 'attempt.failed':
      return `${event.type} ${event.hash} ${event.ownFault}`;
    case 'operator.pause':
      return `${event.type} ${event.reason}`;
    case 'compare.clean':
      return `${event.type} ${event.chainHash}`;
    case 'match.cancel':
      return `${event.type} ${event.reason} ${event.by?.userId} ${event.abandonedUserId}`;
    case 'review.resolve':
      return [event.type, event.as, event.live, event.observed.phase, resultKey(event.result)].join(' ');
    case 'player.presence':
      return `${event.type} ${event.userId} ${event.present}`;
    case 'match.end':
      return `${event.type} ${event.settlement.distribute === null}`;
    case 'action.signed':
      return `${event.type} ${event.hash} ${event.offer}`;
    case 'foreign.settled':
      return `${event.type} ${event.kind} ${event.wrong}`;
    default:
      return 'hash' in event ? `${event.type} ${event.hash}` : event.type;
  }
}
