/** The outage matrix at one of two providers: whatever it does, the other is there, and the monitor's verdict stays. */
import { describe } from 'vitest';
import { mixture, ONE, providerFaults, troubleOf } from './support/faults.ts';
import { matrix } from './support/matrix.ts';

describe('while it happens at one provider', () => {
  matrix([...providerFaults, mixture(11)].map((each) => troubleOf(each, ONE)));
});
