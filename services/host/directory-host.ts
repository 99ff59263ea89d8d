/** Hosts one shard of the directory. */
import { DirectoryDO as DirectoryActor } from '../../durable-objects/DirectoryDO.ts';
import type {
  Attachment,
  ChainVerdict,
  DirectoryEntry,
  DirectoryObject,
} from '../../durable-objects/wire/objects.ts';
import type { Env } from './env.ts';
import { ObjectHost } from './object-host.ts';

export class DirectoryDO extends ObjectHost<DirectoryActor> implements DirectoryObject {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, (world) => new DirectoryActor(world));
  }

  async attach(entry: DirectoryEntry & { readonly seq: number; readonly head: string }): Promise<Attachment> {
    return await this.object.attach(entry);
  }

  async verdict(): Promise<ChainVerdict | null> {
    return await this.object.verdict();
  }

  async publish(verdict: ChainVerdict): Promise<void> {
    await this.object.publish(verdict);
  }

  async list(after: string, limit: number, activeOnly: boolean): Promise<readonly DirectoryEntry[]> {
    return await this.object.list(after, limit, activeOnly);
  }
}
