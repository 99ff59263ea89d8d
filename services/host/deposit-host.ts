/** Hosts a user's deposit. */
import { UserDepositDO as DepositActor } from '../../durable-objects/UserDepositDO.ts';
import type {
  AlertRow,
  Binding,
  ChainFact,
  ChainVerdict,
  CompareOutcome,
  DepositObject,
  HoldAnswer,
  JournalPage,
} from '../../durable-objects/wire/objects.ts';
import type { DepositView } from '../../durable-objects/wire/views.ts';
import type { Env } from './env.ts';
import { ObjectHost } from './object-host.ts';

export class UserDepositDO extends ObjectHost<DepositActor> implements DepositObject {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, (world) => new DepositActor(world));
  }

  async hold(
    binding: Binding,
    request: { token: string; amount: string; matchId: string },
  ): Promise<HoldAnswer> {
    return await this.object.hold(binding, request);
  }

  async confirm(holdToken: string): Promise<HoldAnswer> {
    return await this.object.confirm(holdToken);
  }

  async release(
    binding: Binding,
    request: { token: string; holdToken: string; matchId: string },
  ): Promise<HoldAnswer> {
    return await this.object.release(binding, request);
  }

  async fact(binding: Binding, fact: ChainFact): Promise<HoldAnswer> {
    return await this.object.fact(binding, fact);
  }

  async reconcile(binding: Binding | null, runId: string): Promise<CompareOutcome> {
    return await this.object.reconcile(binding, runId);
  }

  async view(): Promise<DepositView | null> {
    return await this.object.view();
  }

  async journal(from: number, limit: number): Promise<JournalPage> {
    return await this.object.journal(from, limit);
  }

  async alerts(): Promise<readonly AlertRow[]> {
    return await this.object.alerts();
  }

  async chainVerdict(verdict: ChainVerdict): Promise<void> {
    await this.object.chainVerdict(verdict);
  }
}
