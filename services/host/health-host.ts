/** Hosts the monitor of one cluster. */
import { SolanaHealthMonitorDO as HealthActor } from '../../durable-objects/SolanaHealthMonitorDO.ts';
import type {
  AlertRow,
  ChainStanding,
  HealthObject,
  JournalPage,
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

  async journal(from: number, limit: number): Promise<JournalPage> {
    return await this.object.journal(from, limit);
  }

  async alerts(): Promise<readonly AlertRow[]> {
    return await this.object.alerts();
  }
}
