/** Keys made for one start of the stack and worth nothing after it: none is committed, none is asked for. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { base58Encode } from '../../core/index.ts';

export interface DevelopmentSecrets {
  /** 64 bytes, seed then public key, base58. */
  readonly coordinator: string;
  /** 32 bytes, hex. */
  readonly custody: string;
}

export function makeSecrets(): DevelopmentSecrets {
  const { d: seed = '', x: publicKey = '' } = generateKeyPairSync('ed25519').privateKey.export({
    format: 'jwk',
  });
  const pair = Buffer.concat([Buffer.from(seed, 'base64url'), Buffer.from(publicKey, 'base64url')]);
  return { coordinator: base58Encode(pair), custody: randomBytes(32).toString('hex') };
}
