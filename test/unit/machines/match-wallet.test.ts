/** Stakes that a wallet signs for: agreed to before, offered, signed by the wallet first, and by the coordinator last. */
import { describe, expect, it } from 'vitest';
import * as make from '../../model/events.ts';
import type { MatchState } from '../../model/invariants.ts';
import { created } from '../../model/model-parts.ts';
import {
  asksIn,
  hashOf,
  keysIn,
  lands,
  matchAfter,
  moneyOf,
  type Next,
  open,
  refusalOf,
  taken,
  timersIn,
  type Way,
} from './match-probing.ts';

const [ann, bob] = [make.paying(make.ANN, 'wallet'), make.paying(make.BOB, 'wallet')];
const [ANN, BOB] = [hashOf(ann), hashOf(bob)];
/** A deposit whose authority is the player's own wallet: money of a deposit, signature of a wallet. */
const own = make.paying(make.BOB, 'own');
const OWN = hashOf(own);

const begun: Way = created(make.WALLET_TERMS);
const seat = (player: make.Player): Way => [make.join(player), make.granted(hashOf(player))];
const offer =
  (hash: string, id?: string): Next =>
  ({ context }) =>
    make.offered(context, hash, id);
const sign =
  (hash: string): Next =>
  ({ context }) =>
    make.signed(context, hash);
const stateOf = ({ context }: MatchState, hash: string) =>
  context.actions.find((action) => action.hash === hash)?.state;

const asked: Way = [...begun, ...seat(ann), offer(ANN)];
const signedByWallet: Way = [...asked, make.walletSigned(ANN)];
const bothSeated: Way = [
  ...begun,
  ...[ann, bob].flatMap((player) => [
    ...seat(player),
    offer(hashOf(player)),
    make.walletSigned(hashOf(player)),
    ...lands(hashOf(player)),
  ]),
];

describe('a WALLET join is refused', () => {
  const join = make.join(ann);

  it.each([
    ['without the wallet`s agreement', matchAfter(...begun), { ...join, intent: null }, 'intent_required'],
    [
      'with the agreement of another wallet',
      matchAfter(...begun),
      { ...join, intent: { signer: bob.wallet, signature: 'x' } },
      'intent_required',
    ],
    [
      'of the own deposit without the wallet`s agreement',
      matchAfter(...open),
      { ...make.join(own), intent: null },
      'intent_required',
    ],
    ['in a match of deposits', matchAfter(...open), join, 'payment_method_mismatch'],
    [
      'from a deposit, in a match of wallets',
      matchAfter(...begun),
      make.join(make.ANN),
      'payment_method_mismatch',
    ],
    [
      '... also where it calls itself a wallet',
      matchAfter(...begun),
      { ...make.join(make.ANN), paymentMethod: 0 },
      'payment_method_mismatch',
    ],
    ['... also of the own wallet', matchAfter(...begun), make.join(own), 'payment_method_mismatch'],
  ])('%s', (_, state, event, code) => {
    expect(refusalOf(state, event)).toBe(code);
  });

  it('not where the wallet has agreed; it is admitted, and nothing of it is held', () => {
    const { effects } = taken(matchAfter(...begun), join);
    expect(keysIn(effects)).toEqual([`admit:${ANN}`]);
    expect(keysIn(taken(matchAfter(...open), make.join(own)).effects)).toEqual([`hold:${OWN}`]);
  });
});

describe('a WALLET seat', () => {
  it('does not play before it is final, also where provisional play is allowed', () => {
    const state = matchAfter(...begun, ...seat(ann), ...seat(bob));
    expect(moneyOf(state)).toBe('funded');
    expect(refusalOf(state, make.start())).toBe('seats_not_final');
    expect(refusalOf(matchAfter(...open, ...seat(make.ANN), ...seat(own)), make.start())).toBe(
      'seats_not_final',
    );
    expect(refusalOf(matchAfter(...bothSeated), make.start())).toBeNull();
  });

  it('is debited of no deposit once final: its admission ends', () => {
    const state = matchAfter(...signedByWallet, sign(ANN));
    const { effects } = taken(state, ({ context }) => make.final(context, ANN));
    expect(asksIn(effects)).toEqual([`release:release:${ANN}`]);
    expect(timersIn(effects)).toEqual(
      new Map([
        [`expire:${ANN}`, null],
        [`lapse:${ANN}`, null],
      ]),
    );
  });

  it('is debited where its own deposit pays', () => {
    const way = [...open, ...seat(make.ANN), ...lands(hashOf(make.ANN)), ...seat(own), offer(OWN)];
    const paid = taken(matchAfter(...way, make.walletSigned(OWN), sign(OWN)), ({ context }) =>
      make.final(context, OWN),
    );
    expect(asksIn(paid.effects)).toEqual([expect.stringMatching(/^fact:chain:/)]);
  });

  it('is paid its prize by the chain alone: no deposit is credited, none concluded', () => {
    const { end } = make.end().settlement;
    const state = matchAfter(
      ...bothSeated,
      make.start(),
      ...lands(make.start().action.hash),
      make.end(),
      sign(end.hash),
    );
    const { effects, state: after } = taken(state, ({ context }) => make.final(context, end.hash));
    expect(moneyOf(after)).toBe('settled');
    expect(asksIn(effects)).toEqual([]);
  });

  it('is paid back by the chain alone', () => {
    const off = matchAfter(...bothSeated, ({ context }) => make.cancel(context));
    const refund = off.context.actions[0]?.hash ?? '';
    const { effects, state } = taken(taken(off, sign(refund)).state, ({ context }) =>
      make.final(context, refund),
    );
    expect(moneyOf(state)).toBe('refunded');
    expect(asksIn(effects)).toEqual([]);
  });

  it('goes where its wallet cannot pay, and nobody else`s', () => {
    const state = taken(matchAfter(...asked, ...seat(bob)), make.unpayable(ANN)).state;
    expect(state.context.seats.map(({ userId }) => userId)).toEqual(['bob']);
  });
});

describe('a wallet that keeps from landing what it has signed', () => {
  const tries = (hash: string): Way =>
    [1, 2, 3, 4, 5].flatMap((nth) => [
      offer(hash, make.offerId(hash, nth)),
      make.walletSigned(hash, make.offerId(hash, nth)),
      ({ context }: MatchState) => make.signed(context, hash, make.offerId(hash, nth)),
      ({ context }: MatchState) => make.attemptEnd('attempt.dead', context, hash),
    ]);

  it.each([
    ['its own money', begun, ann],
    ['a deposit of its own', open, own],
  ] as const)('loses its seat in the end, paying by %s, and stops nobody else`s match', (_, way, player) => {
    const state = matchAfter(...way, ...seat(player), ...tries(hashOf(player)));
    expect(moneyOf(state)).toBe('lobby');
    expect(state.context.seats).toEqual([]);
    expect(state.context.actions).toEqual([]);
  });
});

describe('an offer', () => {
  it('is made to a wallet only', () => {
    const custody = matchAfter(...open, ...seat(make.ANN));
    expect(refusalOf(custody, offer(hashOf(make.ANN)))).toBe('event_ignored');
    const creating = matchAfter(make.create('online'));
    expect(refusalOf(creating, offer(make.createAction().hash))).toBe('event_ignored');
  });

  it('is not made while paused, while the chain is down, under an old verdict, or for a match called off', () => {
    const way = [...begun, ...seat(ann)];
    expect(refusalOf(matchAfter(...way, make.pause()), offer(ANN))).toBe('match_paused');
    const down = matchAfter(...way, ({ context }) => make.verdict(context, 'down'));
    expect(refusalOf(down, offer(ANN))).toBe('chain_unreadable');
    const newer = matchAfter(...way, ({ context }) => make.verdict(context, 'online'));
    const old = { ...make.offered(newer.context, ANN), healthEpoch: make.epoch(1) };
    expect(refusalOf(newer, old)).toBe('not_ready');
    const off = matchAfter(...way, ({ context }) => make.cancel(context));
    expect(refusalOf(off, offer(ANN))).toBe('event_ignored');
  });

  it('is not made to a seat that nobody has admitted, nor under another action`s hash', () => {
    expect(refusalOf(matchAfter(...begun, make.join(ann)), offer(ANN))).toBe('not_ready');
    const state = matchAfter(...begun, ...seat(ann));
    const foreign = make.offered(state.context, ANN);
    expect(refusalOf(state, { ...foreign, offer: { ...foreign.offer, hash: BOB } })).toBe(
      'action_hash_mismatch',
    );
  });

  it('is the only one at a time: the next is made when it is dead', () => {
    expect(refusalOf(matchAfter(...asked), offer(ANN, 'second'))).toBe('event_ignored');
    expect(refusalOf(matchAfter(...signedByWallet), offer(ANN, 'second'))).toBe('event_ignored');
    expect(refusalOf(matchAfter(...asked, make.offerDead(ANN)), offer(ANN, 'second'))).toBeNull();
  });

  it('is driven on as soon as its wallet has signed', () => {
    const { effects, state } = taken(matchAfter(...asked), make.walletSigned(ANN));
    expect(keysIn(effects)).toEqual([`drive:${ANN}`]);
    expect(stateOf(state, ANN)).toBe('leased');
  });
});

describe('the coordinator signs', () => {
  it('nothing that the wallet has not signed', () => {
    expect(refusalOf(matchAfter(...begun, ...seat(ann)), sign(ANN))).toBe('event_ignored');
    expect(refusalOf(matchAfter(...asked), sign(ANN))).toBe('event_ignored');
  });

  it('nothing but the offer: an attempt of its own would be another transaction', () => {
    const alone: Next = ({ context }) => make.signed(context, ANN, null);
    expect(refusalOf(matchAfter(...signedByWallet), alone)).toBe('event_ignored');
    expect(refusalOf(matchAfter(...signedByWallet), sign(ANN))).toBeNull();
  });

  it('no join of custody by an offer', () => {
    const custody = matchAfter(...open, ...seat(make.ANN));
    const byOffer: Next = ({ context }) => make.signed(context, hashOf(make.ANN), 'offer');
    expect(refusalOf(custody, byOffer)).toBe('event_ignored');
  });

  it('nothing on an offer that is dead, signed or not; and a signature that comes late changes nothing', () => {
    for (const way of [asked, signedByWallet]) {
      const dead = matchAfter(...way, make.offerDead(ANN));
      expect(stateOf(dead, ANN)).toBe('queued');
      expect(refusalOf(dead, sign(ANN))).toBe('event_ignored');
      expect(refusalOf(dead, make.walletSigned(ANN))).toBe('event_ignored');
      expect(refusalOf(dead, make.offerDead(ANN))).toBeNull();
    }
  });

  it('no intent of a wallet: that was given with the join', () => {
    expect(refusalOf(matchAfter(...begun, ...seat(ann)), make.leased(ANN))).toBe('event_ignored');
  });

  it('an offer that a person had in hand only when it is made anew, and does not wait for the old one for ever', () => {
    const back = matchAfter(...signedByWallet, make.review(ANN), ({ context }) =>
      make.resolve(context, 'retry'),
    );
    expect(stateOf(back, ANN)).toBe('queued');
    expect(refusalOf(back, sign(ANN))).toBe('event_ignored');
    expect(refusalOf(back, make.offerDead(ANN))).toBeNull();
  });
});

describe('the time that a wallet has', () => {
  const until = make.AT + 600_000;

  it('runs from the first offer, and a later one does not prolong it', () => {
    const first = taken(matchAfter(...begun, ...seat(ann)), offer(ANN));
    expect(timersIn(first.effects)).toEqual(new Map([[`lapse:${ANN}`, until]]));
    const second = taken(taken(first.state, make.offerDead(ANN)).state, ({ context }) => ({
      ...make.offered(context, ANN, 'second'),
      at: make.AT + 300_000,
    }));
    expect(timersIn(second.effects).size).toBe(0);
    expect(second.state.context.seats[0]?.lapsesAt).toBe(until);
  });

  it('ends the seat where the wallet was asked and did not sign', () => {
    const { effects, state } = taken(matchAfter(...asked), make.lapse(ANN));
    expect(state.context.seats).toEqual([]);
    expect(asksIn(effects)).toEqual([`release:release:${ANN}`]);
  });

  it('begins anew where nobody could ask it: the chain is away, or its offer has just died', () => {
    const down = matchAfter(...asked, ({ context }) => make.verdict(context, 'down'));
    for (const state of [down, matchAfter(...asked, make.offerDead(ANN)), matchAfter(...signedByWallet)]) {
      const later = taken(state, make.lapse(ANN));
      expect(timersIn(later.effects)).toEqual(new Map([[`lapse:${ANN}`, make.AT + make.HOUR / 2 + 600_000]]));
      expect(later.state.context.seats).toHaveLength(1);
    }
  });

  it('does not end what the coordinator has signed: that may land, and if it dies the clock still runs', () => {
    const { state, effects } = taken(matchAfter(...signedByWallet, sign(ANN)), make.lapse(ANN));
    expect(state.context.seats).toHaveLength(1);
    expect(state.context.actions[0]).toMatchObject({ doomed: false });
    expect(timersIn(effects).get(`lapse:${ANN}`)).toBe(make.AT + make.HOUR / 2 + 600_000);
  });

  it('is not ended by its clock while a person looks at the seat, and runs on when the person is done', () => {
    const looked = matchAfter(...asked, make.review(ANN));
    expect(refusalOf(looked, make.lapse(ANN))).toBe('event_ignored');
    const { effects } = taken(looked, ({ context }) => make.resolve(context, 'retry'));
    expect(timersIn(effects)).toEqual(
      new Map([
        [`expire:${ANN}`, make.AT + make.HOUR],
        [`lapse:${ANN}`, until],
      ]),
    );
  });

  it('is over once the match is called off: the seat goes at once, signed by its wallet or not', () => {
    for (const way of [asked, signedByWallet]) {
      const { effects, state } = taken(matchAfter(...way), ({ context }) => make.cancel(context));
      expect(moneyOf(state)).toBe('refunded');
      expect(timersIn(effects).get(`lapse:${ANN}`)).toBeNull();
    }
  });
});
