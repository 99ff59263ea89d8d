/**
 * Whole matches of two players, told by the parts of `match-script.ts`: played, called off, paid by wallets or by deposits
 * of their own, and ended by a person. What the kernel pays for a match is measured on them.
 */
import { feeBreakdown, prizeDistribution, refundBreakdown } from '../../core/index.ts';
import { ownAction } from '../../durable-objects/match/actions.ts';
import type { SettlementActions, SettlementFigures } from '../../machines/match/events.ts';
import type { PendingAction } from '../../machines/pending-action.ts';
import { asked, chain, FEE, HOST, key, MATCH_ID, MatchScript, program } from './match-script.ts';

const PLAYERS = ['ann', 'bob'] as const;
const RESULT = [{ userId: 'ann', shareBps: 10_000 }];
const OPERATOR = { userId: 'olga', role: 'operator' } as const;

export class MatchStory extends MatchScript {
  /** Created, joined by two, played and paid out, online all the way. */
  play(): void {
    this.#seated();
    this.drive(this.#start(), {});
    this.drive(this.#end(), { endedAt: '1800000100' }, this.#prizes());
  }

  /** Created, joined by two, of whom one had changed their mind before; called off and paid back. */
  callOff(): void {
    this.drive(this.create(), { createdAt: '1800000000' });
    const [first, second] = PLAYERS;
    this.takeBack(first, this.join(first).hash);
    this.drive(this.join(first, 'custody', 0), { seatIndex: 0 });
    this.drive(this.join(second), { seatIndex: 1 });
    this.drive(this.#cancel(), {}, this.#refunds());
  }

  /** The same as `play`, with stakes that the players' own wallets sign for. */
  playByWallets(): void {
    this.drive(this.create(0), { createdAt: '1800000000' });
    for (const [seatIndex, user] of PLAYERS.entries())
      this.driveByWallet(this.join(user, 'wallet'), { seatIndex });
    this.drive(this.#start(), {});
    this.drive(this.#end(), { endedAt: '1800000100' }, this.#prizes());
  }

  /** Stakes out of the deposits of the players' own wallets; paid by a distribution of its own. */
  playByOwnDeposits(): void {
    this.drive(this.create(), { createdAt: '1800000000' });
    for (const [seatIndex, user] of PLAYERS.entries())
      this.driveByWallet(this.join(user, 'own'), { seatIndex });
    this.drive(this.#start(), {});
    const { end, distribute } = this.#endApart();
    this.drive(end, { endedAt: '1800000100' });
    this.drive(distribute, {}, this.#prizes());
  }

  /** Started, and left by a player; its start waits for a person, who voids the match. */
  beVoided(): void {
    this.#seated();
    const start = this.#start();
    this.#leave('bob');
    this.step({ type: 'action.review', at: this.now, hash: start.hash, reason: 'the table is another one' });
    this.drive(this.#void(), {}, this.#refunds());
  }

  #seated(): void {
    this.drive(this.create(), { createdAt: '1800000000' });
    for (const [seatIndex, user] of PLAYERS.entries()) this.drive(this.join(user), { seatIndex });
  }

  #leave(userId: string): void {
    const request = { userId, present: false };
    this.commit(
      { type: 'player.presence', at: this.now, caller: HOST, ...request },
      {
        ...asked('host', { clientKey: key(6), ...request }),
        answer: () => ({ status: 200, body: { matchId: MATCH_ID, absent: [] } }),
      },
    );
  }

  #void(): PendingAction {
    const { context } = this.kernel.standing;
    const refund = ownAction(chain, context, this.terms, 'refund', { reason: 0, abandonedUserId: null });
    const { phase, endedAt, matchHash, slot } = context.facts;
    const request = { as: 'void', reason: 'it cannot start' } as const;
    this.commit(
      {
        ...{ type: 'review.resolve', at: this.now, operator: OPERATOR.userId, ...request },
        ...{ live: [], observed: { phase, endedAt, matchHash, slot }, refund, result: null },
      },
      {
        ...asked(OPERATOR.userId, { clientKey: key(8), ...request }),
        answer: () => ({ status: 200, body: { matchId: MATCH_ID, state: 'cancelling' } }),
      },
    );
    return refund;
  }

  #start(): PendingAction {
    const action = ownAction(chain, this.kernel.standing.context, this.terms, 'start', {});
    const caller = { userId: HOST.userId, role: HOST.role };
    this.commit(
      { type: 'match.start', at: this.now, caller, allowProvisional: true, action },
      {
        ...asked('host', { clientKey: key(3) }),
        answer: () => ({
          status: 200,
          body: { matchId: MATCH_ID, action: action.hash, state: 'playing' },
        }),
      },
    );
    return action;
  }

  #end(): PendingAction {
    const { end } = this.#settlement();
    return this.#endBy({ end, distribute: null, transactionBytes: 900 });
  }

  /** As where the two do not fit into one transaction. */
  #endApart(): { readonly end: PendingAction; readonly distribute: PendingAction } {
    const { end, distribute } = this.#settlement();
    this.#endBy({ end, distribute, transactionBytes: 1_300 });
    return { end, distribute };
  }

  #settlement() {
    const args = { result: RESULT, matchHash: null, hotUrl: null };
    const { context } = this.kernel.standing;
    const end = ownAction(chain, context, this.terms, 'end', args);
    return { end, distribute: ownAction(chain, context, this.terms, 'distribute', { result: RESULT }) };
  }

  #endBy(settlement: SettlementActions): PendingAction {
    const action = settlement.end;
    const request = { clientKey: key(4), result: RESULT };
    const caller = { userId: HOST.userId, role: HOST.role };
    this.commit(
      {
        type: 'match.end',
        at: this.now,
        caller,
        shares: RESULT,
        matchHash: null,
        hotUrl: null,
        settlement,
      },
      {
        ...asked('host', request),
        answer: () => ({
          status: 200,
          body: { matchId: MATCH_ID, action: action.hash, state: 'ended' },
        }),
      },
    );
    return action;
  }

  #cancel(): PendingAction {
    const decided = { reason: 0, abandonedUserId: null } as const;
    const action = ownAction(chain, this.kernel.standing.context, this.terms, 'refund', decided);
    const by = { userId: 'olga', role: 'operator' } as const;
    this.commit(
      { type: 'match.cancel', at: this.now, by, ...decided, action },
      {
        ...asked('olga', { clientKey: key(5), reason: 'platform_fault' }),
        answer: () => ({ status: 200, body: { matchId: MATCH_ID, state: 'cancelling' } }),
      },
    );
    return action;
  }

  #refunds(): SettlementFigures {
    const stakes = [BigInt(FEE), BigInt(FEE)];
    const { payouts, treasury } = refundBreakdown({
      totalEntry: 2n * BigInt(FEE),
      stakes,
      listed: [0, 1],
      reason: 0,
      cancellationFeeBps: 250,
      abandoned: null,
    });
    return {
      kind: 'refunds',
      totalEntry: (2n * BigInt(FEE)).toString(),
      cancellationFeeBps: 250,
      refunds: ['ann', 'bob'].map((userId, index) => ({ userId, lamports: String(payouts[index]) })),
      treasury: treasury.toString(),
    };
  }

  #prizes(): SettlementFigures {
    const total = 2n * BigInt(FEE);
    const { netPool } = feeBreakdown(total, program.platformFeeBps);
    const prizes = prizeDistribution(netPool, [10_000]).prizes.map(String);
    return { kind: 'prizes', totalEntry: total.toString(), platformFeeBps: program.platformFeeBps, prizes };
  }
}
