/** Hosts one shard of the directory. */
import { DirectoryDO as DirectoryActor } from '../../durable-objects/DirectoryDO.ts';
import type {
  AnchoredEntry,
  Attachment,
  ChainStanding,
  DirectoryEntry,
  DirectoryObject,
} from '../../durable-objects/wire/objects.ts';
import type { Env } from './env.ts';
import { ObjectHost } from './object-host.ts';

export class DirectoryDO extends ObjectHost<DirectoryActor> implements DirectoryObject {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, (world) => new DirectoryActor(world));
  }

  async attach(entry: AnchoredEntry): Promise<Attachment> {
    return await this.object.attach(entry);
  }

  async standing(): Promise<ChainStanding> {
    return await this.object.standing();
  }

  async publish(standing: ChainStanding): Promise<{ readonly active: number }> {
    return await this.object.publish(standing);
  }

  async list(after: string, limit: number, activeOnly: boolean): Promise<readonly DirectoryEntry[]> {
    return await this.object.list(after, limit, activeOnly);
  }
}
