/** Hosts a user's deposit. */
import { UserDepositDO as DepositActor } from '../../durable-objects/UserDepositDO.ts';
import type {
  AlertRow,
  Answer,
  Binding,
  Caller,
  ChainFact,
  ChainVerdict,
  CompareOutcome,
  DepositObject,
  HoldAnswer,
  HoldRequest,
  JournalPage,
  ReleaseRequest,
} from '../../durable-objects/wire/objects.ts';
import type {
  DepositRequest,
  ResolveDepositRequest,
  SignRequest,
  TakeBackTransferRequest,
  WithdrawRequest,
} from '../../durable-objects/wire/requests.ts';
import type {
  ActionOutcome,
  Balances,
  DepositView,
  ReviewPage,
  StatementPage,
} from '../../durable-objects/wire/views.ts';
import type { Env } from './env.ts';
import { ObjectHost } from './object-host.ts';

export class UserDepositDO extends ObjectHost<DepositActor> implements DepositObject {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, (world) => new DepositActor(world));
  }

  async hold(binding: Binding, request: HoldRequest): Promise<HoldAnswer> {
    return await this.object.hold(binding, request);
  }

  async admit(binding: Binding, request: HoldRequest): Promise<HoldAnswer> {
    return await this.object.admit(binding, request);
  }

  async confirm(holdToken: string): Promise<HoldAnswer> {
    return await this.object.confirm(holdToken);
  }

  async release(binding: Binding, request: ReleaseRequest): Promise<HoldAnswer> {
    return await this.object.release(binding, request);
  }

  async conclude(binding: Binding, request: { token: string; holdToken: string }): Promise<HoldAnswer> {
    return await this.object.conclude(binding, request);
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

  async deposit(caller: Caller, request: DepositRequest): Promise<Answer> {
    return await this.object.deposit(caller, request);
  }

  async withdraw(caller: Caller, request: WithdrawRequest): Promise<Answer> {
    return await this.object.withdraw(caller, request);
  }

  async sign(caller: Caller, request: SignRequest): Promise<Answer> {
    return await this.object.sign(caller, request);
  }

  async takeBack(caller: Caller, hash: string, request: TakeBackTransferRequest): Promise<Answer> {
    return await this.object.takeBack(caller, hash, request);
  }

  async statement(from: number, limit: number): Promise<StatementPage> {
    return await this.object.statement(from, limit);
  }

  async outcome(hash: string): Promise<ActionOutcome | null> {
    return await this.object.outcome(hash);
  }

  async balanceAt(seq: number): Promise<Balances | null> {
    return await this.object.balanceAt(seq);
  }

  async resolve(operator: Caller, request: ResolveDepositRequest): Promise<Answer> {
    return await this.object.resolve(operator, request);
  }

  async journal(from: number, limit: number): Promise<JournalPage> {
    return await this.object.journal(from, limit);
  }

  async alerts(): Promise<readonly AlertRow[]> {
    return await this.object.alerts();
  }

  async reviews(from: number, limit: number): Promise<ReviewPage> {
    return await this.object.reviews(from, limit);
  }

  async chainVerdict(verdict: ChainVerdict): Promise<void> {
    await this.object.chainVerdict(verdict);
  }
}
