/** What the routes need. The Worker brings the real ones, tests their own. */
import type { ChainPort, SignerPort, Viewer } from '../../durable-objects/ports.ts';
import type { Caller, PeersPort } from '../../durable-objects/wire/objects.ts';
import type { Balances } from '../../durable-objects/wire/views.ts';
import type { Identity } from './identity.ts';

export interface BuildInfo {
  readonly version: string;
  /** Of the core's boundary. */
  readonly abi: number;
  readonly environment: string;
  readonly scale: number;
}

export interface ApiDeps {
  readonly identity: Identity;
  readonly peers: PeersPort;
  readonly chain: Pick<ChainPort, 'cluster' | 'programId' | 'pda'>;
  readonly signer: Pick<SignerPort, 'custodyAuthority'>;
  readonly build: BuildInfo;
  /** Opens the live socket of a match that exists, for a viewer who may see it. */
  live(objectName: string, viewer: Viewer): Promise<Response>;
  /** Whatever no route takes: the page and its files. */
  assets(request: Request): Promise<Response>;
  /** null everywhere but in development: then these routes do not exist. */
  readonly development: DevelopmentTools | null;
}

export interface DevelopmentTools {
  /** Answers false for a name that no class has. */
  evict(objectName: string): Promise<boolean>;
  /** Deposits so much more, waits until that is final, and has the mirror book it. */
  fund(
    user: Caller,
    lamports: bigint,
  ): Promise<{ readonly signature: string; readonly balances: Balances | null }>;
  genesis(): Promise<void>;
  /** Hands the faults to the local chain and answers what it says. */
  faults(body: string): Promise<Response>;
}
