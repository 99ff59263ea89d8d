/**
 * The outage matrix in short: each fault and each kind of action once, on real processes. `npm run test:outage` has every
 * kind under every fault, at one provider and at both.
 */
import { afterAll, beforeAll, describe, it } from 'vitest';
import { ENDPOINTS, type Stack } from '../../services/dev/stack.ts';
import { Batch, type Kind } from '../outage/support/batch.ts';
import {
  BOTH,
  chainFaults,
  mixture,
  providerFaults,
  type Trouble,
  troubleOf,
} from '../outage/support/faults.ts';
import { People } from '../outage/support/people.ts';
import { type Bout, lineOf, play } from '../outage/support/round.ts';
import { startMirror } from './support/mirror.ts';

const TEST_MS = 240_000;
/** Each follows the one before at once: what was asked for under one has to live with the next ones, too. */
const BOUT_MS = 800;
const MIXED_MS = 3_000;
const KINDS: readonly Kind[] = ['join', 'end', 'deposit', 'withdraw'];

let stack: Stack;
let people: People;

beforeAll(async () => {
  stack = await startMirror(undefined, { providers: 2 });
  people = await People.gather(stack);
}, TEST_MS);

// Also balances the books of all of it, to the lamport (I13).
afterAll(() => stack.stop(), TEST_MS);

async function outlive(bouts: readonly Bout[]): Promise<void> {
  await Promise.all(bouts.map(({ batch }) => batch.prepare()));
  const told = await play(people, bouts, async () => {});
  process.stdout.write(`  ${lineOf(told)}\n`);
}

function withKinds(trouble: Trouble, ...kinds: readonly Kind[]): Bout {
  return { trouble, batch: new Batch(people, kinds) };
}

describe('nothing is lost, nothing is doubled', () => {
  it('while one provider or the other does whatever a provider can do wrong', {
    timeout: TEST_MS,
  }, async () => {
    const endpoints = Object.values(ENDPOINTS);
    const bouts = providerFaults.map((fault, index) => {
      const one = endpoints.slice(index % 2, (index % 2) + 1);
      const trouble = { ...troubleOf(fault, one), lasts: BOUT_MS };
      return withKinds(trouble, ...KINDS.slice(index % KINDS.length, (index % KINDS.length) + 1));
    });
    await outlive(bouts);
  });

  it('while the chain forks, errs, halts, and restarts from an earlier slot', {
    timeout: TEST_MS,
  }, async () => {
    const [fork, ...halts] = chainFaults;
    if (fork === undefined) throw new TypeError('no fork');
    await outlive([
      withKinds(fork, 'distribute', 'join'),
      withKinds({ ...troubleOf(mixture(5), BOTH), lasts: MIXED_MS }, 'join', 'deposit'),
      // Last: from "down" the monitor begins all its windows afresh, and is back sooner.
      ...halts.map((halt) => withKinds(halt, 'end', 'withdraw')),
    ]);
  });
});
