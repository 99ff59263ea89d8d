/** The other half of the outage matrix: what leaves the monitor's verdict as it is. */
import { describe } from 'vitest';
import { BOTH, mixture, ONE, providerFaults, type Trouble, troubleOf } from './support/faults.ts';
import { matrix } from './support/matrix.ts';

describe('while it happens unseen', () => {
  const unseen = providerFaults.filter(({ isUnseen }) => isUnseen === true);
  const named = (where: string, trouble: Trouble): Trouble => ({
    ...trouble,
    name: `${trouble.name}, ${where}`,
  });
  matrix([
    ...[...providerFaults, mixture(11)].map((each) => named('at one provider', troubleOf(each, ONE))),
    ...unseen.map((each) => named('at both', troubleOf(each, BOTH))),
  ]);
});
