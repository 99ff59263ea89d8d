import { describe, expect, it } from 'vitest';
import { solText } from '../../../services/console/sol.ts';
import {
  answerText,
  countdownText,
  depositNotice,
  inPlayNote,
  linkNotice,
  movedText,
  paymentText,
  queueText,
  reasonText,
  reviewedKinds,
  seatsText,
  waitingForWallet,
} from '../../../services/console/words.ts';
import { depositView, matchView } from './fixtures.ts';

const action = (hash: string, state: string, kind = 'join') => ({ hash, kind, state });

describe('the words of the page', () => {
  it('name each reason that the program knows, and number those that it only takes', () => {
    const texts = [0, 1, 2, 3, 4].map(reasonText);
    expect(new Set(texts).size).toBe(5);
    expect(texts[0]).toBe("the platform's fault");
    expect(texts[4]).toContain('did not come back');
    expect(reasonText(6)).toBe('reason 6');
  });

  it.each([
    [0, 'WALLET'],
    [1, 'PLATFORM'],
  ])('call payment method %i %s', (method, name) => {
    expect(paymentText(method)).toBe(name);
  });

  it.each([
    [300_000, '5:00'],
    [299_001, '5:00'],
    [61_000, '1:01'],
    [1, '0:01'],
    [0, '0:00'],
    [-5_000, '0:00'],
  ])('say of %i ms that %s is left', (left, text) => {
    expect(countdownText(1_000_000 + left, 1_000_000)).toBe(text);
  });

  it('name the seats whose wallet is asked, as far as the viewer may see the actions', () => {
    const seat = (userId: string, hash?: string) => ({
      userId,
      state: 'reserved' as const,
      stake: '1',
      ...(hash === undefined ? {} : { action: hash }),
    });
    const seats = [seat('alice', 'a'), seat('bob', 'b'), seat('carol')];
    const openActions = [action('a', 'offered'), action('b', 'sent'), action('c', 'offered')];
    expect(waitingForWallet({ ...matchView, seats, openActions })).toEqual(['alice']);
  });

  it('tell why the mirror says no, and the code to act on; of what it did they say nothing', () => {
    const refusal = { title: 'the action has ended', code: 'action_ended', retryable: false };
    expect(answerText(refusal)).toBe('the action has ended (action_ended)');
    expect(answerText({ ...refusal, detail: 'cancelled' })).toBe(
      'the action has ended: cancelled (action_ended)',
    );
    expect(answerText({ waitsFor: 'deposit', detail: 'it is away' })).toBe('it is away');
    expect([{ state: 'cancelled' }, { code: 'x' }, null].map(answerText)).toEqual(['', '', '']);
  });

  it('name what only a person ends', () => {
    const actions = [action('a', 'review', 'refund'), action('b', 'queued')];
    expect(reviewedKinds(actions)).toEqual(['refund']);
  });
});

describe('how far a match has come', () => {
  it('says how much waits, for what, and how much is under way', () => {
    expect(queueText({ waiting: 0, underWay: 0, waitsFor: null })).toBeNull();
    expect(queueText({ waiting: 1, underWay: 0, waitsFor: null })).toBe('1 waits');
    expect(queueText({ waiting: 3, underWay: 1, waitsFor: 'chain' })).toBe('3 wait for Solana, 1 under way');
    expect(queueText({ waiting: 0, underWay: 2, waitsFor: null })).toBe('2 under way');
    const reasons = (['chain', 'permit', 'wallet', 'person', 'action'] as const).map((waitsFor) =>
      queueText({ waiting: 1, underWay: 0, waitsFor }),
    );
    expect(new Set(reasons).size).toBe(5);
  });

  it('counts the stakes that are on the chain for good', () => {
    const seat = (state: 'reserved' | 'landed' | 'final') => ({ userId: state, state, stake: '1' });
    expect(seatsText(matchView)).toBe('0 of 4');
    expect(seatsText({ ...matchView, seats: [seat('final'), seat('landed'), seat('reserved')] })).toBe(
      '3 of 4, 1 on the chain',
    );
  });

  it('says what the link means, or why it is paused', () => {
    const notice = { code: 'chain_down', message: 'Solana cannot be reached.' } as const;
    expect(linkNotice(matchView)).toBeNull();
    expect(linkNotice({ notice, pausedFor: null })).toBe(notice.message);
    expect(linkNotice({ notice: { code: 'paused', message: 'Paused.' }, pausedFor: 'a complaint' })).toBe(
      'Paused: a complaint',
    );
    expect(depositNotice({ ...depositView, notice })).toBe(notice.message);
    expect(depositNotice({ ...depositView, notice, money: 'frozen', frozenFor: 'suspense' })).toBe(
      'Frozen: suspense',
    );
  });
});

describe('the deposit card', () => {
  it('says nothing of the two figures in play where they agree, or one is unknown', () => {
    expect(inPlayNote({ derived: '100', onChain: '100' })).toBeNull();
    expect(inPlayNote({ derived: '100', onChain: null })).toBeNull();
  });

  it('says why the program shows more, and why it may show less', () => {
    expect(inPlayNote({ derived: '0', onChain: '100000000' })).toMatch(
      /0\.1 SOL: it never takes off what was lost/,
    );
    expect(inPlayNote({ derived: '100000000', onChain: '0' })).toMatch(/0 SOL: the newest stake/);
    // Beyond what a float could tell apart.
    expect(inPlayNote({ derived: '9007199254740993', onChain: '9007199254740992' })).toMatch(/newest/);
  });

  it('says what waits for a person, and why a deposit is frozen', () => {
    expect(depositNotice(depositView)).toBeNull();
    expect(depositNotice({ ...depositView, money: 'frozen', frozenFor: 'suspense' })).toBe(
      'Frozen: suspense',
    );
    const openActions = [action('a', 'review', 'withdraw')];
    expect(depositNotice({ ...depositView, money: 'review', openActions })).toBe(
      'Waits for a person: withdraw',
    );
    expect(depositNotice({ ...depositView, money: 'review' })).toBe('Waits for a person: in review');
  });

  it('says what an entry moved, to the lamport, without the counterpart', () => {
    const moved = { available: '-100000005', withdrawing: '100000005', chain: '0', held: '0' };
    expect(movedText({ moved })).toBe('available −0.100000005, withdrawing +0.100000005');
    expect(movedText({ moved: { chain: '-18446744073709551615', available: '18446744073709551615' } })).toBe(
      `available +${solText('18446744073709551615')}`,
    );
  });
});
