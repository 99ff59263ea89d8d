/** One thing, one object: the names (formats: Names). All parts are base58, so that `/` cannot occur in them. */
import { sha256 } from '../core/index.ts';

interface Cluster {
  readonly cluster: string;
  readonly programId: string;
}

export const DIRECTORY_SHARDS = 16;

export function matchName(chain: Cluster, matchPda: string): string {
  return `match/${chain.cluster}/${chain.programId}/${matchPda}`;
}

export function depositName(chain: Cluster, authority: string): string {
  return `deposit/${chain.cluster}/${chain.programId}/${authority}`;
}

export function healthName(chain: Pick<Cluster, 'cluster'>): string {
  return `health/${chain.cluster}`;
}

export function directoryName(shard: number): string {
  return `directory/shard-${shard}`;
}

/** First byte of SHA-256 of the object's name, mod 16. Names are ASCII. */
export function shardOf(objectName: string): number {
  const bytes = Uint8Array.from(objectName, (character) => character.charCodeAt(0));
  return (sha256(bytes)[0] ?? 0) % DIRECTORY_SHARDS;
}
