/** What new matches are created by, also during an outage: kept in the shards with the verdict. */
import { decodeConfig, decodeRegistry } from '../../core/index.ts';
import type { ChainPort } from '../ports.ts';
import type { ProgramFacts } from '../wire/objects.ts';

/** null: the program has no settings yet. */
export async function readProgram(chain: Pick<ChainPort, 'accounts' | 'pda'>): Promise<ProgramFacts | null> {
  const { slot, accounts } = await chain.accounts([
    chain.pda('config').address,
    chain.pda('registry').address,
  ]);
  const [config, registry] = accounts;
  if (config == null || registry == null) return null;
  const facts = decodeConfig(config.data);
  return {
    slot,
    platformFeeBps: facts.platformFeeBps,
    treasury: facts.treasuryMultisig,
    minEntryFee: facts.minEntryFee.toString(),
    maxEntryFee: facts.maxEntryFee.toString(),
    withdrawalFee: facts.withdrawalFee.toString(),
    isPaused: facts.isPaused,
    paymentMethods: facts.supportedPaymentMethods,
    games: decodeRegistry(registry.data).games.map(({ gameId, minPlayers, maxPlayers, enabled }) => ({
      gameId,
      minPlayers,
      maxPlayers,
      enabled,
    })),
  };
}
