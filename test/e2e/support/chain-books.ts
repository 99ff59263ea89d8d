/**
 * The chain's side of the books at one finalized moment, read past the mirror and past the RPC: every transaction that
 * ever moved a lamport, followed from the faucet on, and what every account of the program has and owes.
 */
import { decodeEscrow, decodeUserDeposit } from '../../../core/index.ts';
import type { Stack } from '../../../services/dev/stack.ts';
import {
  type ChainAccount,
  type LocalChain,
  MATCH_PROGRAM_ID,
  type TransactionRecord,
} from '../../../services/local-chain/index.ts';

const DEPOSIT_BYTES = 128;
const ESCROW_BYTES = 192;
const PAGE = 1_000;

export interface DepositBook {
  readonly address: string;
  readonly authority: string;
  readonly available: bigint;
  /** Lamports beyond rent and `available`. */
  readonly surplus: bigint;
}

export interface EscrowBook {
  readonly address: string;
  readonly matchPda: string;
  /** What it owes its players: nothing once it is settled. */
  readonly pot: bigint;
  readonly stakes: bigint;
  readonly isSettled: boolean;
  /** Lamports beyond rent and pot. */
  readonly surplus: bigint;
}

export interface ChainBooks {
  readonly deposits: readonly DepositBook[];
  readonly escrows: readonly EscrowBook[];
  /** Accounts whose lamports are not those that their transactions left, and the difference. */
  readonly conjured: ReadonlyMap<string, bigint>;
  /** All that ever left the faucet. */
  readonly airdropped: bigint;
  /** Where that is now: on accounts, and burnt as fees. */
  readonly onAccounts: bigint;
  readonly fees: bigint;
  /** Airdrops to an address, and what other transactions brought it or took from it. */
  movedBy(address: string): { readonly airdropped: bigint; readonly otherwise: bigint };
}

export function chainBooks({ chain: { chain } }: Stack): ChainBooks {
  const flows = followed(chain);
  const program = chain.getProgramAccounts(MATCH_PROGRAM_ID, 'finalized');
  const faucet = flows.get(chain.faucetAddress) ?? [];
  const others = [...flows.keys()].filter((address) => address !== chain.faucetAddress);
  const records = new Map([...flows.values()].flat().map(({ record }) => [record.signature, record]));
  return {
    deposits: program
      .filter(({ account }) => account.data.length === DEPOSIT_BYTES)
      .map((found) => depositBook(chain, found)),
    escrows: program
      .filter(({ account }) => account.data.length === ESCROW_BYTES)
      .map((found) => escrowBook(chain, found)),
    conjured: conjuredIn(chain, flows),
    airdropped: -sum(faucet.map(({ change, record }) => change + record.fee)),
    onAccounts: sum(others.map((address) => sum((flows.get(address) ?? []).map(({ change }) => change)))),
    fees: sum([...records.values()].map(({ fee }) => fee)) - sum(faucet.map(({ record }) => record.fee)),
    movedBy: (address) => {
      const all = flows.get(address) ?? [];
      const given = all.filter(({ record }) => record.accountKeys[0] === chain.faucetAddress);
      const airdropped = sum(given.map(({ change }) => change));
      return { airdropped, otherwise: sum(all.map(({ change }) => change)) - airdropped };
    },
  };
}

/** What one transaction changed of one account. */
interface Flow {
  readonly record: TransactionRecord;
  readonly before: bigint;
  readonly change: bigint;
}

/** Every lamport comes from the faucet: so every account that has any is named in some transaction on the way. */
function followed(chain: LocalChain): ReadonlyMap<string, readonly Flow[]> {
  const flows = new Map<string, readonly Flow[]>();
  const open = [chain.faucetAddress];
  for (let address = open.pop(); address !== undefined; address = open.pop()) {
    if (flows.has(address)) continue;
    const records = historyOf(chain, address);
    flows.set(
      address,
      records.map((record) => flowOf(record, address)),
    );
    open.push(...records.flatMap(({ accountKeys }) => accountKeys));
  }
  return flows;
}

/** Oldest first. */
function historyOf(chain: LocalChain, address: string): readonly TransactionRecord[] {
  const all: TransactionRecord[] = [];
  for (;;) {
    const before = all.at(-1)?.signature;
    const page = chain.getSignaturesForAddress(address, { before, limit: PAGE, commitment: 'finalized' });
    all.push(...page);
    if (page.length < PAGE) return all.reverse();
  }
}

function flowOf(record: TransactionRecord, address: string): Flow {
  const place = record.accountKeys.indexOf(address);
  const before = record.preBalances[place] ?? 0n;
  return { record, before, change: (record.postBalances[place] ?? 0n) - before };
}

/** Programs and sysvars were there at the beginning; whatever else was not given its lamports has them from nowhere. */
function conjuredIn(
  chain: LocalChain,
  flows: ReadonlyMap<string, readonly Flow[]>,
): ReadonlyMap<string, bigint> {
  const found = new Map<string, bigint>();
  for (const [address, all] of flows) {
    const account = chain.getAccount(address, 'finalized');
    const isOld = address === chain.faucetAddress || account?.executable === true || isBuiltIn(account);
    const atFirst = isOld ? (all[0]?.before ?? 0n) : 0n;
    const left = atFirst + sum(all.map(({ change }) => change));
    const difference = (account?.lamports ?? 0n) - left;
    if (difference !== 0n) found.set(address, difference);
  }
  return found;
}

function isBuiltIn(account: ChainAccount | null): boolean {
  return account !== null && /^(Sysvar|NativeLoader)1/.test(account.owner);
}

interface Found {
  readonly address: string;
  readonly account: ChainAccount;
}

function depositBook(chain: LocalChain, { address, account }: Found): DepositBook {
  const { authority, available } = decodeUserDeposit(account.data);
  const surplus = account.lamports - chain.minimumBalance(DEPOSIT_BYTES) - available;
  return { address, authority, available, surplus };
}

function escrowBook(chain: LocalChain, { address, account }: Found): EscrowBook {
  const { matchPda, totalEntry, playerStakes, distributed, cancelled } = decodeEscrow(account.data);
  const surplus = account.lamports - chain.minimumBalance(ESCROW_BYTES) - totalEntry;
  const isSettled = distributed || cancelled;
  return { address, matchPda, pot: totalEntry, stakes: sum(playerStakes), isSettled, surplus };
}

export function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
