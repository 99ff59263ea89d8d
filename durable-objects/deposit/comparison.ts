/** Ledger against account, at one finalized slot (design: section 9). Tolerance on principal: 0 lamports. */
import { decodeUserDeposit, type UserDepositAccount } from '../../core/index.ts';
import {
  type DepositContext,
  expectedOnChain,
  heldFor,
  type Transfer,
} from '../../machines/deposit/context.ts';
import type { BreakClass } from '../../machines/effects.ts';
import type { ChainAccount } from '../ports.ts';

export interface DepositAccountAt {
  readonly account: ChainAccount | null;
  /** Rent of a deposit account, lamports. */
  readonly rent: bigint;
  readonly programId: string;
}

export type DepositComparison =
  /** `surplus`: lamports beyond rent and balance; anyone can send them. `inPlay`: the program's own figure (H-04). */
  | {
      readonly kind: 'clean';
      readonly onChain: bigint;
      readonly surplus: bigint;
      readonly inPlay: bigint | null;
    }
  /** Our own transfers that are in flight make up the difference, and nothing else does. */
  | { readonly kind: 'explained'; readonly by: readonly string[] }
  | {
      readonly kind: 'broken';
      readonly breaks: readonly { readonly class: BreakClass; readonly detail: string }[];
    };

/** `isOut`: something was signed for the action that is neither finalized with an error nor provably dead. */
export function compareDeposit(
  context: DepositContext,
  at: DepositAccountAt,
  isOut: (hash: string) => boolean,
): DepositComparison {
  const { account, rent } = at;
  const expected = expectedOnChain(context);
  const decoded = decodedIn(at);
  if (typeof decoded === 'string') return broken('undecodable', decoded);
  const onChain = decoded?.available ?? 0n;
  if (onChain !== expected) {
    const by = explaining(context, onChain - expected, isOut);
    if (by !== null) return { kind: 'explained', by };
    return decoded === null
      ? broken('account_closed', `${expected} lamports by the ledger, and no account`)
      : broken('amount_mismatch', `available is ${onChain} on the chain, ${expected} by the ledger`);
  }
  const surplus = (account?.lamports ?? 0n) - onChain - (decoded === null ? 0n : rent);
  if (surplus < 0n) return broken('shortfall', `${-surplus} lamports short of what it owes`);
  return { kind: 'clean', onChain, surplus, inPlay: decoded?.inPlay ?? null };
}

/**
 * Which of our transfers in flight make up exactly `difference`: each has happened or not, and that it has is not booked
 * yet. A user has at most twenty: the sums of one half are looked up in those of the other.
 */
function explaining(
  { transfers }: DepositContext,
  difference: bigint,
  isOut: (hash: string) => boolean,
): readonly string[] | null {
  const open = transfers.filter(({ hash, isBooked }) => !isBooked && isOut(hash));
  const half = open.length >> 1;
  const left = sumsOf(open.slice(0, half));
  for (const [sum, hashes] of sumsOf(open.slice(half))) {
    const others = left.get(difference - sum);
    if (others !== undefined) return [...others, ...hashes];
  }
  return null;
}

function sumsOf(transfers: readonly Transfer[]): ReadonlyMap<bigint, readonly string[]> {
  const sums = new Map<bigint, readonly string[]>([[0n, []]]);
  for (const transfer of transfers) {
    const delta = transfer.kind === 'deposit' ? BigInt(transfer.lamports) : -heldFor(transfer);
    for (const [sum, hashes] of [...sums])
      if (!sums.has(sum + delta)) sums.set(sum + delta, [...hashes, transfer.hash]);
  }
  return sums;
}

/** What the account itself says is spendable, lamports; null where it is no deposit account. */
export function figureIn(at: DepositAccountAt): bigint | null {
  const decoded = decodedIn(at);
  return typeof decoded === 'string' ? null : (decoded?.available ?? 0n);
}

/** Text: why it is no deposit account. Null: there is none, though there may be lamports at the address. */
function decodedIn({ account, programId }: DepositAccountAt): UserDepositAccount | string | null {
  if (account === null || account.data.length === 0) return null;
  if (account.owner !== programId) return `owned by ${account.owner}`;
  try {
    return decodeUserDeposit(account.data);
  } catch {
    return 'the core refused the account';
  }
}

function broken(cls: BreakClass, detail: string): DepositComparison {
  return { kind: 'broken', breaks: [{ class: cls, detail }] };
}
