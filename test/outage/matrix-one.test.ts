import { describe } from 'vitest';
import { mixture, ONE, providerFaults, troubleOf } from './support/faults.ts';
import { matrix } from './support/matrix.ts';

describe('while it happens at one of two providers', () => {
  matrix([...providerFaults, mixture(11)].map((each) => troubleOf(each, ONE)));
});
