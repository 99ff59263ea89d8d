/** Methods that read accounts. */

import * as z from 'zod';
import { decodeBase58 } from '../base58.ts';
import { invalidParams } from '../errors.ts';
import type { ChainAccount } from '../svm.ts';
import { inContext } from './context.ts';
import { encodeAccount } from './encoding.ts';
import { u64 } from './json.ts';
import type { Method } from './params.ts';
import { address, config, dataSlice, integer, method, plainConfig } from './params.ts';

/** Limits of Agave's RPC: accounts of one getMultipleAccounts, filters of one getProgramAccounts. */
const MAX_MULTIPLE_ACCOUNTS = 100;
const MAX_FILTERS = 4;
/** Largest account there is: 10 MiB. */
const MAX_ACCOUNT_BYTES = 10 * 1024 * 1024;

const encoding = z.enum(['binary', 'base58', 'base64', 'base64+zstd', 'jsonParsed']).nullish();
const accountConfig = config({ encoding, dataSlice });

const memcmp = z.object({
  offset: integer,
  bytes: z.string().max(256),
  encoding: z.enum(['base58', 'base64']).nullish(),
});
const filter = z.union([z.object({ dataSize: integer }), z.object({ memcmp })]);
const programConfig = config({
  encoding,
  dataSlice,
  filters: z.array(filter).max(MAX_FILTERS).nullish(),
  withContext: z.boolean().nullish(),
});

/** A memcmp that reaches beyond the end of an account does not match it. */
function matcher(rule: z.output<typeof filter>): (account: ChainAccount) => boolean {
  if ('dataSize' in rule) return ({ data }) => data.length === rule.dataSize;
  const { offset, bytes, encoding: format } = rule.memcmp;
  const wanted = format === 'base64' ? Buffer.from(bytes, 'base64') : decodeBase58(bytes);
  if (wanted === undefined) throw invalidParams('Invalid params: memcmp bytes are not base58');
  return ({ data }) =>
    data.length >= offset + wanted.length && wanted.every((byte, index) => data[offset + index] === byte);
}

/** Every account of the program is read and filtered here: fit for a development chain's thousands. */
const getProgramAccounts = method([address, programConfig], (chain, [program, options]) => {
  const rules = (options.filters ?? []).map(matcher);
  const read = () =>
    chain
      .getProgramAccounts(program, options.commitment, (account) => rules.every((fits) => fits(account)))
      .map((entry) => ({
        account: encodeAccount(entry.account, options.encoding ?? 'binary', options.dataSlice),
        pubkey: entry.address,
      }));
  if (options.withContext === true) return inContext(chain, options, read);
  chain.requireSlot(options.commitment, options.minContextSlot);
  return read();
});

export const accountMethods: Readonly<Record<string, Method>> = {
  getAccountInfo: method([address, accountConfig], (chain, [key, options]) =>
    inContext(chain, options, () => {
      const account = chain.getAccount(key, options.commitment);
      return encodeAccount(account, options.encoding ?? 'binary', options.dataSlice);
    }),
  ),
  getMultipleAccounts: method(
    [z.array(address).max(MAX_MULTIPLE_ACCOUNTS, 'Too many inputs provided; max 100'), accountConfig],
    (chain, [keys, options]) =>
      inContext(chain, options, () =>
        chain
          .getMultipleAccounts(keys, options.commitment)
          .map((account) => encodeAccount(account, options.encoding ?? 'base64', options.dataSlice)),
      ),
  ),
  getBalance: method([address, plainConfig], (chain, [key, options]) =>
    inContext(chain, options, () => u64(chain.getBalance(key, options.commitment))),
  ),
  getMinimumBalanceForRentExemption: method(
    [integer.max(MAX_ACCOUNT_BYTES), plainConfig],
    (chain, [length]) => u64(chain.minimumBalance(length)),
  ),
  getProgramAccounts,
};
