/**
 * The kernel and the driver, played in one thread: the outbox is a map of keys, the driver takes one step a call, and
 * the world decides what happens next. Every event goes through `step`, so that every rule is checked on the way.
 */
import { matchBehaviour } from '../../durable-objects/match/behaviour.ts';
import { matchValue } from '../../durable-objects/match/view.ts';
import type { Effect, Json } from '../../machines/effects.ts';
import {
  actionByHash,
  type MatchContext,
  type OpenAction,
  seatByHash,
} from '../../machines/match/context.ts';
import type { MatchEvent } from '../../machines/match/events.ts';
import { isInFlight, isReady } from '../../machines/match/readiness.ts';
import { ChainModel, type Move, type Tx } from './chain-model.ts';
import * as make from './events.ts';
import { LEVELS } from './events.ts';
import { type MatchState, must, step } from './invariants.ts';

export interface Row {
  readonly key: string;
  readonly task: string;
  readonly body: Json;
}

const PLAYERS = [make.ANN, make.BOB, make.CAT];

export class Play {
  readonly chain = new ChainModel();
  readonly outbox = new Map<string, Row>();
  readonly timers = new Map<string, string>();
  /** Live attempt of each action: its row, as `Records.liveAttempt` finds it. */
  readonly attempts = new Map<string, { signature: string; state: string }>();
  /** Holds as the players' objects know them. */
  readonly holds = new Map<string, 'open' | 'captured' | 'released'>();
  readonly trace: string[] = [];
  readonly #rounds = new Map<string, number>();
  state: MatchState = matchBehaviour.initial();

  get context(): MatchContext {
    return this.state.context;
  }

  get value() {
    return matchValue(this.state.value);
  }

  /** Everything that may happen next, the world at its worst. */
  moves(): readonly Move[] {
    if (this.context.terms === null)
      return LEVELS.map((level) => this.#event(`create while ${level}`, 1, () => make.create(level)));
    return [
      ...this.#requests(),
      ...LEVELS.map((level) => this.#event(level, 2, () => make.verdict(this.context, level))),
      ...[...this.outbox.values()].map((row) => ({
        name: `work ${row.key.slice(0, 14)}`,
        weight: 12,
        run: () => this.work(row),
      })),
      ...[...this.chain.txs.values()].flatMap((tx) => this.chain.futures(tx)),
      ...this.#givenUp(),
      ...[...this.timers].map(([name, hash]) => ({
        name: `timer ${name.slice(0, 14)}`,
        weight: 1,
        run: () => this.#fire(name, hash),
      })),
    ];
  }

  /** Takes the move that `choice` points at, by weight. */
  take(choice: number): void {
    const moves = this.moves();
    let left = choice % moves.reduce((sum, move) => sum + move.weight, 0);
    for (const move of moves) {
      left -= move.weight;
      if (left >= 0) continue;
      this.trace.push(move.name);
      move.run();
      return;
    }
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
    if (row.task === 'drive') this.#drive(row);
    else if (row.task === 'compare') this.#compare(row);
    else if (row.task === 'hold') this.#hold(row);
    else this.#deliver(row);
  }

  /** What a player's object makes of a release or a fact; everything else has nobody to reach here. */
  #deliver(row: Row): void {
    this.#done(row);
    const token = textIn(row.body, 'request', 'holdToken');
    if (row.task === 'release') this.holds.set(token, 'released');
    if (row.task === 'fact' && this.holds.has(token)) this.holds.set(token, 'captured');
  }

  /** While the chain is down a player's object may refuse for now until the outbox parks the message. */
  #givenUp(): Move[] {
    if (this.value.link !== 'queued') return [];
    return [...this.outbox.values()]
      .filter((row) => row.task === 'hold')
      .map((row) => ({ name: 'park hold', weight: 4, run: () => this.#done(row) }));
  }

  #requests(): Move[] {
    const joins = PLAYERS.map((player) => ({
      name: `join ${player.id}`,
      weight: 4,
      run: () => {
        const round = this.#rounds.get(player.id) ?? 0;
        if (this.commit(make.join(player, round))) this.#rounds.set(player.id, round + 1);
      },
    }));
    return [
      ...joins,
      this.#event('start', 4, () => make.start(this.context.made.start)),
      this.#event('end', 4, () => make.end(this.#shares())),
      this.#event('pause', 1, () => make.pause()),
      this.#event('resume', 6, () => make.resume()),
      ...this.context.actions.map((action) =>
        this.#event(`review ${action.kind}`, 0.1, () => make.review(action.hash)),
      ),
    ];
  }

  /** Whoever is seated first wins. */
  #shares() {
    const [first, second] = this.context.seats.map((seat) => seat.userId);
    return [
      { userId: first ?? 'ann', shareBps: 6_000 },
      { userId: second ?? 'bob', shareBps: 4_000 },
    ];
  }

  #event(name: string, weight: number, event: () => MatchEvent): Move {
    return { name, weight, run: () => void this.commit(event()) };
  }

  #perform(effect: Effect): void {
    if (effect.type === 'timer') {
      if (effect.at === null) this.timers.delete(effect.name);
      else this.timers.set(effect.name, effect.name.slice('expire:'.length));
    } else if (effect.type === 'record') {
      if (effect.row === 'attempt')
        this.attempts.set(effect.attempt.hash, { signature: effect.attempt.signature, state: 'signed' });
      if (effect.row === 'attemptState') this.#attemptIs(effect.signature, effect.state);
    } else {
      this.outbox.set(effect.key, effect);
    }
  }

  #attemptIs(signature: string, state: string): void {
    for (const [hash, attempt] of this.attempts) {
      if (attempt.signature !== signature) continue;
      if (state === 'dead' || state === 'failed' || state === 'final') this.attempts.delete(hash);
      else attempt.state = state;
    }
  }

  #done(row: Row): void {
    if (this.outbox.get(row.key) === row) this.outbox.delete(row.key);
  }

  /** The driver (durable-objects/submission), without its waiting: true once its row is finished. */
  #drive(row: Row): void {
    const hash = textIn(row.body, 'hash');
    if (this.#driven(hash)) this.#done(row);
  }

  #driven(hash: string): boolean {
    const action = actionByHash(this.context, hash);
    if (action === undefined || action.state === 'review') return true;
    const attempt = this.attempts.get(hash);
    if (attempt === undefined) return this.#signed(action);
    if (attempt.state === 'signed') return this.#sent(action, attempt.signature);
    const tx = this.chain.txs.get(attempt.signature);
    return tx === undefined || this.#lookedUp(tx, attempt.state === 'absent');
  }

  #maySend(): boolean {
    return this.value.link !== 'paused' && this.value.link !== 'queued';
  }

  #signed(action: OpenAction): boolean {
    const { hash, doomed, state, attempts } = action;
    if (doomed || !isReady(this.context, action) || !this.#maySend()) return true;
    if (state === 'queued' && attempts === 0) this.commit(make.leased(hash));
    else must(this.commit(make.signed(this.context, hash)), 'what the driver may sign, the machine takes');
    return false;
  }

  #sent({ hash, kind, userId }: OpenAction, signature: string): boolean {
    if (!this.#maySend()) return true;
    this.chain.receive({ signature, hash, kind, userId });
    this.commit(make.moved('action.sent', this.context, hash));
    return false;
  }

  #lookedUp(tx: Tx, wasAbsent: boolean): boolean {
    const { hash } = tx;
    const hasLanded = actionByHash(this.context, hash)?.state === 'landed';
    switch (tx.state) {
      case 'unseen':
        if (hasLanded) this.commit(make.moved('action.dropped', this.context, hash));
        // Sent again while it can land; where that is not allowed, whoever allows it again wakes the work.
        return !hasLanded && !this.#maySend();
      case 'confirmed':
        if (!hasLanded) this.commit(make.moved('action.landed', this.context, hash));
        return false;
      case 'failed':
        this.commit(make.attemptEnd('attempt.failed', this.context, hash, tx.ownFault));
        return false;
      case 'expired':
        this.commit(make.attemptEnd(wasAbsent ? 'attempt.dead' : 'attempt.absent', this.context, hash));
        return false;
      case 'final':
        this.#finalized(tx);
        return true;
    }
  }

  #finalized(tx: Tx): void {
    const index = this.chain.players.indexOf(tx.userId ?? '');
    const event = make.final(this.context, tx.hash);
    this.commit({ ...event, seatIndex: index < 0 ? null : index, slot: this.chain.slot });
  }

  /** The gate to `online`; what an action in flight may explain is asked again. */
  #compare(row: Row): void {
    const chainHash = this.chain.hash();
    const { slot } = this.chain;
    if (this.value.link !== 'reconciling' || this.commit({ ...make.clean(this.context), slot, chainHash })) {
      this.#done(row);
      return;
    }
    if (make.clean(this.context).chainHash === chainHash || this.context.actions.some(isInFlight)) return;
    // What was given to a person with an attempt outstanding may land unseen: nobody looks it up any more.
    const unseen = this.context.actions.some((action) => action.state === 'review' && action.attempts > 0);
    must(unseen, 'without a divergence there is no break (I25)');
    this.commit(make.mismatch(this.context));
  }

  #hold(row: Row): void {
    this.#done(row);
    const hash = textIn(row.body, 'hash');
    if (seatByHash(this.context, hash)?.state !== 'requested') return;
    // A release that came first is remembered, and the hold is then refused (design: section 7).
    const isReleased = this.holds.has(hash);
    if (!isReleased) this.holds.set(hash, 'open');
    this.commit(isReleased ? make.refused(hash) : make.granted(hash));
  }

  #fire(name: string, hash: string): void {
    this.commit(make.expire(hash));
    this.timers.delete(name);
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
