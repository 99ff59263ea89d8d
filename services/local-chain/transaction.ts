/** Reads Solana's wire format of transactions: legacy and version 0. Version 1 (SIMD-0296) is refused, see README. */

import { encodeBase58 } from './base58.ts';
import { invalidParams } from './errors.ts';

/** The packet limit: IPv6's minimum MTU less headers. */
export const MAX_TRANSACTION_BYTES = 1_232;

/** Ed25519. */
const SIGNATURE_BYTES = 64;
const ADDRESS_BYTES = 32;
const VERSION_FLAG = 0x80;

/** Indexes point into the message's keys: the static ones, then loaded writable, then loaded read-only. */
export interface CompiledInstruction {
  readonly programIdIndex: number;
  readonly accounts: readonly number[];
  readonly data: Uint8Array;
}

/** Positions in an address lookup table whose addresses the transaction uses. */
export interface TableLookup {
  readonly accountKey: string;
  readonly writableIndexes: readonly number[];
  readonly readonlyIndexes: readonly number[];
}

export interface Message {
  readonly version: 'legacy' | 0;
  readonly header: {
    readonly numRequiredSignatures: number;
    readonly numReadonlySignedAccounts: number;
    readonly numReadonlyUnsignedAccounts: number;
  };
  readonly staticKeys: readonly string[];
  readonly recentBlockhash: string;
  readonly instructions: readonly CompiledInstruction[];
  readonly lookups: readonly TableLookup[];
}

export interface WireTransaction {
  readonly bytes: Uint8Array;
  /** The first signature, base58: the transaction's name. */
  readonly signature: string;
  readonly signatures: readonly string[];
  readonly message: Message;
}

/** Walks over bytes; what is not there is refused, never read as zero. */
class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  u8(): number {
    return this.take(1)[0] ?? 0;
  }

  peek(): number {
    return this.#bytes[this.#at] ?? 0;
  }

  take(length: number): Uint8Array {
    if (length > this.left) throw invalidParams('failed to deserialize transaction: unexpected end of input');
    const part = this.#bytes.slice(this.#at, this.#at + length);
    this.#at += length;
    return part;
  }

  /** Solana's compact-u16; an encoding longer than needed is refused, as on chain. */
  length(): number {
    let value = 0;
    for (let shift = 0; shift <= 14; shift += 7) {
      const byte = this.u8();
      value |= (byte & 0x7f) << shift;
      if ((byte & 0x80) === 0) {
        if ((byte === 0 && shift > 0) || value > 0xffff) break;
        return value;
      }
    }
    throw invalidParams('failed to deserialize transaction: invalid length');
  }

  list<T>(read: () => T): T[] {
    return Array.from({ length: this.length() }, read);
  }
}

/** A legacy message starts with its signature count, which is below 128; a versioned one with 128 + version. */
function readVersion(reader: Reader): 'legacy' | 0 {
  if ((reader.peek() & VERSION_FLAG) === 0) return 'legacy';
  const version = reader.u8() & ~VERSION_FLAG;
  if (version !== 0) throw invalidParams(`transaction version ${version} is not supported by this chain`);
  return 0;
}

function readInstruction(reader: Reader): CompiledInstruction {
  return {
    programIdIndex: reader.u8(),
    accounts: [...reader.take(reader.length())],
    data: reader.take(reader.length()),
  };
}

function readLookup(reader: Reader): TableLookup {
  return {
    accountKey: encodeBase58(reader.take(ADDRESS_BYTES)),
    writableIndexes: [...reader.take(reader.length())],
    readonlyIndexes: [...reader.take(reader.length())],
  };
}

/** Every index must point at a key: the static ones, then those that lookups add. */
function checkIndexes(message: Message): void {
  const loaded = message.lookups.reduce((n, l) => n + l.writableIndexes.length + l.readonlyIndexes.length, 0);
  const total = message.staticKeys.length + loaded;
  const bad = message.instructions.some(
    (ix) => ix.programIdIndex >= message.staticKeys.length || ix.accounts.some((index) => index >= total),
  );
  if (bad || message.header.numRequiredSignatures > message.staticKeys.length) {
    throw invalidParams('invalid transaction: index out of bounds');
  }
}

function readMessage(reader: Reader): Message {
  const version = readVersion(reader);
  const header = {
    numRequiredSignatures: reader.u8(),
    numReadonlySignedAccounts: reader.u8(),
    numReadonlyUnsignedAccounts: reader.u8(),
  };
  const message: Message = {
    version,
    header,
    staticKeys: reader.list(() => encodeBase58(reader.take(ADDRESS_BYTES))),
    recentBlockhash: encodeBase58(reader.take(ADDRESS_BYTES)),
    instructions: reader.list(() => readInstruction(reader)),
    lookups: version === 0 ? reader.list(() => readLookup(reader)) : [],
  };
  if (reader.left > 0) throw invalidParams('failed to deserialize transaction: trailing bytes');
  checkIndexes(message);
  return message;
}

/** Reads a bare message, as `getFeeForMessage` takes it. Throws `ChainError` -32602. */
export function parseMessage(bytes: Uint8Array): Message {
  return readMessage(new Reader(new Uint8Array(bytes)));
}

/** Reads a signed transaction. Throws `ChainError` -32602 for anything that a node could not deserialize. */
export function parseTransaction(bytes: Uint8Array): WireTransaction {
  if (bytes.length > MAX_TRANSACTION_BYTES) {
    throw invalidParams(`transaction too large: ${bytes.length} bytes (max: ${MAX_TRANSACTION_BYTES} bytes)`);
  }
  // A copy, and a plain array: `slice` of a Buffer would share memory that its caller may write to.
  const own = new Uint8Array(bytes);
  const reader = new Reader(own);
  const signatures = reader.list(() => encodeBase58(reader.take(SIGNATURE_BYTES)));
  const message = readMessage(reader);
  const [signature] = signatures;
  if (signature === undefined || signatures.length !== message.header.numRequiredSignatures) {
    throw invalidParams('invalid transaction: signature count does not match the message header');
  }
  return { bytes: own, signature, signatures, message };
}
