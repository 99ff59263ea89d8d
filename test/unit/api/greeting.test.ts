import { expect, it } from 'vitest';
import { greetingOf } from '../../../services/host/greeting.ts';
import { view } from './fixtures.ts';

const request = { action: 'ab', wallet: 'W', transaction: 'AQID', lastValidBlockHeight: 7 };

it('a socket is greeted with the view', () => {
  expect(greetingOf(view)).toEqual([
    { type: 'hello', protocol: 'money-match.v1', matchId: view.matchId, seq: 3 },
    { type: 'view', seq: 3, view },
  ]);
});

it('and asked again for every signature that the view waits for', () => {
  const second = { ...request, action: 'cd' };
  const frames = greetingOf({ ...view, signRequests: [request, second] });
  expect(frames.slice(2)).toEqual([
    { type: 'signRequest', seq: 3, ...request },
    { type: 'signRequest', seq: 3, ...second },
  ]);
});
