/** services/solana on the real local chain with the real program, in one process and on a clock of its own. */
import { readFileSync } from 'node:fs';
import type { ChainPort, SignerPort, TransactionPlan } from '../../../durable-objects/ports.ts';
import { LocalChain } from '../../../services/local-chain/chain.ts';
import { handleRpcText } from '../../../services/local-chain/rpc/handle.ts';
import { SolanaChain } from '../../../services/solana/chain.ts';
import { connect, type SolanaParts } from '../../../services/solana/connect.ts';
import type { DevDeps } from '../../../services/solana/dev-transactions.ts';
import type { Fetch } from '../../../services/solana/json-rpc.ts';
import type { SolanaSettings } from '../../../services/solana/settings.ts';
import { PROGRAM_ID, settings } from './fixtures.ts';

const ELF = new URL('../../../core/match-program/artifact/match_program.so', import.meta.url);
const START = 1_800_000_000_000;
const SLOT_MS = 400;

export interface LocalWorld {
  readonly local: LocalChain;
  readonly settings: SolanaSettings;
  readonly fetch: Fetch;
  readonly parts: SolanaParts;
  readonly chain: ChainPort & SignerPort;
  readonly dev: DevDeps;
  /** Produces so many blocks. */
  blocks(count: number): void;
  /** Prepares, sends and makes final; answers the signature. */
  land(plan: TransactionPlan): Promise<string>;
}

export function localWorld(): LocalWorld {
  const local = new LocalChain({
    startAt: START,
    slotMs: SLOT_MS,
    programs: [{ address: PROGRAM_ID, elf: readFileSync(ELF) }],
  });
  const fetch: Fetch = async (_, { body }) => new Response(handleRpcText(local, body));
  const given = settings({ cluster: local.genesisHash, development: true });
  const parts = connect(given, { fetch, now: Date.now });
  const chain = new SolanaChain(parts);
  let time = START;
  const advance = (ms: number): void => {
    time += ms;
    local.advanceTo(time);
  };
  const blocks = (count: number): void => advance(count * SLOT_MS);
  return {
    local,
    settings: given,
    fetch,
    parts,
    chain,
    dev: { now: () => time, sleep: async (ms) => advance(ms) },
    blocks,
    async land(plan) {
      const attempt = await chain.prepare(plan);
      const outcome = await chain.send(attempt);
      if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
      blocks(40);
      return attempt.signature;
    },
  };
}
