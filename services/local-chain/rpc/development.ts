/** Methods that no Solana has, for tests. Amounts are decimal text, as everywhere in this project. */

import * as z from 'zod';
import { invalidParams } from '../errors.ts';
import { SYSTEM_PROGRAM } from '../faucet.ts';
import type { Method } from './params.ts';
import { address, method } from './params.ts';

const MAX_U64 = (1n << 64n) - 1n;

/** A u64 without sign, point, exponent or leading zeros: one text for one amount. */
const lamports = z
  .string()
  .regex(/^(0|[1-9]\d{0,19})$/, 'lamports must be decimal text')
  .transform((text) => BigInt(text))
  .refine((value) => value <= MAX_U64, 'lamports must fit in 64 bits');

/** What is left out stays as it is; of an account that does not exist, it is empty and the System program's. */
const accountChange = z.strictObject({
  lamports: lamports.optional(),
  data: z.base64('data must be base64').optional(),
  owner: address.optional(),
  executable: z.boolean().optional(),
});

/** `localchain_setAccount(address, {lamports?, data?, owner?, executable?})`: the change is seen at every commitment. */
const setAccount = method([address, accountChange], (chain, [key, change]) => {
  if (Object.keys(change).length === 0) throw invalidParams('Invalid params: nothing to change');
  const before = chain.getAccount(key);
  chain.setAccount(key, {
    lamports: change.lamports ?? before?.lamports ?? 0n,
    data: change.data === undefined ? (before?.data ?? new Uint8Array()) : Buffer.from(change.data, 'base64'),
    owner: change.owner ?? before?.owner ?? SYSTEM_PROGRAM,
    executable: change.executable ?? before?.executable ?? false,
  });
  return true;
});

export const developmentMethods: Readonly<Record<string, Method>> = {
  localchain_setAccount: setAccount,
  localchain_airdrop: method([address, lamports], (chain, [key, amount]) => chain.airdrop(key, amount)),
};
