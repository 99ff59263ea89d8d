/** Program-derived addresses of the interface's section 3, with the seed texts that actions carry (formats). */
import { PublicKey } from '@solana/web3.js';
import type { Pda } from '../../durable-objects/ports.ts';
import { matchIdText } from '../../durable-objects/wire/requests.ts';
import { BoundedCache } from './bounded-cache.ts';
import { SolanaError } from './errors.ts';
import { publicKey } from './keys.ts';

/** A derivation hashes and tests curve points, up to some 0.5 ms; 1,024 entries are a few hundred kB. */
const CACHE_ENTRIES = 1_024;

/** The address uses 31 of the id's 36 characters (H-14). */
const MATCH_ID_SEED_LENGTH = 31;

type Seed = { readonly text: string; readonly bytes: Uint8Array };

export class PdaTable {
  readonly #programId: PublicKey;
  readonly #cache = new BoundedCache<Pda>(CACHE_ENTRIES);

  constructor(programId: string) {
    this.#programId = publicKey(programId);
  }

  /**
   * `of`: the match id for `match`, the match PDA for `escrow`, the authority for `deposit`, nothing for the
   * singletons. Codes: `match_id_invalid`, `address_invalid`, `plan_invalid`.
   */
  derive(name: Pda['name'], of?: string): Pda {
    return this.#cache.getOrMake(`${name}:${of ?? ''}`, () => {
      const seeds = seedsOf(name, of);
      const [address, bump] = PublicKey.findProgramAddressSync(
        seeds.map(({ bytes }) => bytes),
        this.#programId,
      );
      return { name, seeds: seeds.map(({ text }) => text), address: address.toBase58(), bump };
    });
  }
}

function seedsOf(name: Pda['name'], of: string | undefined): readonly Seed[] {
  switch (name) {
    case 'match':
      return [utf8('m'), utf8(matchId(of).slice(0, MATCH_ID_SEED_LENGTH))];
    case 'escrow':
      return [utf8('escrow'), base58(required(name, of))];
    case 'deposit':
      return [utf8('user_deposit'), base58(required(name, of))];
    case 'config':
      return singleton('config_account', of);
    case 'registry':
      return singleton('game_registry', of);
  }
}

function singleton(seed: string, of: string | undefined): readonly Seed[] {
  if (of !== undefined) throw new SolanaError('plan_invalid', `${seed} is one for the program`);
  return [utf8(seed)];
}

function matchId(of: string | undefined): string {
  // Other spellings of the same UUID would be other addresses: one match must have one.
  if (!matchIdText.safeParse(of).success) throw new SolanaError('match_id_invalid', String(of).slice(0, 64));
  return required('match', of);
}

function required(name: Pda['name'], of: string | undefined): string {
  if (of === undefined) throw new SolanaError('plan_invalid', `a ${name} address of what?`);
  return of;
}

function utf8(text: string): Seed {
  return { text: `utf8:${text}`, bytes: new TextEncoder().encode(text) };
}

function base58(address: string): Seed {
  return { text: `base58:${address}`, bytes: publicKey(address).toBytes() };
}
