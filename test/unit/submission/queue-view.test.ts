/** What a view says of the queue, and what it tells its reader of the link. */
import { describe, expect, it } from 'vitest';
import { queueOf } from '../../../durable-objects/queue-view.ts';
import { noticeOf } from '../../../durable-objects/wire/notices.ts';
import type { LinkState } from '../../../durable-objects/wire/views.ts';
import type { OpenAction } from '../../../machines/actions/open-action.ts';

const LINKS: readonly LinkState[] = ['online', 'degraded', 'queued', 'reconciling', 'paused'];

function action(order: number, state: OpenAction['state']): OpenAction {
  return { hash: `${order}`, kind: 'join', order, state, userId: null, attempts: 0, doomed: false };
}

const ready = (): boolean => true;

describe('the queue in a view', () => {
  it('counts what waits and what is under way; what is final is in it no more', () => {
    const states = ['sent', 'landed', 'signed', 'queued', 'leased', 'offered', 'review'] as const;
    const actions = states.map((state, order) => action(order, state));
    expect(queueOf(actions, 'reconciling', ready)).toMatchObject({ waiting: 4, underWay: 3 });
    expect(queueOf([], 'reconciling', ready)).toEqual({ waiting: 0, underWay: 0, waitsFor: null });
  });

  it.each([
    ['online', null],
    ['degraded', 'permit'],
    ['reconciling', 'permit'],
    ['queued', 'chain'],
    ['paused', 'person'],
  ] as const)('in %s says that what is queued waits for: %s', (link, waitsFor) => {
    expect(queueOf([action(0, 'queued')], link, ready).waitsFor).toBe(waitsFor);
  });

  it('says what the oldest waits for: a person, a wallet, or what has to come first', () => {
    const waitsFor = (actions: readonly OpenAction[], isReady = ready) =>
      queueOf(actions, 'reconciling', isReady).waitsFor;
    expect(waitsFor([action(1, 'queued'), action(0, 'review')])).toBe('person');
    expect(waitsFor([action(0, 'offered'), action(1, 'queued')])).toBe('wallet');
    expect(waitsFor([action(0, 'sent'), action(1, 'queued')], () => false)).toBe('action');
    // While the chain is down no wallet is asked for anything.
    expect(queueOf([action(0, 'offered')], 'queued', ready).waitsFor).toBe('chain');
  });
});

describe('the notice in a view', () => {
  it('is there exactly where the chain does not decide, with a code and words of its own', () => {
    const notices = LINKS.map(noticeOf);
    expect(notices.map((notice) => notice?.code)).toEqual([
      undefined,
      'chain_degraded',
      'chain_down',
      'replaying',
      'paused',
    ]);
    expect(new Set(notices.map((notice) => notice?.message)).size).toBe(5);
  });
});
