/**
 * The outage matrix in short: each fault and each kind of action once, on real processes. `npm run test:outage` has every
 * kind under every fault, at one provider and at both.
 */
import { afterAll, beforeAll, describe, it } from 'vitest';
import { ENDPOINTS, type Stack } from '../../services/dev/stack.ts';
import { Batch, type Kind } from '../outage/support/batch.ts';
import { BOTH, chainFaults, mixture, providerFaults, troubleOf } from '../outage/support/faults.ts';
import { People } from '../outage/support/people.ts';
import { type Bout, lineOf, play } from '../outage/support/round.ts';
import { startMirror } from './support/mirror.ts';

const TEST_MS = 240_000;
/** Each follows the one before at once: what was asked for under one has to live with the next ones, too. */
const BOUT_MS = 800;
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

describe('nothing is lost, nothing is doubled', () => {
  it('while one provider or the other does whatever a provider can do wrong', { timeout: TEST_MS }, () => {
    const endpoints = Object.values(ENDPOINTS);
    const alone = providerFaults.map((fault, index) => ({
      ...troubleOf(fault, endpoints.slice(index % 2, (index % 2) + 1)),
      lasts: BOUT_MS,
    }));
    const bouts = [...alone, troubleOf(mixture(5), BOTH)].map((trouble, index) => ({
      trouble,
      batch: new Batch(people, KINDS.slice(index % KINDS.length, (index % KINDS.length) + 1)),
    }));
    return outlive(bouts);
  });

  it('while the chain forks, halts, and restarts from an earlier slot', { timeout: TEST_MS }, () =>
    outlive(
      chainFaults.map((trouble, index) => ({
        trouble,
        batch: new Batch(people, index === 0 ? ['distribute', 'join'] : ['end', 'withdraw']),
      })),
    ),
  );
});
