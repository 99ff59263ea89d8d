/**
 * Hosts one plain object in a Durable Object: builds its world from the platform, and forwards what the platform brings.
 * No rule of the business stands here.
 */
import { DurableObject } from 'cloudflare:workers';
import type { ObjectWorld, SocketsPort } from '../../durable-objects/ports.ts';
import { logAlerts } from '../alerts.ts';
import { type Env, isDevelopment, mirrorSettingsOf } from './env.ts';
import { logLine } from './log.ts';
import { ObjectPeers } from './peers.ts';
import { solanaServices } from './solana-services.ts';
import { DurableAlarm, DurableSql } from './storage.ts';

const NO_SOCKETS: SocketsPort = { count: () => 0, broadcast: () => {} };

export abstract class ObjectHost<T extends { alarm(): Promise<void> }> extends DurableObject<Env> {
  protected readonly object: T;

  protected constructor(
    ctx: DurableObjectState,
    env: Env,
    make: (world: ObjectWorld) => T,
    sockets: SocketsPort = NO_SOCKETS,
  ) {
    super(ctx, env);
    this.object = make(worldOf(ctx, env, sockets));
  }

  override async alarm(): Promise<void> {
    try {
      await this.object.alarm();
    } catch (error) {
      // The object arms a dead-man before it works, so the platform's six retries are not what it depends on; they do
      // no harm either. The line is what an operator sees.
      logLine('error', 'alarm_failed', { object: this.ctx.id.name ?? null, error: String(error) });
      throw error;
    }
  }

  /** Development only: loses the memory of the object as an eviction does. The call itself ends in an error. */
  async evict(): Promise<void> {
    if (!isDevelopment(this.env)) return;
    this.ctx.abort('evicted for development');
  }
}

function worldOf(ctx: DurableObjectState, env: Env, sockets: SocketsPort): ObjectWorld {
  const { name } = ctx.id;
  if (name === undefined) throw new Error('unnamed_object: objects are reached by name only');
  const { chain, probes } = solanaServices(env);
  return {
    name,
    settings: mirrorSettingsOf(env),
    sql: new DurableSql(ctx.storage),
    alarm: new DurableAlarm(ctx.storage),
    clock: { now: () => Date.now() },
    random: { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)) },
    sockets,
    chain,
    signer: chain,
    probes,
    peers: new ObjectPeers(env, chain),
    alerts: logAlerts,
  };
}
