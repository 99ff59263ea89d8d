/** A match whose stakes come from wallets: offers, signatures that come late, offers that die, seats that lapse. */
import { matchValue } from '../../durable-objects/match/view.ts';
import type { OpenAction } from '../../machines/actions/open-action.ts';
import type { MatchContext } from '../../machines/match/context.ts';
import { isWalletSigned, seatByHash } from '../../machines/match/context.ts';
import type { MatchEvent } from '../../machines/match/events.ts';
import * as make from './events.ts';
import type { Model } from './explore.ts';
import { created, lifeOf, linkEvents, liveSets, oldestOf, stateKey } from './model-parts.ts';

const ANN = make.paying(make.ANN, 'wallet');
const BOB = make.paying(make.BOB, 'wallet');

export const wallets: Model = {
  name: 'wallets',
  prefix: created(make.WALLET_TERMS),
  stateKey,
  events: ({ value, context }) => {
    const { money } = matchValue(value);
    const oldest = oldestOf(context);
    return [
      ...linkEvents(context, ['online', 'down']),
      ...requests(context),
      ...(money === 'review' ? persons(context) : []),
      ...(oldest === undefined ? [] : lifeHere(context, oldest)),
    ];
  },
};

function requests(context: MatchContext): MatchEvent[] {
  const next = [ANN, BOB].find(({ id }) => !context.seats.some(({ userId }) => userId === id));
  const waits = context.seats.find(({ state }) => state === 'requested');
  const open = context.seats.find(({ state }) => state !== 'final');
  return [
    ...(next === undefined ? [] : [make.join(next, context.nextOrder)]),
    ...(waits === undefined ? [] : [make.granted(waits.hash), make.refused(waits.hash)]),
    ...(open === undefined
      ? []
      : [make.lapse(open.hash), make.expire(open.hash), make.takeBack(open.userId, open.hash)]),
    make.start(),
    make.cancel(context),
  ];
}

function persons(context: MatchContext): MatchEvent[] {
  return liveSets(context).flatMap((live) =>
    (['retry', 'settle', 'void'] as const).map((as) => make.resolve(context, as, { live })),
  );
}

/** Of a wallet's join also what must not be: signed without its offer, offered twice, signed by a wallet too late. */
function lifeHere(context: MatchContext, action: OpenAction): MatchEvent[] {
  const { hash } = action;
  const seat = seatByHash(context, hash);
  const life = lifeOf(context, action);
  if (seat === undefined || !isWalletSigned(seat)) return [...life, make.offered(context, hash)];
  return [
    ...life,
    make.offered(context, hash),
    make.walletSigned(hash),
    make.offerDead(hash),
    make.signed(context, hash, null),
    make.replaced(context, hash),
    make.unpayable(hash),
    make.blocked(hash),
  ];
}
