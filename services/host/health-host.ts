/** Hosts the monitor of one cluster. */
import { SolanaHealthMonitorDO as HealthActor } from '../../durable-objects/SolanaHealthMonitorDO.ts';
import type {
  AlertRow,
  ChainStanding,
  HealthObject,
  JournalPage,
  PermitAnswer,
  PermitRequest,
  ProviderReport,
} from '../../durable-objects/wire/objects.ts';
import type { HealthView } from '../../durable-objects/wire/views.ts';
import type { Env } from './env.ts';
import { ObjectHost } from './object-host.ts';

export class SolanaHealthMonitorDO extends ObjectHost<HealthActor> implements HealthObject {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, (world) => new HealthActor(world));
  }

  async view(): Promise<HealthView> {
    return await this.object.view();
  }

  async standing(): Promise<ChainStanding> {
    return await this.object.standing();
  }

  async watch(): Promise<void> {
    await this.object.watch();
  }

  async report(reports: readonly ProviderReport[]): Promise<void> {
    await this.object.report(reports);
  }

  async permit(request: PermitRequest): Promise<PermitAnswer> {
    return await this.object.permit(request);
  }

  async permitReturned(request: PermitRequest, outcome: 'done' | 'trouble'): Promise<void> {
    await this.object.permitReturned(request, outcome);
  }

  async journal(from: number, limit: number): Promise<JournalPage> {
    return await this.object.journal(from, limit);
  }

  async alerts(): Promise<readonly AlertRow[]> {
    return await this.object.alerts();
  }
}
