/** Reads the chain over its own JSON-RPC, past the mirror: what the mirror says is checked against this. */
import * as z from 'zod';
import { base58Decode, decodeInstruction, type MoneyInstruction } from '../../core/index.ts';
import { parseLossless } from '../solana/lossless-json.ts';
import { DevError } from './errors.ts';

const u64 = z.union([z.int().min(0), z.bigint()]).transform(BigInt);
const balance = z.object({ value: u64 });
const account = z.object({
  value: z.object({ lamports: u64, data: z.tuple([z.string(), z.literal('base64')]) }).nullable(),
});
const history = z.array(z.object({ signature: z.string(), err: z.unknown() }));
const transaction = z.object({
  meta: z.object({ err: z.unknown(), fee: u64 }),
  transaction: z.object({
    message: z.object({
      accountKeys: z.array(z.string()),
      instructions: z.array(z.object({ programIdIndex: z.int(), data: z.string() })),
    }),
  }),
});

/** The instructions of one successful transaction that went to the program, in order. */
export interface ProgramTransaction {
  readonly signature: string;
  readonly instructions: readonly MoneyInstruction[];
  /** Lamports, and whose. */
  readonly fee: bigint;
  readonly feePayer: string;
}

export class ChainReader {
  readonly #rpcUrl: string;
  readonly #programId: string;

  constructor(rpcUrl: string, programId: string) {
    this.#rpcUrl = rpcUrl;
    this.#programId = programId;
  }

  /** At `finalized`, as everything here. */
  async balance(address: string): Promise<bigint> {
    return (await this.#call('getBalance', [address, { commitment: 'finalized' }], balance)).value;
  }

  /** null where there is none. */
  async account(address: string): Promise<{ readonly lamports: bigint; readonly data: Uint8Array } | null> {
    const options = { commitment: 'finalized', encoding: 'base64' };
    const { value } = await this.#call('getAccountInfo', [address, options], account);
    return value === null ? null : { lamports: value.lamports, data: Buffer.from(value.data[0], 'base64') };
  }

  /** Code: `http_failed` where there is no such account. */
  async data(address: string): Promise<Uint8Array> {
    const found = await this.account(address);
    if (found === null) throw new DevError('http_failed', `no account ${address} on the chain`);
    return found.data;
  }

  /** Lamports that an account of so many bytes must keep. */
  async rent(bytes: number): Promise<bigint> {
    return await this.#call('getMinimumBalanceForRentExemption', [bytes], u64);
  }

  /** Out of the local chain's faucet. On its way when this returns. */
  async airdrop(address: string, lamports: bigint): Promise<void> {
    await this.#call('localchain_airdrop', [address, `${lamports}`], z.string());
  }

  /** Oldest first; only what succeeded. At most 1,000, far beyond one match. */
  async transactions(address: string): Promise<readonly ProgramTransaction[]> {
    const entries = await this.#call(
      'getSignaturesForAddress',
      [address, { commitment: 'finalized' }],
      history,
    );
    const succeeded = entries.filter(({ err }) => err === null).reverse();
    return await Promise.all(succeeded.map(({ signature }) => this.#transaction(signature)));
  }

  async #transaction(signature: string): Promise<ProgramTransaction> {
    const options = { commitment: 'finalized', encoding: 'json', maxSupportedTransactionVersion: 0 };
    const { meta, transaction: wire } = await this.#call('getTransaction', [signature, options], transaction);
    const { message } = wire;
    const ours = message.instructions.filter(
      ({ programIdIndex }) => message.accountKeys[programIdIndex] === this.#programId,
    );
    return {
      signature,
      instructions: ours.map(({ data }) => decodeInstruction(base58Decode(data))),
      fee: meta.fee,
      feePayer: message.accountKeys[0] ?? '',
    };
  }

  async #call<T>(method: string, params: readonly unknown[], result: z.ZodType<T>): Promise<T> {
    const response = await fetch(this.#rpcUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
    const parsed = z.object({ result }).safeParse(parseLossless(await response.text()));
    if (!parsed.success) throw new DevError('http_failed', `${method}: ${parsed.error.issues[0]?.message}`);
    return parsed.data.result;
  }
}
