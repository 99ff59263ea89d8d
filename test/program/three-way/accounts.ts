/** Generated cases of account decoding: mostly sound images, some of them scribbled on, cut or grown. */

import * as core from '../../../core/index.ts';
import { CoreError } from '../../../core/index.ts';
import { AT, accountDiscriminator, SIZE, u8, utf8 } from '../interface.ts';
import type { Random } from '../random.ts';
import type { Case } from './case.ts';
import { accepted, refused } from './case.ts';
import { accountFaults, spellAccount, TABLES, type Table } from './tables.ts';

interface Kind {
  readonly operation: number;
  readonly name: string;
  readonly size: number;
  readonly table: Table;
  readonly decode: (data: Uint8Array) => object;
  /** Makes the content one that the mirror accepts. */
  readonly tidy: (image: Uint8Array, random: Random) => void;
}

function putText(image: Uint8Array, offset: number, size: number, random: Random): void {
  image.fill(0, offset, offset + size);
  if (random.chance(0.8)) image.set(utf8(random.text(size)), offset);
}

function tidyMatch(image: Uint8Array, random: Random): void {
  for (const [offset, size] of [
    [8, 36],
    [48, 10],
    [58, 20],
    [AT.match.url, 200],
  ] as const) {
    putText(image, offset, size, random);
  }
  for (let slot = 0; slot < 10; slot += 1) putText(image, AT.match.playerIds + 64 * slot, 64, random);
  image[AT.match.phase] = random.below(3);
  image[AT.match.count] = random.below(11);
  if (random.chance(0.3)) image.fill(0, AT.match.hash, AT.match.hash + 32);
  if (random.chance(0.3)) image.fill(0, 1496, 1512);
}

function tidyRegistry(image: Uint8Array, random: Random): void {
  image[AT.registry.count] = random.below(21);
  for (let entry = 0; entry < 20; entry += 1) {
    const offset = AT.registry.games + 231 * entry;
    putText(image, offset + 1, 20, random);
    putText(image, offset + 23, 200, random);
    image[offset + 224] = random.below(2);
  }
}

const KINDS = {
  match: {
    operation: 4,
    name: 'Match',
    size: SIZE.match,
    table: TABLES.match,
    decode: core.decodeMatch,
    tidy: tidyMatch,
  },
  escrow: {
    operation: 5,
    name: 'EscrowAccount',
    size: SIZE.escrow,
    table: TABLES.escrow,
    decode: core.decodeEscrow,
    tidy: (image, random) => image.set(random.pick([u8(255), u8(3)]), AT.escrow.abandoned),
  },
  userDeposit: {
    operation: 6,
    name: 'UserDepositAccount',
    size: SIZE.deposit,
    table: TABLES.userDeposit,
    decode: core.decodeUserDeposit,
    tidy: () => undefined,
  },
  config: {
    operation: 7,
    name: 'ConfigAccount',
    size: SIZE.config,
    table: TABLES.config,
    decode: core.decodeConfig,
    tidy: (image, random) => image.set(u8(random.below(2)), AT.config.isPaused),
  },
  registry: {
    operation: 8,
    name: 'GameRegistry',
    size: SIZE.registry,
    table: TABLES.registry,
    decode: core.decodeRegistry,
    tidy: tidyRegistry,
  },
} as const satisfies Record<string, Kind>;

function image(kind: Kind, random: Random): Uint8Array {
  const data = random.chance(0.1) ? new Uint8Array(kind.size) : random.bytes(kind.size);
  data.set(accountDiscriminator(kind.name));
  kind.tidy(data, random);
  if (random.chance(0.15)) {
    for (const _ of Array(1 + random.below(8))) data[random.below(data.length)] = random.below(256);
  }
  if (random.chance(0.03)) return data.subarray(0, random.below(data.length));
  return random.chance(0.03) ? Buffer.concat([data, random.bytes(1 + random.below(9))]) : data;
}

function account(kind: Kind, random: Random): Case {
  const data = image(kind, random);
  return {
    request: Buffer.concat([u8(kind.operation), data]),
    wasm: (chain) => {
      try {
        return accepted(spellAccount(kind.decode(data), kind.table));
      } catch (error) {
        if (!(error instanceof CoreError)) throw error;
        // The mirror refuses what the chain would store: then the chain's own bytes must show why.
        const shown = chain[0] === 0 ? [...accountFaults(chain.subarray(1), kind.table)] : [];
        return shown.some((fault) => fault === error.code) ? chain : refused(error.code);
      }
    },
  };
}

export const matches = (random: Random): Case => account(KINDS.match, random);
export const escrows = (random: Random): Case => account(KINDS.escrow, random);
export const userDeposits = (random: Random): Case => account(KINDS.userDeposit, random);
export const configs = (random: Random): Case => account(KINDS.config, random);
export const registries = (random: Random): Case => account(KINDS.registry, random);
