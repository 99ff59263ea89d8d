/** The faucet: an account rich from the first block on, which pays airdrops by ordinary transactions. */

import type { KeyObject } from 'node:crypto';
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { encodeBase58 } from './base58.ts';
import { invalidParams } from './errors.ts';
import { addressBytes } from './svm.ts';

/** 500 million SOL, about the supply of mainnet when it started, as solana-test-validator's faucet holds. */
export const FAUCET_LAMPORTS = 500_000_000_000_000_000n;

export const SYSTEM_PROGRAM = '11111111111111111111111111111111';
const COMPUTE_BUDGET_PROGRAM = 'ComputeBudget111111111111111111111111111111';

/** What stands before the 32 secret bytes of an Ed25519 key in PKCS #8 (RFC 8410 section 7). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

const SET_COMPUTE_UNIT_LIMIT = 2;
const SYSTEM_TRANSFER = 2;
/** A transfer and the limit instruction itself take 300 units. */
const MIN_UNITS = 1_000;
const UNIT_STEPS = 1_000_000;
const MAX_U64 = (1n << 64n) - 1n;

function u32(value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt32LE(value);
  return out;
}

function u64(value: bigint): Buffer {
  const out = Buffer.alloc(8);
  out.writeBigUInt64LE(value);
  return out;
}

export class Faucet {
  readonly address: string;
  readonly #key: KeyObject;
  readonly #publicKey: Buffer;
  #paid = 0;

  /** The key follows from the seed, so that a chain with the same inputs has the same faucet. For development only. */
  constructor(seed: string) {
    const secret = createHash('sha256').update(`local-chain:faucet:${seed}`).digest();
    this.#key = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, secret]), format: 'der', type: 'pkcs8' });
    this.#publicKey = createPublicKey(this.#key).export({ format: 'der', type: 'spki' }).subarray(-32);
    this.address = encodeBase58(this.#publicKey);
  }

  /**
   * A signed transfer. Each sets another compute-unit limit: two airdrops of the same amount to the same address on
   * the same blockhash must be two transactions, not one signature twice.
   */
  transfer(to: string, lamports: bigint, blockhash: string): Uint8Array {
    if (to === this.address) throw invalidParams('the faucet cannot pay itself');
    if (lamports <= 0n || lamports > MAX_U64) throw invalidParams('lamports must be a positive u64');
    const units = MIN_UNITS + (this.#paid % UNIT_STEPS);
    this.#paid += 1;
    const message = Buffer.concat([
      Buffer.from([1, 0, 2, 4]), // one signer; the last two of four keys are read-only
      this.#publicKey,
      addressBytes(to),
      addressBytes(SYSTEM_PROGRAM),
      addressBytes(COMPUTE_BUDGET_PROGRAM),
      addressBytes(blockhash),
      Buffer.from([2, 3, 0, 5, SET_COMPUTE_UNIT_LIMIT]),
      u32(units),
      Buffer.from([2, 2, 0, 1, 12]),
      u32(SYSTEM_TRANSFER),
      u64(lamports),
    ]);
    return Buffer.concat([Buffer.from([1]), sign(null, message, this.#key), message]);
  }
}
