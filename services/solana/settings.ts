/** What the Solana side needs to know, checked once at start: a wrong setting must not wait for money to find it. */
import * as z from 'zod';
import { base58Decode } from '../../core/index.ts';
import { addressText } from '../../durable-objects/wire/requests.ts';
import { SolanaError } from './errors.ts';

/** Every provider is asked in a proof of absence, so the list is also the fan-out of one alarm. */
const MAX_PROVIDERS = 8;

/**
 * The 64 bytes (seed, then public key) that Solana wallets and `solana-keygen` export, in base58. Chosen over a bare
 * seed because the public half reveals a mistyped or truncated key at start, not at the first signature.
 */
const keypairText = z.string().regex(/^[1-9A-HJ-NP-Za-km-z]{64,90}$/, 'a 64-byte key pair in base58');

/** At least 256 bits. Lower-case hex, since one secret must have one spelling: it names where players' money is. */
const custodySecretText = z
  .string()
  .regex(/^([0-9a-f]{2}){32,128}$/, '32 to 128 bytes as lower-case hex')
  .refine((text) => !/^(..)\1*$/.test(text), 'one byte repeated is no secret');

const custodySigner = z.strictObject({
  /** `/address` and `/sign` are added to it (remote-custody.ts). */
  url: z.url({ protocol: /^https?$/ }),
  token: z.string().regex(/^[\x21-\x7e]{16,512}$/, '16 to 512 visible ASCII characters'),
  /** For one call, body included; ms. */
  timeoutMs: z.int().min(50).max(60_000).default(5_000),
});

const solanaSettings = z.strictObject({
  /** Asked in this order. Independent operators: a proof of absence counts them as witnesses. */
  providers: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-z0-9-]{1,32}$/),
        url: z.url({ protocol: /^https?$/ }),
        /** What one isolate may ask of it; a share of what the contract with it allows. The default stops a loop only. */
        requestsPerSecond: z.int().min(1).max(100_000).default(1_000),
        /** At once after a rest; a second's worth if left out. */
        burst: z.int().min(1).max(100_000).optional(),
      }),
    )
    .min(1)
    .max(MAX_PROVIDERS),
  programId: addressText,
  /** Genesis hash, base58. A provider of another cluster is never believed. */
  cluster: addressText,
  /** The first creates new matches. The others sign for the matches they created until those are settled. */
  coordinatorSecrets: z.array(keypairText).min(1).max(16),
  /** Where the custody keys are: derived from a secret, or behind a signing service. Exactly one of the two. */
  custodySecret: custodySecretText.optional(),
  custodySigner: custodySigner.optional(),
  /** For one call to one provider, body included; ms. */
  timeoutMs: z.int().min(50).max(60_000).default(5_000),
  /** How long a provider may be silent in a read before the next is asked as well, ms; 0: not before it has failed. */
  hedgeMs: z.int().min(0).max(60_000).default(500),
  /** Providers that are asked for accounts at the same time and must show the same; 2 where there are two. */
  readWitnesses: z.int().min(1).max(2).optional(),
  /** Providers that must all miss a signature before it counts as absent. */
  absenceProviders: z.int().min(1).max(MAX_PROVIDERS).default(2),
  development: z.boolean().default(false),
});

type Parsed = z.infer<typeof solanaSettings>;

export type CustodySettings =
  | { readonly kind: 'derived'; readonly secret: string }
  | ({ readonly kind: 'remote' } & z.infer<typeof custodySigner>);

export interface SolanaSettings extends Omit<Parsed, 'custodySecret' | 'custodySigner' | 'readWitnesses'> {
  readonly custody: CustodySettings;
  readonly readWitnesses: number;
}
export type SolanaSettingsInput = z.input<typeof solanaSettings>;

/** Codes: `settings_invalid`, `too_few_providers`. */
export function parseSettings(input: unknown): SolanaSettings {
  const parsed = solanaSettings.safeParse(input);
  if (!parsed.success) {
    // Paths and rules only: zod does not repeat the input, and a secret must never reach a log.
    const issues = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new SolanaError('settings_invalid', issues.join('; '));
  }
  const settings = parsed.data;
  checkWitnesses(settings);
  for (const [name, value] of [
    ['programId', settings.programId],
    ['cluster', settings.cluster],
  ] as const) {
    if (base58Decode(value).length !== 32) throw new SolanaError('settings_invalid', `${name}: not 32 bytes`);
  }
  const { custodySecret, custodySigner, ...others } = settings;
  const readWitnesses = settings.readWitnesses ?? Math.min(2, settings.providers.length);
  return { ...others, readWitnesses, custody: custodyOf(settings) };
}

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Two sources of keys would be two addresses for one player's money. */
function custodyOf({ custodySecret, custodySigner, development }: Parsed): CustodySettings {
  if (custodySecret !== undefined && custodySigner === undefined) {
    return { kind: 'derived', secret: custodySecret };
  }
  if (custodySigner === undefined || custodySecret !== undefined) {
    throw new SolanaError('settings_invalid', 'custody: exactly one of custodySecret and custodySigner');
  }
  const url = new URL(custodySigner.url);
  // Whoever reads or changes this traffic signs for every player.
  if (url.protocol !== 'https:' && !(development && LOOPBACK.has(url.hostname))) {
    throw new SolanaError(
      'settings_invalid',
      'custodySigner.url: without TLS on loopback in development only',
    );
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new SolanaError('settings_invalid', 'custodySigner.url: origin and path only');
  }
  return { kind: 'remote', ...custodySigner, url: `${url.origin}${url.pathname}`.replace(/\/+$/, '') };
}

function checkWitnesses({ providers, absenceProviders, development }: Parsed): void {
  const names = new Set(providers.map(({ name }) => name));
  const urls = new Set(providers.map(({ url }) => url));
  // The same endpoint under two names is one witness, not two.
  if (names.size !== providers.length || urls.size !== providers.length) {
    throw new SolanaError('settings_invalid', 'providers: names and addresses must differ');
  }
  if (!development && absenceProviders < 2) {
    throw new SolanaError('too_few_providers', 'absenceProviders: one witness is for development only');
  }
  if (!development && providers.some(({ url }) => !url.startsWith('https:'))) {
    throw new SolanaError('settings_invalid', 'providers: an address without TLS is for development only');
  }
  if (providers.length < absenceProviders) {
    throw new SolanaError('too_few_providers', `providers: ${providers.length}, needed ${absenceProviders}`);
  }
}
