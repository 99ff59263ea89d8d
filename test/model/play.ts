/**
 * The kernel and the objects around it, played in one thread: the outbox is a map of keys, timers fire when the world
 * says so, deposits keep their holds. Every event goes through `step`, so that every rule is checked on the way; what
 * only shows over many steps (timers, holds, payments) is checked here.
 */
import { matchBehaviour } from '../../durable-objects/match/behaviour.ts';
import { matchValue } from '../../durable-objects/match/view.ts';
import { isInFlight } from '../../machines/actions/open-action.ts';
import type { Effect, Json } from '../../machines/effects.ts';
import { REASON } from '../../machines/match/cancellation.ts';
import { countedSeats, type MatchContext, seatByHash, type Terms } from '../../machines/match/context.ts';
import type { MatchEvent } from '../../machines/match/events.ts';
import { ChainModel } from './chain-model.ts';
import { driven } from './driver-model.ts';
import * as make from './events.ts';
import { type MatchState, must, step } from './invariants.ts';
import { checkTimers, type Timer } from './timer-invariants.ts';

export interface Row {
  readonly key: string;
  readonly task: string;
  readonly body: Json;
}

interface Offer {
  readonly id: string;
  readonly hash: string;
  isSigned: boolean;
  /** Past its last valid block height. */
  isExpired: boolean;
}

export class Play {
  chain = new ChainModel(make.TERMS.paymentMethod);
  readonly outbox = new Map<string, Row>();
  readonly timers = new Map<string, Timer>();
  /** Live attempt of each action: its row, as `Records.liveAttempt` finds it. */
  readonly attempts = new Map<string, { signature: string; state: string }>();
  /** Live offer of each action, as `Records.liveOffer` finds it. */
  readonly offers = new Map<string, Offer>();
  readonly deadOffers: Offer[] = [];
  /** Holds and admissions, as the players' objects know them. */
  readonly holds = new Map<string, 'open' | 'captured' | 'released'>();
  /** What was paid to deposits, and how often each stake was concluded. */
  readonly credited = new Map<string, bigint>();
  readonly concluded = new Map<string, number>();
  /** Players whose wallet cannot pay. */
  readonly poor = new Set<string>();
  readonly trace: string[] = [];
  #made = 0;
  state: MatchState = matchBehaviour.initial();

  get context(): MatchContext {
    return this.state.context;
  }

  get value() {
    return matchValue(this.state.value);
  }

  create(terms: Terms, level: make.Level): void {
    this.chain = new ChainModel(terms.paymentMethod);
    this.commit(make.create(level, make.epoch(1), terms));
  }

  commit(event: MatchEvent): boolean {
    const taken = step(this.state, event);
    if (taken === null) return false;
    this.state = taken.state;
    for (const effect of taken.effects) this.#perform(effect);
    return true;
  }

  /** One step of one row, as the object's handlers take it. */
  work(row: Row): void {
    if (row.task === 'drive') {
      if (driven(this, textIn(row.body, 'hash'))) this.done(row);
    } else if (row.task === 'compare') this.#compare(row);
    else if (row.task === 'hold' || row.task === 'admit') this.#hold(row);
    else this.#deliver(row);
    checkTimers(this.state, this.timers);
  }

  done(row: Row): void {
    if (this.outbox.get(row.key) === row) this.outbox.delete(row.key);
  }

  nextOffer(hash: string): string {
    this.#made += 1;
    return make.offerId(hash, this.#made);
  }

  nextSignature(hash: string): string {
    this.#made += 1;
    return `sig-${hash.slice(0, 12)}-${this.#made}`;
  }

  /** As the wallet's desk takes it: only the offer that waits for this wallet, and only once. */
  walletSigns({ id, hash }: Offer): boolean {
    const live = this.offers.get(hash);
    const seat = seatByHash(this.context, hash);
    if (seat === undefined || live === undefined || live.id !== id || live.isSigned) return false;
    return this.commit(make.walletSigned(hash, id));
  }

  /** A timer fires as in the object: refused for now it is asked again, refused for good it is gone. */
  fire(name: string, timer: Timer): void {
    this.timers.delete(name);
    const event = this.#timerEvent(timer);
    if (this.commit(event)) return;
    if (matchBehaviour.refuse(this.state, event).retryable) this.timers.set(name, timer);
    checkTimers(this.state, this.timers);
  }

  #timerEvent({ at, event }: Timer): MatchEvent {
    // SAFETY: the machine wrote this event with its timer; `at` is when it fires.
    const due = { ...event, at } as MatchEvent;
    if (due.type !== 'match.cancel') return due;
    const { context } = this;
    const { abandonedUserId } = due;
    const started = context.seats.some(({ played }) => played);
    const tooFew = !started && countedSeats(context).length < (context.terms?.minPlayers ?? 0);
    const byClock = tooFew ? REASON.insufficientPlayers : REASON.timeout;
    const reason = abandonedUserId === null ? byClock : REASON.graceExpired;
    return make.cancel(context, { by: null, reason, abandonedUserId, at });
  }

  #perform(effect: Effect): void {
    if (effect.type === 'timer') {
      if (effect.at === null) this.timers.delete(effect.name);
      // SAFETY: a timer's event is an object, by its type and by every machine that sets one.
      else this.timers.set(effect.name, { at: effect.at, event: effect.event as object });
    } else if (effect.type === 'record') this.#record(effect);
    else this.#ask(effect);
  }

  #record(effect: Extract<Effect, { type: 'record' }>): void {
    if (effect.row === 'attempt')
      this.attempts.set(effect.attempt.hash, { signature: effect.attempt.signature, state: 'signed' });
    if (effect.row === 'attemptState') this.#attemptIs(effect.signature, effect.state);
    if (effect.row === 'offer') {
      const { id, hash } = effect.offer;
      must(!this.offers.has(hash), 'one offer at a time');
      this.offers.set(hash, { id, hash, isSigned: false, isExpired: false });
    }
    if (effect.row === 'offerState') this.#offerIs(effect.id, effect.state);
  }

  /** Asked of a deposit once and for all: what the outbox sends twice has the same token. */
  #ask(effect: Exclude<Effect, { type: 'timer' | 'record' }>): void {
    this.outbox.set(effect.key, effect);
    const hold = textIn(effect.body, 'request', 'holdToken');
    if (effect.task === 'conclude') this.concluded.set(hold, (this.concluded.get(hold) ?? 0) + 1);
    if (effect.task !== 'fact' || textIn(effect.body, 'request', 'direction') !== 'credit') return;
    const token = textIn(effect.body, 'request', 'token');
    must(!this.credited.has(token), 'nobody is paid twice');
    this.credited.set(token, BigInt(textIn(effect.body, 'request', 'amount')));
  }

  #attemptIs(signature: string, state: string): void {
    for (const [hash, attempt] of this.attempts) {
      if (attempt.signature !== signature) continue;
      if (state === 'dead' || state === 'failed' || state === 'final') this.attempts.delete(hash);
      else attempt.state = state;
    }
  }

  #offerIs(id: string, state: string): void {
    for (const [hash, offer] of this.offers) {
      if (offer.id !== id) continue;
      must(
        state !== 'countersigned' || (offer.isSigned && !offer.isExpired),
        'nothing is signed on a dead offer',
      );
      if (state === 'signed') offer.isSigned = true;
      else this.offers.delete(hash);
      if (state === 'dead') this.deadOffers.push(offer);
      return;
    }
    must(false, `an offer that is ${state} was made, and is not dead`);
  }

  /** What a player's object makes of a release or a fact: each hold ends once (I5). */
  #deliver(row: Row): void {
    this.done(row);
    const token = textIn(row.body, 'request', 'holdToken');
    const state = this.holds.get(token);
    if (row.task === 'release') {
      must(state !== 'captured', 'what was captured is not released');
      this.holds.set(token, 'released');
    }
    if (row.task !== 'fact' || state === undefined) return;
    must(state === 'open', 'a hold is captured once, and not after its release');
    this.holds.set(token, 'captured');
  }

  #hold(row: Row): void {
    this.done(row);
    const hash = textIn(row.body, 'hash');
    if (seatByHash(this.context, hash)?.state !== 'requested') return;
    // A release that came first is remembered, and the hold is then refused (design: section 7).
    const isReleased = this.holds.has(hash);
    if (!isReleased) this.holds.set(hash, 'open');
    this.commit(isReleased ? make.refused(hash) : make.granted(hash));
  }

  /** The gate to `online`; what an action in flight may explain is asked again. */
  #compare(row: Row): void {
    const chainHash = this.chain.hash();
    const { slot } = this.chain;
    if (this.value.link !== 'reconciling' || this.commit({ ...make.clean(this.context), slot, chainHash })) {
      this.done(row);
      return;
    }
    this.cron();
  }

  /** Both sides, every minute, in every link state (design: section 9); what is in flight may explain a difference. */
  cron(): void {
    const { context, chain } = this;
    if (context.terms === null || this.value.link === 'paused') return;
    if (make.clean(context).chainHash === chain.hash() || context.actions.some(isInFlight)) return;
    // What was given to a person with an attempt outstanding may land unseen: nobody looks it up any more.
    const unseen = context.actions.some((action) => action.state === 'review' && action.attempts > 0);
    must(unseen || chain.endedOtherwise, 'without a divergence there is no break (I25)');
    this.commit(make.mismatch(context));
  }
}

/** The text at a path of names; empty where there is none. */
function textIn(body: Json, ...names: readonly string[]): string {
  let value: Json | undefined = body;
  for (const name of names) {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return '';
    // SAFETY: neither null, nor a primitive, nor a list: an object.
    value = (value as { readonly [field: string]: Json })[name];
  }
  return typeof value === 'string' ? value : '';
}
