/** How players come to a match: who pays and who signs, the action that follows, and what a wallet has to sign. */
import type { MatchContext, Payer, Terms } from '../../machines/match/context.ts';
import { seatByHash } from '../../machines/match/context.ts';
import type { JoinRequested, MatchEvent } from '../../machines/match/events.ts';
import type { PendingAction } from '../../machines/pending-action.ts';
import { type Refusal, refusal } from '../../machines/refusals.ts';
import type { Actor } from '../actor.ts';
import { answerIn, clientOptions, faultyTransaction, refused } from '../intake.ts';
import type { Offer } from '../kernel/records.ts';
import type { ObjectWorld, Viewer } from '../ports.ts';
import type { Answer, Caller } from '../wire/objects.ts';
import type { JoinRequest, SignRequest } from '../wire/requests.ts';
import type { SignRequestView } from '../wire/views.ts';
import { type Joiner, joinAction } from './actions.ts';

const WALLET = 0;

/** A join as the mirror would make it, before anybody has agreed to it. */
export interface Entry {
  readonly user: Joiner;
  readonly action: PendingAction;
  readonly notAfter: number;
}

export async function entryOf(
  world: ObjectWorld,
  terms: Terms,
  caller: Caller,
  request: JoinRequest,
): Promise<Entry> {
  const payer = payerOf(request);
  const user: Joiner = {
    id: caller.userId,
    wallet: caller.wallet,
    payer,
    authority: payer === 'own' ? caller.wallet : await world.signer.custodyAuthority(caller.userId),
  };
  const notAfter = request.notAfter ?? world.clock.now() + world.settings.maxNotAfterMs;
  return { user, action: joinAction(world.chain, terms, user, request, notAfter), notAfter };
}

function payerOf({ paymentMethod, depositOf }: JoinRequest): Payer {
  if (paymentMethod === WALLET) return 'wallet';
  return depositOf === 'wallet' ? 'own' : 'custody';
}

/**
 * The wallet's agreement, verified strictly; null where there is none. What a wallet signs is fixed by the player: a
 * `notAfter` that the mirror would add is not agreed to.
 */
export function intentOf(
  world: ObjectWorld,
  { user, action }: Entry,
  { signature, notAfter }: JoinRequest,
): JoinRequested['intent'] | Refusal {
  if (user.payer === 'custody' || signature === undefined || notAfter === undefined) return null;
  return world.signer.verifyHash(action.hash, user.wallet, signature)
    ? { signer: user.wallet, signature }
    : refusal('signature_invalid', "the wallet's signature over the action's hash");
}

/** What waits for a wallet, and what comes back from it. */
export class WalletDesk {
  readonly #world: ObjectWorld;
  readonly #actor: () => Actor<MatchContext, MatchEvent>;

  constructor(world: ObjectWorld, actor: () => Actor<MatchContext, MatchEvent>) {
    this.#world = world;
    this.#actor = actor;
  }

  /** The offers to this very player. */
  requestsFor({ userId }: Viewer): readonly SignRequestView[] {
    const { context, kernel } = this.#actor();
    return context.actions
      .filter((action) => action.state === 'offered' && action.userId !== null && action.userId === userId)
      .flatMap(({ hash }) => {
        const offer = kernel.records.liveOffer(hash);
        return offer === null ? [] : [signRequestOf(offer)];
      });
  }

  /** Stored with the wallet's signature before the coordinator adds its own (design: section 6). */
  sign(caller: Caller, request: SignRequest): Answer {
    const { context, kernel } = this.#actor();
    const seat = seatByHash(context, request.action);
    if (seat !== undefined && seat.userId !== caller.userId)
      return refused('forbidden', 'another player is asked to sign this');
    const options = clientOptions<MatchContext>(caller, request, () => ({
      status: 200,
      body: { action: request.action, state: 'signed' },
    }));
    const repeated = kernel.repeated(options);
    if (repeated !== null) return repeated;
    const offer = seat === undefined ? null : kernel.records.liveOffer(request.action);
    if (offer === null || offer.signature !== null) return refused('sign_request_gone');
    const found = this.#world.chain.walletSignature(offer, request.transaction);
    if ('fault' in found) return faultyTransaction(found.fault);
    const event: MatchEvent = {
      type: 'wallet.signed',
      at: this.#world.clock.now(),
      hash: request.action,
      offer: offer.id,
      signature: found.signature,
    };
    return answerIn(kernel.commit(event, options));
  }
}

export function signRequestOf({ hash, wallet, transaction, lastValidBlockHeight }: Offer): SignRequestView {
  return { action: hash, wallet, transaction, lastValidBlockHeight };
}
