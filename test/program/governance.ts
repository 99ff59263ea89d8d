/** The instructions about config and registry (interface, sections 4.1 to 4.4). */

import type { PublicKey, TransactionInstruction } from '@solana/web3.js';
import { build, pay, SYSTEM, sign, write } from './build.ts';
import { configAddress, le, option, registryAddress, string, u8, u64 } from './interface.ts';

/** `Option<T>` of a field that may be left out. */
function maybe<T>(value: T | undefined, encode: (value: T) => Uint8Array): Uint8Array {
  return option(value === undefined ? undefined : encode(value));
}

export const initializeConfig = (authority: PublicKey, treasury: PublicKey): TransactionInstruction =>
  build('initialize_config', [write(configAddress), pay(authority), SYSTEM], treasury.toBytes());

export const initializeRegistry = (authority: PublicKey): TransactionInstruction =>
  build('initialize_registry', [write(registryAddress), pay(authority), SYSTEM]);

export interface Game {
  readonly id: number;
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly url: string;
  readonly version: number;
}

export const registerGame = (authority: PublicKey, game: Game): TransactionInstruction =>
  build(
    'register_game',
    [write(registryAddress), pay(authority), SYSTEM],
    u8(game.id),
    string(game.name),
    u8(game.min),
    u8(game.max),
    string(game.url),
    u8(game.version),
  );

export interface GameChange {
  readonly name?: string;
  readonly min?: number;
  readonly max?: number;
  readonly url?: string;
  readonly version?: number;
  readonly enabled?: boolean;
}

export const updateGame = (authority: PublicKey, id: number, change: GameChange): TransactionInstruction =>
  build(
    'update_game',
    [write(registryAddress), pay(authority), SYSTEM],
    u8(id),
    maybe(change.name, string),
    maybe(change.min, u8),
    maybe(change.max, u8),
    maybe(change.url, string),
    maybe(change.version, u8),
    maybe(change.enabled, (enabled) => u8(enabled ? 1 : 0)),
  );

export interface ConfigChange {
  readonly feeBps?: number;
  readonly withdrawalFee?: bigint;
  readonly minEntryFee?: bigint;
  readonly maxEntryFee?: bigint;
  readonly treasury?: PublicKey;
  readonly methods?: number;
}

const configKeys = (authority: PublicKey) => [write(configAddress), sign(authority), SYSTEM];

export const updateConfig = (authority: PublicKey, change: ConfigChange): TransactionInstruction =>
  build(
    'update_config',
    configKeys(authority),
    maybe(change.feeBps, (bps) => le(bps, 2)),
    maybe(change.withdrawalFee, u64),
    maybe(change.minEntryFee, u64),
    maybe(change.maxEntryFee, u64),
    maybe(change.treasury, (key) => key.toBytes()),
    maybe(change.methods, u8),
  );

export const pauseProgram = (authority: PublicKey): TransactionInstruction =>
  build('pause_program', configKeys(authority));

export const unpauseProgram = (authority: PublicKey): TransactionInstruction =>
  build('unpause_program', configKeys(authority));
