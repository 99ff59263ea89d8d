/** Settings, keys and a scripted provider for the tests of services/solana. */
import { Keypair } from '@solana/web3.js';
import { base58Encode } from '../../../core/index.ts';
import type { Fetch } from '../../../services/solana/json-rpc.ts';
import { parseSettings, type SolanaSettings } from '../../../services/solana/settings.ts';

export const PROGRAM_ID = '7eWx3H8bXMif7SDyPS1j5LZw1yUGDNZY592WzEKNf696';
export const CLUSTER = base58Encode(new Uint8Array(32).fill(1));
export const MATCH_ID = '550e8400-e29b-41d4-a716-446655440000';
export const ACTION_HASH = '0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20';

export function keypair(byte: number): Keypair {
  return Keypair.fromSeed(new Uint8Array(32).fill(byte));
}

export const COORDINATOR = keypair(7);
export const OLD_COORDINATOR = keypair(8);

export function secretText(key: Keypair): string {
  return base58Encode(key.secretKey);
}

/** An address that nothing else in the tests has. */
export function address(byte: number): string {
  return keypair(byte).publicKey.toBase58();
}

/** Of a `SolanaError`, or of whatever else has one; `accepted` where nothing is thrown. */
export function codeOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return 'accepted';
}

/** Valid, with two providers `a` and `b`. */
export const SETTINGS = {
  providers: [
    { name: 'a', url: 'https://a.test/' },
    { name: 'b', url: 'https://b.test/' },
  ],
  programId: PROGRAM_ID,
  cluster: CLUSTER,
  coordinatorSecrets: [secretText(COORDINATOR), secretText(OLD_COORDINATOR)],
  custodySecret: '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff',
  timeoutMs: 50,
};

export function settings(changes: object = {}): SolanaSettings {
  return parseSettings({ ...SETTINGS, ...changes });
}

export interface Asked {
  readonly host: string;
  readonly method: string;
  readonly params: readonly unknown[];
}

/** What a scripted provider does: a result, a JSON-RPC error, raw text or a whole response; or it throws. */
export type Answer =
  | { readonly result: unknown }
  | { readonly error: { readonly code: number; readonly message: string; readonly data?: unknown } }
  | Response
  | Promise<Response>;

/** Answers `getGenesisHash` by itself; all else as the script says. `asked` has every call in order. */
export function scripted(script: (asked: Asked) => Answer): { fetch: Fetch; asked: Asked[] } {
  const asked: Asked[] = [];
  const fetch: Fetch = async (url, request) => {
    const { id, method, params } = JSON.parse(request.body) as {
      id: number;
      method: string;
      params: unknown[];
    };
    const call = { host: new URL(url).hostname.split('.')[0] ?? '', method, params };
    asked.push(call);
    const answer = method === 'getGenesisHash' ? { result: CLUSTER } : script(call);
    if (answer instanceof Response || answer instanceof Promise) return await answer;
    return new Response(JSON.stringify({ jsonrpc: '2.0', id, ...answer }));
  };
  return { fetch, asked };
}

export function withSlot(slot: number, value: unknown): Answer {
  return { result: { context: { slot }, value } };
}

/** The methods that a test's script has seen, without the cluster checks. */
export function methods(asked: readonly Asked[]): string[] {
  return asked
    .filter(({ method }) => method !== 'getGenesisHash')
    .map(({ host, method }) => `${host}:${method}`);
}
