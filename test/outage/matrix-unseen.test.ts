/** The outage matrix at both of two providers, in what leaves the monitor's verdict as it is. */
import { describe } from 'vitest';
import { BOTH, providerFaults, troubleOf } from './support/faults.ts';
import { matrix } from './support/matrix.ts';

describe('while it happens at both providers, unseen', () => {
  const unseen = providerFaults.filter(({ isUnseen }) => isUnseen === true);
  matrix(unseen.map((each) => troubleOf(each, BOTH)));
});
