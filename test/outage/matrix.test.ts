import { describe } from 'vitest';
import { BOTH, chainFaults, mixture, providerFaults, troubleOf } from './support/faults.ts';
import { matrix } from './support/matrix.ts';

describe('while it happens at both providers', () => {
  const troubles = [...providerFaults, mixture(7)].map((each) => troubleOf(each, BOTH));
  matrix([...chainFaults, ...troubles]);
});
