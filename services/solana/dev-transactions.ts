/**
 * Development only: transactions outside the action model (airdrops, set-up, a player's deposit), sent and awaited in
 * one go. Nothing here is stored first, so nothing here may ever carry a player's real money.
 */
import type { TransactionInstruction } from '@solana/web3.js';
import type * as z from 'zod';
import { ChainUnavailable, type Commitment, type PreparedTransaction } from '../../durable-objects/ports.ts';
import { lamports, signatureText, statusAnswer, withContext } from './answers.ts';
import type { SolanaParts } from './connect.ts';
import { SolanaError } from './errors.ts';
import { publicKey } from './keys.ts';
import { compileLegacy } from './message.ts';
import { sendTo } from './send.ts';
import type { MessageSigner } from './signers.ts';
import { signedWire } from './transactions.ts';

export interface DevDeps {
  /** Unix ms. */
  now(): number;
  sleep(ms: number): Promise<void>;
}

/** Finality takes 32 slots: 13 s at mainnet's old pace, 2 s on a local chain with 50 ms slots. */
const WAIT_MS = 60_000;
const POLL_MS = 50;

/** Code: `development_only`. */
export function developmentOnly(parts: SolanaParts, what: string): void {
  if (!parts.settings.development) throw new SolanaError('development_only', what);
}

export async function balanceOf(parts: SolanaParts, address: string): Promise<bigint> {
  const { value } = await parts.pool.read((provider) =>
    provider.call('getBalance', [address, { commitment: 'confirmed' }], withContext(lamports)),
  );
  return value;
}

/** Waits until the money is there at `confirmed`. The local faucet takes one airdrop of at most 2^53 - 1 lamports. */
export async function airdrop(
  parts: SolanaParts,
  deps: DevDeps,
  address: string,
  amount: bigint,
): Promise<void> {
  if (amount <= 0n || amount > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new SolanaError('development_failed', `airdrop of ${amount}`);
  }
  const signature = await parts.pool.read((provider) =>
    provider.call('requestAirdrop', [address, Number(amount)], signatureText),
  );
  await waitFor(parts, deps, signature, 'confirmed');
}

/** The first signer pays. Codes: `development_failed`, `transaction_too_large`. */
export async function execute(
  parts: SolanaParts,
  deps: DevDeps,
  signers: readonly [MessageSigner, ...MessageSigner[]],
  instructions: readonly TransactionInstruction[],
): Promise<{ readonly signature: string; readonly slot: number }> {
  const { blockhash, lastValidBlockHeight, slot, provider } = await parts.latestBlockhash();
  const message = compileLegacy(publicKey(signers[0].address), blockhash, instructions);
  const wire = await signedWire(message, signers);
  const attempt: PreparedTransaction = {
    ...wire,
    blockhash,
    lastValidBlockHeight,
    blockhashSlot: slot,
    provider,
  };
  const outcome = await sendTo(parts.pool, attempt);
  if ('error' in outcome) throw new SolanaError('development_failed', outcome.error);
  return { signature: wire.signature, slot: await waitFor(parts, deps, wire.signature, 'finalized') };
}

/** The slot it landed in. After `WAIT_MS`, or once it failed: `development_failed`. */
async function waitFor(
  parts: SolanaParts,
  deps: DevDeps,
  signature: string,
  commitment: Commitment,
): Promise<number> {
  const enough = commitment === 'finalized' ? ['finalized'] : ['confirmed', 'finalized'];
  for (const end = deps.now() + WAIT_MS; deps.now() < end; await deps.sleep(POLL_MS)) {
    const status = await currentStatus(parts, signature);
    if (status === null) continue;
    if (status.err !== null) throw new SolanaError('development_failed', `${signature} failed`);
    if (enough.includes(status.confirmationStatus ?? '')) return status.slot;
  }
  throw new SolanaError('development_failed', `${signature} not ${commitment} in ${WAIT_MS} ms`);
}

async function currentStatus(
  parts: SolanaParts,
  signature: string,
): Promise<z.infer<typeof statusAnswer>['value'][0]> {
  try {
    const answer = await parts.pool.read((provider) =>
      provider.call('getSignatureStatuses', [[signature], { searchTransactionHistory: true }], statusAnswer),
    );
    return answer.value[0];
  } catch (error) {
    // A look that got no answer; the next one may.
    if (error instanceof ChainUnavailable) return null;
    throw error;
  }
}
