/**
 * Model check of the match: paths that xstate/graph generates reach every state and take every transition of both
 * regions. Each step runs through the kernel's own port, from a snapshot read back as text, with its invariants checked.
 * One product of all that may happen would be too large: each model leaves something out, none leaves out the same.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { matchMachine } from '../../machines/match/machine.ts';
import { apart, callingOff, deciding, payingBack, strangers } from './ending-models.ts';
import { type Explored, explore, type Model } from './explore.ts';
import { lifecycle } from './match-model.ts';
import { allTransitions } from './transitions.ts';
import { wallets } from './wallet-model.ts';

/** Each with the least that it has to reach: a model that falls short has been cut off. */
const MODELS: readonly (readonly [model: Model, states: number, edges: number])[] = [
  [lifecycle, 2_000, 30_000],
  [callingOff, 4_000, 40_000],
  [deciding, 500, 5_000],
  [payingBack, 80, 900],
  [apart, 400, 5_000],
  [strangers, 300, 3_000],
  [wallets, 500, 8_000],
];

/** Defined for several states at once, and never taken in these; each with its reason. */
const NEVER_TAKEN: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/^money\.(settled|refunded) · (action|attempt|wallet|offer)\./, 'nothing is open once it is over'],
  [
    /^money\.(playing|settling|cancelling) · (action\.offered|wallet\.signed|offer\.dead)/,
    'a wallet has signed before its seat plays, and signs nothing for a match that is called off',
  ],
  [
    /^money\.(playing|settling|cancelling) · action\.refused \[isTaken\]/,
    'nobody waits there whose seat could simply go',
  ],
  [
    /^money\.(playing|settling) · attempt\.replaced/,
    'only a wallet can sign again, and it does so before the start',
  ],
  [/^money\.settled · foreign\.settled/, 'what is paid out is paid out'],
  [
    /^money\.(lobby|funded|cancelling|refunded) · foreign\.settled \[isPrizes\]/,
    'nobody can know who wins what is not played',
  ],
  [
    /^money\.(lobby|funded|playing|settling|refunded) · foreign\.settled \[isTaken\]/,
    'right is only a refund that was decided, and owed',
  ],
  [/^money\.(lobby|funded) · review\.resolve .* → playing/, 'nobody plays before the start'],
  [/^money\.lobby · review\.resolve .* → settling/, 'too few seats are no match that could have ended'],
  [/^money\.(playing|settling) · review\.resolve .* → lobby/, 'a start is not taken back'],
  [/^money\.cancelling · review\.resolve .* → (lobby|playing)/, 'what is called off stays so'],
];

describe('the match machine', () => {
  const explored = new Map<Model, Explored>();
  const union = (of: (each: Explored) => ReadonlySet<string>) =>
    new Set([...explored.values()].flatMap((each) => [...of(each)]));

  beforeAll(() => {
    for (const [model] of MODELS) explored.set(model, explore(model));
  }, 180_000);

  it('takes every transition that it defines', () => {
    const taken = union((each) => each.taken);
    const untaken = [...allTransitions(matchMachine)].filter((name) => !taken.has(name));
    expect(untaken.filter((name) => !NEVER_TAKEN.some(([pattern]) => pattern.test(name)))).toEqual([]);
    expect([...taken].filter((name) => !allTransitions(matchMachine).has(name))).toEqual([]);
  });

  it('never takes those that its invariants rule out', () => {
    const all = [...allTransitions(matchMachine)];
    const taken = [...union((each) => each.taken)];
    for (const [pattern, reason] of NEVER_TAKEN) {
      expect(
        all.some((name) => pattern.test(name)),
        reason,
      ).toBe(true);
      expect(
        taken.filter((name) => pattern.test(name)),
        reason,
      ).toEqual([]);
    }
  });

  it('gets about in each of its models', () => {
    for (const [model, states, edges] of MODELS) {
      expect(explored.get(model)?.states, model.name).toBeGreaterThan(states);
      expect(explored.get(model)?.edges, model.name).toBeGreaterThan(edges);
    }
  });

  it('reaches every combination of its two regions', () => {
    const statesOf = (region: string) => Object.keys(matchMachine.states[region]?.states ?? {});
    const product = statesOf('money').flatMap((money) => statesOf('link').map((link) => `${money}/${link}`));
    expect(product.length).toBe(40);
    expect([...union((each) => each.combinations)].toSorted()).toEqual(product.toSorted());
  });
});
