/** Accounts and transactions in the shapes of Solana's JSON-RPC. */

import { encodeBase58 } from '../base58.ts';
import { ChainError, invalidParams, RPC_CODE } from '../errors.ts';
import type { TransactionRecord } from '../history.ts';
import type { ChainAccount, InnerInstructions, Outcome } from '../svm.ts';
import type { TransactionErrorJson } from '../svm-errors.ts';
import type { CompiledInstruction, Message } from '../transaction.ts';
import type { Json } from './json.ts';
import { u64 } from './json.ts';

/** Base58 is quadratic; Solana refuses it for longer data (MAX_BASE58_BYTES). */
const MAX_BASE58_BYTES = 128;

export type AccountEncoding = 'binary' | 'base58' | 'base64' | 'base64+zstd' | 'jsonParsed';

export interface DataSlice {
  readonly offset: number;
  readonly length: number;
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** `binary` is the oldest form, a bare base58 text, and still what a request without an encoding gets. */
function encodeData(data: Uint8Array, encoding: AccountEncoding): Json {
  if (encoding === 'base64+zstd')
    throw invalidParams('Invalid params: encoding base64+zstd is not supported here');
  // This chain parses no account; Solana, too, answers a jsonParsed request with base64 where it has no parser.
  if (encoding === 'base64' || encoding === 'jsonParsed') return [base64(data), 'base64'];
  if (data.length > MAX_BASE58_BYTES) {
    const message =
      'Encoded binary (base 58) data should be less than 128 bytes, please use Base64 encoding.';
    throw new ChainError(RPC_CODE.invalidRequest, message);
  }
  const text = encodeBase58(data);
  return encoding === 'binary' ? text : [text, 'base58'];
}

/** An account as getAccountInfo shows it. `space` is the whole length, also where a slice is shown. */
export function encodeAccount(
  account: ChainAccount | null,
  encoding: AccountEncoding,
  slice?: DataSlice | null,
): Json {
  if (account === null) return null;
  const data = slice ? account.data.subarray(slice.offset, slice.offset + slice.length) : account.data;
  return {
    data: encodeData(data, encoding),
    executable: account.executable,
    lamports: u64(account.lamports),
    owner: account.owner,
    rentEpoch: u64(account.rentEpoch),
    space: account.data.length,
  };
}

/** Top-level instructions have stack height 1; those they call are one higher for each level. */
function encodeInstruction(ix: CompiledInstruction, stackHeight: number): Json {
  return {
    accounts: ix.accounts,
    data: encodeBase58(ix.data),
    programIdIndex: ix.programIdIndex,
    stackHeight,
  };
}

/** Only instructions that called others have an entry. */
export function encodeInner(inner: readonly InnerInstructions[]): Json {
  return inner.map(({ index, instructions }) => ({
    index,
    instructions: instructions.map((ix) => encodeInstruction(ix, ix.stackHeight)),
  }));
}

/** Solana leaves the field out where a program returned nothing; callers decide between that and null. */
export function encodeReturnData(returned: Outcome['returnData']): Json {
  return returned === null
    ? null
    : { data: [base64(returned.data), 'base64'], programId: returned.programId };
}

/** The deprecated `status` beside `err`, which Solana still sends. */
export function statusOf(err: TransactionErrorJson | null): Json {
  return err === null ? { Ok: null } : { Err: err };
}

/** Keys are the static ones only: loaded addresses stand in the meta, and indexes run on into them. */
function encodeMessage(message: Message): Json {
  const lookups = message.lookups.map((l) => ({
    accountKey: l.accountKey,
    readonlyIndexes: l.readonlyIndexes,
    writableIndexes: l.writableIndexes,
  }));
  return {
    accountKeys: message.staticKeys,
    header: { ...message.header },
    instructions: message.instructions.map((ix) => encodeInstruction(ix, 1)),
    recentBlockhash: message.recentBlockhash,
    ...(message.version === 'legacy' ? {} : { addressTableLookups: lookups }),
  };
}

function encodeMeta(record: TransactionRecord): Json {
  return {
    computeUnitsConsumed: u64(record.unitsConsumed),
    err: record.err,
    fee: u64(record.fee),
    innerInstructions: encodeInner(record.innerInstructions),
    loadedAddresses: { ...record.loadedAddresses },
    logMessages: record.logs,
    postBalances: record.postBalances.map(u64),
    // Token balances are not tracked: the mirror's matches are in SOL.
    postTokenBalances: [],
    preBalances: record.preBalances.map(u64),
    preTokenBalances: [],
    ...(record.returnData === null ? {} : { returnData: encodeReturnData(record.returnData) }),
    rewards: [],
    status: statusOf(record.err),
  };
}

export type TransactionEncoding = 'json' | 'base58' | 'base64' | 'jsonParsed';

function encodeBody(record: TransactionRecord, encoding: TransactionEncoding): Json {
  if (encoding === 'jsonParsed')
    throw invalidParams('Invalid params: encoding jsonParsed is not supported here');
  if (encoding === 'base64') return [base64(record.bytes), 'base64'];
  if (encoding === 'base58') return [encodeBase58(record.bytes), 'base58'];
  return { message: encodeMessage(record.message), signatures: record.signatures };
}

/** Throws -32015 where the client has not said that it understands the transaction's version. */
export function encodeTransaction(
  record: TransactionRecord,
  encoding: TransactionEncoding,
  maxVersion: number | undefined,
): Json {
  const { version } = record.message;
  if (version !== 'legacy' && (maxVersion === undefined || version > maxVersion)) {
    const message =
      `Transaction version (${version}) is not supported by the requesting client. Please try the request again ` +
      `with the following configuration parameter: "maxSupportedTransactionVersion": ${version}`;
    throw new ChainError(RPC_CODE.unsupportedTransactionVersion, message);
  }
  return {
    blockTime: record.blockTime,
    meta: encodeMeta(record),
    slot: record.slot,
    transaction: encodeBody(record, encoding),
    ...(maxVersion === undefined ? {} : { version }),
  };
}
