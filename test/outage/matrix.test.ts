/**
 * The outage matrix on real processes: what befalls the chain itself, and what the monitor sees at both of two providers.
 * Every kind of action under each: a join, a result, a settlement in two transactions, a deposit and a withdrawal.
 */
import { describe } from 'vitest';
import { BOTH, chainFaults, mixture, providerFaults, troubleOf } from './support/faults.ts';
import { matrix } from './support/matrix.ts';

describe('while it happens to the chain, or at both providers', () => {
  const seen = providerFaults.filter(({ isUnseen }) => isUnseen !== true);
  matrix([...chainFaults, ...[...seen, mixture(7)].map((each) => troubleOf(each, BOTH))]);
});
