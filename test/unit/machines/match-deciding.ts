/** Matches that wait for a person, and what that person says. */
import * as make from '../../model/events.ts';
import {
  full,
  hashOf,
  lands,
  matchAfter,
  type Next,
  started,
  threePlaying,
  usedUp,
} from './match-probing.ts';

export type As = Parameters<typeof make.resolve>[1];
export type More = Parameters<typeof make.resolve>[2];

export const says =
  (as: As, more?: More): Next =>
  ({ context }) =>
    make.resolve(context, as, more);
export const sign =
  (hash: string): Next =>
  ({ context }) =>
    make.signed(context, hash);

export const [ANN, BOB, CAT] = [hashOf(make.ANN), hashOf(make.BOB), hashOf(make.CAT)];
export const { end } = make.end().settlement;
/** Two of three are seated on the chain; the third one's join has used up its tries. */
export const oneShort = matchAfter(...threePlaying, ...usedUp(CAT));
/** Two play; neither the one nor the other can be done without. */
export const tooShort = matchAfter(...full, ...lands(ANN), make.start(), ...usedUp(BOB));
export const endUsedUp = matchAfter(...started, make.end(), ...usedUp(end.hash));
export const bobWins = [{ userId: 'bob', shareBps: 10_000 }];
export const catWins = [{ userId: 'cat', shareBps: 10_000 }];
