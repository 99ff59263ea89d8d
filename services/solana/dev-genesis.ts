/** Development only: makes the program ready for matches, as its operator would once on a real cluster. */
import { sha256 } from '@noble/hashes/sha2';
import { Keypair, type TransactionInstruction } from '@solana/web3.js';
import { accountsAnswer } from './answers.ts';
import type { SolanaParts } from './connect.ts';
import { airdrop, balanceOf, type DevDeps, developmentOnly, execute } from './dev-transactions.ts';

/** Play money. The coordinator pays some 0.014 SOL of rent for each match that it creates. */
const COORDINATOR_LAMPORTS = 100_000_000_000n;
/** So that a first small fee does not leave the treasury below the rent minimum, which would revert it (H-20). */
const TREASURY_LAMPORTS = 1_000_000_000n;

/** `ruleEngineUrl` must not be empty for the program, and nobody fetches it. */
const GAMES = [
  {
    kind: 'register_game',
    gameId: 0,
    name: 'CLAIM',
    minPlayers: 2,
    maxPlayers: 4,
    ruleEngineUrl: 'https://rules.invalid/claim',
    version: 1,
  },
  // The largest table that the program takes.
  {
    kind: 'register_game',
    gameId: 1,
    name: 'ROUND TABLE',
    minPlayers: 2,
    maxPlayers: 10,
    ruleEngineUrl: 'https://rules.invalid/round-table',
    version: 1,
  },
] as const;

/** A public seed, on purpose: it is nobody's treasury. */
export function developmentTreasury(): Keypair {
  return Keypair.fromSeed(sha256(new TextEncoder().encode('money-match/development-treasury')));
}

/**
 * Funds the coordinator and the treasury, and creates config, registry and games where they are missing. May be called
 * at every start: what exists is left as it is. Codes: `development_only`, `development_failed`.
 */
export async function ensureProgram(parts: SolanaParts, deps: DevDeps): Promise<void> {
  developmentOnly(parts, 'ensureProgram');
  const coordinator = parts.signers.coordinator;
  const treasury = developmentTreasury().publicKey.toBase58();
  await topUp(parts, deps, coordinator, COORDINATOR_LAMPORTS);
  await topUp(parts, deps, treasury, TREASURY_LAMPORTS);
  const missing = await missingInstructions(parts, coordinator, treasury);
  if (missing.length === 0) return;
  await execute(parts, deps, [parts.signers.coordinatorSigner(coordinator)], missing);
}

async function topUp(parts: SolanaParts, deps: DevDeps, address: string, lamports: bigint): Promise<void> {
  if ((await balanceOf(parts, address)) < lamports / 2n) await airdrop(parts, deps, address, lamports);
}

/** A registry is created together with its games, in one transaction: so one that exists has them. */
async function missingInstructions(
  { pool, pdas, lists, instructions }: SolanaParts,
  coordinator: string,
  treasury: string,
): Promise<readonly TransactionInstruction[]> {
  const addresses = [pdas.derive('config').address, pdas.derive('registry').address];
  const options = { commitment: 'confirmed', encoding: 'base64' };
  const { value } = await pool.read((provider) =>
    provider.call('getMultipleAccounts', [addresses, options], accountsAnswer),
  );
  const [config, registry] = value;
  const configAccounts = lists.singleton('config', coordinator);
  const registryAccounts = lists.singleton('registry', coordinator);
  return [
    ...(config
      ? []
      : [
          instructions.instruction(configAccounts, {
            kind: 'initialize_config',
            treasuryMultisig: treasury,
          }),
        ]),
    ...(registry
      ? []
      : [
          instructions.instruction(registryAccounts, { kind: 'initialize_registry' }),
          ...GAMES.map((game) => instructions.instruction(registryAccounts, game)),
        ]),
  ];
}
