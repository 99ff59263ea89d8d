/** Everything that may happen next to a match, the world at its worst: what players, wallets, persons and the chain do. */
import { REASON } from '../../machines/match/cancellation.ts';
import type { MatchEvent } from '../../machines/match/events.ts';
import type { Move } from './chain-model.ts';
import * as make from './events.ts';
import { LEVELS } from './events.ts';
import { must } from './must.ts';
import type { Play } from './play.ts';

/** In a match of deposits the third player pays from the deposit of the own wallet. */
export function playersOf(play: Play): readonly make.Player[] {
  const isWallets = play.context.terms?.paymentMethod === make.WALLET_TERMS.paymentMethod;
  const [ann, bob, cat] = [make.ANN, make.BOB, make.CAT];
  return isWallets
    ? [ann, bob, cat].map((each) => make.paying(each, 'wallet'))
    : [ann, bob, make.paying(cat, 'own')];
}

export function movesOf(play: Play): readonly Move[] {
  if (play.context.terms === null)
    return LEVELS.flatMap((level) => [
      { name: `create while ${level}`, weight: 2, run: () => play.create(make.TERMS, level) },
      {
        name: `create for wallets while ${level}`,
        weight: 1,
        run: () => play.create(make.WALLET_TERMS, level),
      },
    ]);
  return [
    ...requests(play),
    ...endings(play),
    ...persons(play),
    ...wallets(play),
    ...LEVELS.map((level) =>
      event(play, level, level === 'online' ? 3 : 0.8, () => make.verdict(play.context, level)),
    ),
    ...[...play.outbox.values()].map((row) => ({
      name: `work ${row.key.slice(0, 14)}`,
      weight: 12,
      run: () => play.work(row),
    })),
    ...[...play.chain.txs.values()].flatMap((tx) => play.chain.futures(tx)),
    ...play.chain.showdown(),
    { name: 'cron', weight: 0.5, run: () => play.cron() },
    ...givenUp(play),
    ...[...play.timers].map(([name, timer]) => ({
      name: `timer ${name.slice(0, 14)}`,
      weight: name === 'timeout' ? rarely(play) : 0.5,
      run: () => play.fire(name, timer),
    })),
  ];
}

/** Takes the move that `choice` points at, by weight. */
export function take(play: Play, choice: number): void {
  const moves = movesOf(play);
  const total = moves.reduce((sum, move) => sum + move.weight, 0);
  let left = choice % total;
  for (const move of moves) {
    left -= move.weight;
    if (left >= 0) continue;
    play.trace.push(move.name);
    move.run();
    return;
  }
}

function event(play: Play, name: string, weight: number, next: () => MatchEvent): Move {
  return { name, weight, run: () => void play.commit(next()) };
}

/** What ends a match: seldom, so that walks get deep, and not before anything has come of it. */
function rarely({ value }: Play): number {
  return value.money === 'playing' ? 0.15 : 0.03;
}

function requests(play: Play): Move[] {
  const isSeated = ({ id }: make.Player) => play.context.seats.some(({ userId }) => userId === id);
  const joins = playersOf(play).map((player) =>
    // A player who lost a seat asks with a new client key.
    event(play, `join ${player.id}`, isSeated(player) ? 0.3 : 5, () =>
      make.join(player, play.context.nextOrder),
    ),
  );
  const goings = play.context.seats.map(({ userId, hash }) =>
    event(play, `${userId} takes it back`, 0.5, () => make.takeBack(userId, hash)),
  );
  return [
    ...joins,
    ...goings,
    event(play, 'start', 3, () => make.start(play.context.made.start)),
    event(play, 'pause', 0.4, () => make.pause()),
    event(play, 'resume', 6, () => make.resume()),
    ...play.context.actions.map((action) =>
      event(play, `review ${action.kind}`, 0.1, () => make.review(action.hash)),
    ),
  ];
}

function endings(play: Play): Move[] {
  const { context } = play;
  const gone = context.seats.filter(({ played }) => played).slice(0, 2);
  return [
    event(play, 'end', 1, () => make.end(sharesOf(play))),
    event(play, 'end apart', 1, () => make.end(sharesOf(play), true)),
    event(play, 'too few', rarely(play), () =>
      make.cancel(context, { by: make.HOST_CALL, reason: REASON.insufficientPlayers }),
    ),
    event(play, 'fault', rarely(play), () => make.cancel(context)),
    event(play, 'time-out', rarely(play), () => make.cancel(context, { reason: REASON.timeout })),
    ...gone.flatMap(({ userId }) => [
      event(play, `${userId} goes`, 0.5, () => make.away({ id: userId })),
      event(play, `${userId} is back`, 0.5, () => make.back({ id: userId })),
    ]),
    {
      name: 'top up',
      weight: context.cancellation === null ? 0 : 0.5,
      run: () => {
        play.chain.surplus += 2n * BigInt(make.TERMS.entryFee);
      },
    },
  ];
}

/** Whoever is seated first wins. */
export function sharesOf({ context }: Play): { userId: string; shareBps: number }[] {
  const [first, second] = context.seats.map((seat) => seat.userId);
  return [
    { userId: first ?? 'ann', shareBps: 6_000 },
    { userId: second ?? 'bob', shareBps: 4_000 },
  ];
}

/** A person says anything; what is right of it is the machine's to know. */
function persons(play: Play): Move[] {
  const { money, link } = play.value;
  if (money !== 'review' && link !== 'paused') return [];
  const says = (name: string, weight: number, as: Said, more = {}) =>
    event(play, name, weight, () => resolution(play, as, more));
  return [
    says('retry', 3, 'retry'),
    says('void', 0.5, 'void'),
    says('settle', 1, 'settle'),
    ...[false, true].map((apart) =>
      event(play, 'settle anew', 0.5, () =>
        resolution(play, 'settle', { result: make.decided(play.context, sharesOf(play), apart) }),
      ),
    ),
  ];
}

type Said = Parameters<typeof make.resolve>[1];

/** With what the rows and the chain show at this moment. */
export function resolution(play: Play, as: Said, more: Parameters<typeof make.resolve>[2] = {}): MatchEvent {
  const { chain, context } = play;
  const live = context.actions.map(({ hash }) => hash).filter((hash) => play.attempts.has(hash));
  const endedAt = chain.phase === 2 ? make.ENDED_AT.toString() : '0';
  const slot = Math.max(chain.slot, context.facts.slot);
  const observed = { phase: chain.phase, endedAt, matchHash: null, slot };
  return make.resolve(context, as, { live, observed, ...more });
}

function wallets(play: Play): Move[] {
  return [
    ...[...play.offers.values()].flatMap((offer) => [
      { name: 'wallet signs', weight: 8, run: () => void play.walletSigns(offer) },
      {
        name: 'offer expires',
        weight: 2,
        run: () => {
          offer.isExpired = true;
        },
      },
    ]),
    ...play.deadOffers.slice(-2).map((offer) => ({
      name: 'wallet signs too late',
      weight: 0.5,
      run: () => must(!play.walletSigns(offer), 'a dead offer is signed by nobody'),
    })),
    ...playersOf(play)
      .filter(({ payer }) => payer !== 'custody')
      .map(({ id }) => ({ name: `${id} is poor`, weight: 0.1, run: () => void play.poor.add(id) })),
  ];
}

/** While the chain is down a player's object may refuse for now until the outbox parks the message. */
function givenUp(play: Play): Move[] {
  if (play.value.link !== 'queued') return [];
  return [...play.outbox.values()]
    .filter((row) => row.task === 'hold' || row.task === 'admit')
    .map((row) => ({ name: `park ${row.task}`, weight: 4, run: () => play.done(row) }));
}
