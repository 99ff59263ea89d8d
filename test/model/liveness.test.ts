/**
 * Random walks through a match with everything against it: outages in any order, forks, failures, deaths, pauses,
 * expiries, late and repeated work, wallets that sign late or never, players who go, matches that are called off or end
 * otherwise, persons who say anything. Each step is checked; then the world turns kind, and the match must come to rest.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchValue } from '../../durable-objects/match/view.ts';
import * as make from './events.ts';
import { healed } from './healing.ts';
import { Play } from './play.ts';
import { take } from './world-moves.ts';

/** Fixed, so that a red test is red again; another seed is another set of walks. */
const SEED = 20_261_123;
const WALKS = 600;
const STEPS = 140;

/** A red test is not shrunk for longer than a test may take. */
const BOUNDED = { interruptAfterTimeLimit: 25_000, markInterruptAsFailure: true };

/** Choices between the moves that are possible, by weight. */
const walk = fc.array(fc.nat(1_000_000), { minLength: 20, maxLength: STEPS, size: 'max' });

function played(choices: readonly number[]): Play {
  const play = new Play();
  try {
    for (const choice of choices) take(play, choice);
    return play;
  } catch (error) {
    throw new Error(`after: ${play.trace.join(' > ')}`, { cause: error });
  }
}

describe('a match under random faults', () => {
  it('keeps every rule on the way, and afterwards goes online and can be played to its end', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(walk, (choices) => {
        const play = played(choices);
        const { money, link } = matchValue(play.state.value);
        seen.add(money).add(link);
        try {
          healed(play);
        } catch (error) {
          throw new Error(`healed after: ${play.trace.join(' > ')}`, { cause: error });
        }
      }),
      { numRuns: WALKS, seed: SEED, ...BOUNDED },
    );
    // The walks are worth nothing if they do not get about.
    const everywhere = [
      ...['cancelling', 'funded', 'lobby', 'playing', 'refunded', 'review', 'settled', 'settling'],
      ...['degraded', 'online', 'paused', 'queued', 'reconciling'],
    ];
    expect([...seen].toSorted()).toEqual(expect.arrayContaining(everywhere));
  });
});

/** Faults that the walks have found, each as the shortest way to it. */
describe('a match', () => {
  const joined = () => {
    const play = new Play();
    play.commit(make.create('online'));
    drain(play);
    for (const player of [make.ANN, make.BOB]) play.commit(make.join(player));
    return play;
  };
  const hashOf = (play: Play, userId: string) =>
    play.context.seats.find((seat) => seat.userId === userId)?.hash ?? '';
  const workFor = (play: Play, prefix: string) =>
    [...play.outbox.values()]
      .filter((row) => row.key.startsWith(prefix))
      .forEach((row) => void play.work(row));

  it('compares once its last action goes to a person by a failed attempt', () => {
    const play = joined();
    workFor(play, 'hold');
    play.commit(make.start());
    const hash = hashOf(play, 'bob');
    for (let steps = 0; steps < 3; steps += 1) workFor(play, `drive:${hash}`);
    play.commit(make.verdict(play.context, 'recovering'));
    play.outbox.delete('compare');
    drain(play, hash);
    play.commit(make.attemptEnd('attempt.failed', play.context, hash, true));
    expect(play.value).toEqual({ money: 'review', link: 'reconciling' });
    expect([...play.outbox.keys()]).toContain('compare');
  });

  it('does not start on a join that has expired with an attempt outstanding', () => {
    const play = joined();
    workFor(play, 'hold');
    const hash = hashOf(play, 'bob');
    for (let steps = 0; steps < 2; steps += 1) workFor(play, `drive:${hash}`);
    play.commit(make.expire(hash));
    expect(play.commit(make.start())).toBe(false);
    play.commit(make.attemptEnd('attempt.dead', play.context, hash));
    expect(play.context.seats.map((seat) => seat.userId)).toEqual(['ann']);
  });

  it('in review still answers who asked for a seat before, and lets go of them at notAfter', () => {
    const play = joined();
    workFor(play, `hold:${hashOf(play, 'ann')}`);
    play.commit(make.review(hashOf(play, 'ann')));
    expect(play.value.money).toBe('review');
    expect(play.commit(make.granted(hashOf(play, 'bob')))).toBe(true);
    expect(play.commit(make.expire(hashOf(play, 'ann')))).toBe(false);
    expect(play.commit(make.expire(hashOf(play, 'bob')))).toBe(true);
    expect([...play.outbox.keys()].some((key) => key.startsWith('release:'))).toBe(true);
  });

  it('calls nobody for a join whose last try fails by the player`s own fault', () => {
    const play = joined();
    workFor(play, 'hold');
    const hash = hashOf(play, 'bob');
    for (let tries = 1; tries < 5; tries += 1) {
      play.commit(make.signed(play.context, hash));
      play.commit(make.attemptEnd('attempt.dead', play.context, hash));
    }
    play.commit(make.signed(play.context, hash));
    play.commit(make.attemptEnd('attempt.failed', play.context, hash, true));
    expect(play.value.money).toBe('lobby');
    expect(play.context.seats.map((seat) => seat.userId)).toEqual(['ann']);
  });

  it('signs nothing on a seat whose hold nobody has granted', () => {
    const play = joined();
    expect(play.commit(make.signed(play.context, hashOf(play, 'bob')))).toBe(false);
  });
});

/** Works everything off, all but the action that is spared. */
function drain(play: Play, spared = ''): void {
  for (let rounds = 0; rounds < 40; rounds += 1) {
    for (const row of [...play.outbox.values()])
      if (!row.key.endsWith(spared) || spared === '') play.work(row);
    play.chain.settle();
  }
}
