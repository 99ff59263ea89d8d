/** The link region alone: the table of design section 4, row by row and path by path. */
import { describe, expect, it } from 'vitest';
import { setup } from 'xstate';
import { getSimplePaths } from 'xstate/graph';
import { matchBehaviour } from '../../../durable-objects/match/behaviour.ts';
import { matchValue } from '../../../durable-objects/match/view.ts';
import {
  applyToLink,
  type ChainLevel,
  chainEventType,
  type HealthEpoch,
  initialLink,
  isNewerEpoch,
  type LinkContext,
  type LinkEvent,
  linkStates,
  linkVerdict,
  mayTry,
} from '../../../machines/link.ts';
import * as make from '../../model/events.ts';
import { type MatchState, step } from '../../model/invariants.ts';

const at = make.AT;

function verdict(level: ChainLevel, healthEpoch: HealthEpoch): LinkEvent {
  return { type: chainEventType(level), at, healthEpoch };
}

describe('a health epoch', () => {
  it.each([
    [{ generation: 1, counter: 2 }, { generation: 1, counter: 1 }, true],
    [{ generation: 1, counter: 1 }, { generation: 1, counter: 1 }, false],
    [{ generation: 1, counter: 9 }, { generation: 2, counter: 1 }, false],
    [{ generation: 2, counter: 1 }, { generation: 1, counter: 9 }, true],
  ])('%j after %j is newer: %s', (epoch, than, newer) => {
    expect(isNewerEpoch(epoch, than)).toBe(newer);
  });

  it('is newer than none', () => {
    expect(isNewerEpoch({ generation: 0, counter: 0 }, null)).toBe(true);
  });
});

describe('the link context', () => {
  it('takes a verdict once: the same and older ones are ignored', () => {
    const seen = applyToLink(initialLink, verdict('degraded', make.epoch(5)));
    expect(seen).toMatchObject({ level: 'degraded', epoch: make.epoch(5) });
    for (const counter of [5, 4, 0])
      expect(linkVerdict(seen, verdict('online', make.epoch(counter)))?.code).toBe('event_ignored');
    expect(linkVerdict(seen, verdict('online', make.epoch(6)))).toBeNull();
    expect(linkVerdict(seen, verdict('online', make.epoch(0, 2)))).toBeNull();
  });

  it('is paused once and resumed once', () => {
    const paused = applyToLink(initialLink, make.pause());
    expect(paused.pausedFor).toBe('looks odd');
    expect(linkVerdict(paused, make.pause())?.code).toBe('event_ignored');
    expect(linkVerdict(initialLink, make.resume())?.code).toBe('event_ignored');
    expect(applyToLink(paused, make.resume()).pausedFor).toBeNull();
  });

  it('lets something be tried from degraded up, and never while paused', () => {
    const link = (level: ChainLevel, pausedFor: string | null): LinkContext => ({
      ...initialLink,
      level,
      pausedFor,
    });
    expect(make.LEVELS.filter((level) => mayTry(link(level, null)))).toEqual([
      'online',
      'degraded',
      'recovering',
    ]);
    expect(make.LEVELS.filter((level) => mayTry(link(level, 'looks odd')))).toEqual([]);
  });
});

describe('a match`s link', () => {
  /** A match in every link state, by the shortest way. */
  function linkedAs(wanted: string): MatchState {
    const ways: { readonly [state: string]: readonly ((state: MatchState) => LinkEvent)[] } = {
      online: [],
      degraded: [({ context }) => make.verdict(context, 'degraded')],
      queued: [({ context }) => make.verdict(context, 'down')],
      reconciling: [({ context }) => make.verdict(context, 'recovering')],
      paused: [() => make.pause()],
    };
    let state = taken(matchBehaviour.initial(), make.create('online'));
    for (const event of ways[wanted] ?? []) state = taken(state, event(state));
    return state;
  }

  function taken(state: MatchState, event: Parameters<typeof step>[1]): MatchState {
    return step(state, event)?.state ?? state;
  }

  const linkAfter = (state: MatchState, event: Parameters<typeof step>[1]) =>
    matchValue(taken(state, event).value).link;

  it.each([
    ['online', 'online', 'degraded', 'queued', 'reconciling'],
    ['degraded', 'reconciling', 'degraded', 'queued', 'reconciling'],
    ['queued', 'reconciling', 'degraded', 'queued', 'reconciling'],
    ['reconciling', 'reconciling', 'degraded', 'queued', 'reconciling'],
    ['paused', 'paused', 'paused', 'paused', 'paused'],
  ])(
    'that is %s goes to %s, %s, %s, %s as the chain is online, degraded, down, recovering',
    (from, ...to) => {
      const state = linkedAs(from);
      expect(matchValue(state.value).link).toBe(from);
      expect(make.LEVELS.map((level) => linkAfter(state, make.verdict(state.context, level)))).toEqual(to);
    },
  );

  it.each(['online', 'degraded', 'queued', 'reconciling'])(
    'that is %s is paused by a mismatch or an operator',
    (from) => {
      const state = linkedAs(from);
      expect(linkAfter(state, make.mismatch(state.context))).toBe('paused');
      expect(linkAfter(state, make.pause())).toBe('paused');
    },
  );

  it.each([
    ['online', 'reconciling'],
    ['recovering', 'reconciling'],
    ['degraded', 'degraded'],
    ['down', 'queued'],
  ] as const)('that is paused while the chain is %s is resumed to %s', (level, to) => {
    const paused = linkedAs('paused');
    const told = taken(paused, make.verdict(paused.context, level));
    expect(matchValue(told.value).link).toBe('paused');
    expect(linkAfter(told, make.resume())).toBe(to);
  });

  it('starts online if the chain is, else queued', () => {
    const levels = make.LEVELS.map((level) => linkAfter(matchBehaviour.initial(), make.create(level)));
    expect(levels).toEqual(['online', 'queued', 'queued', 'queued']);
  });

  it('is not opened before what was accepted before the drain has ended', () => {
    const created = taken(matchBehaviour.initial(), make.create('down'));
    const draining = taken(created, make.verdict(created.context, 'online'));
    expect(matchValue(draining.value).link).toBe('reconciling');
    expect(linkAfter(draining, make.clean(draining.context))).toBe('reconciling');
    const joined = taken(draining, make.join(make.ANN));
    const { hash } = make.createAction();
    const landed = taken(joined, make.signed(joined.context, hash));
    const ended = taken(landed, make.final(landed.context, hash));
    // What came after the drain began does not delay it.
    expect(ended.context.actions).toHaveLength(1);
    expect(linkAfter(ended, make.clean(ended.context))).toBe('online');
  });

  it('is opened by a comparison in a drain only, on a healthy chain, with the mirror`s own hash', () => {
    const drained = (level: ChainLevel) => {
      const created = taken(matchBehaviour.initial(), make.create(level === 'online' ? 'down' : level));
      const { hash } = make.createAction();
      let state = taken(created, make.verdict(created.context, level));
      state = taken(state, make.signed(state.context, hash));
      state = taken(state, make.final(state.context, hash));
      return state;
    };
    const ready = drained('online');
    expect(matchValue(ready.value).link).toBe('reconciling');
    expect(linkAfter(ready, make.cleanWithOtherHash(ready.context))).toBe('reconciling');
    expect(linkAfter(ready, { ...make.clean(ready.context), chainHash: null })).toBe('reconciling');
    expect(linkAfter(ready, make.clean(ready.context))).toBe('online');
    const recovering = drained('recovering');
    expect(linkAfter(recovering, make.clean(recovering.context))).toBe('reconciling');
  });
});

describe('on every simple path through the region', () => {
  const events = [
    'chain.online',
    'chain.degraded',
    'chain.down',
    'chain.recovering',
    'compare.clean',
  ] as const;
  const stops = ['compare.mismatch', 'operator.pause', 'operator.resume'] as const;
  type Bare = { readonly type: (typeof events)[number] | (typeof stops)[number] };
  // SAFETY: xstate reads the type of the events off this empty value; nothing uses it at run time.
  const types = { events: {} as Bare };
  const region = setup({
    types,
    guards: { isTaken: () => true, levelIsDown: () => false, levelIsDegraded: () => false },
    actions: { apply: () => {}, wakeWork: () => {}, askCompare: () => {}, markDrain: () => {} },
  }).createMachine({ initial: 'queued', states: linkStates });
  const paths = getSimplePaths(region, {
    events: [...events, ...stops].map((type) => ({ type })),
    serializeState: (snapshot) => String(snapshot.value),
  }).map(({ steps }) => steps.map(({ state, event }) => ({ at: String(state.value), by: event.type })));

  /** What stood before each arrival in `state`. */
  const before = (state: string) =>
    new Set(
      paths.flatMap((path) =>
        path.flatMap((each, index) => (each.at === state ? (path[index - 1]?.at ?? []) : [])),
      ),
    );

  it('`online` comes after `reconciling`', () => {
    expect(paths.length).toBeGreaterThan(10);
    expect([...before('online')]).toEqual(['reconciling']);
  });

  it('`paused` is left by a resume, to `reconciling`', () => {
    const left = paths.flatMap((path) =>
      path.flatMap((each, index) => (path[index - 1]?.at === 'paused' ? [`${each.by} → ${each.at}`] : [])),
    );
    expect([...new Set(left)]).toEqual(['operator.resume → reconciling']);
  });
});
