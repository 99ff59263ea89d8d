/**
 * Conservation (I13): at the end of every run, whatever happened in it, the books of the mirror and of the chain are laid
 * side by side, to the lamport. What a test has made out of nothing on purpose it names; any other remainder fails.
 */
import { decodeConfig } from '../../../core/index.ts';
import type { Stack } from '../../../services/dev/stack.ts';
import { MATCH_PROGRAM_ID } from '../../../services/local-chain/index.ts';
import { PdaTable } from '../../../services/solana/pda.ts';
import { type ChainBooks, chainBooks, sum } from './chain-books.ts';
import { type MirrorBooks, mirrorBooks } from './mirror-books.ts';

/** Several times what a queue takes to drain once the chain is back; a run that fails is not made longer for ever. */
const SETTLE_MS = 60_000;
const POLL_MS = 100;

const pdas = new PdaTable(MATCH_PROGRAM_ID);
const named = new WeakMap<Stack, Map<string, bigint>>();

/** Lamports that a test has put on an account as no transaction could (negative: has taken off it). */
export function nameDifference(stack: Stack, address: string, lamports: bigint): void {
  const all = named.get(stack) ?? new Map<string, bigint>();
  all.set(address, (all.get(address) ?? 0n) + lamports);
  named.set(stack, all);
}

/** Puts the chain in order, lets the mirror finish, and throws where a lamport is left that nobody can explain. */
export async function proveConservation(stack: Stack): Promise<void> {
  await heal(stack);
  let found: readonly string[] = [];
  for (const end = performance.now() + SETTLE_MS; performance.now() < end; await pause()) {
    found = unexplained(stack);
    if (found.length === 0) return;
  }
  throw new Error(`lamports without an explanation (I13):\n  ${found.join('\n  ')}`);
}

async function heal(stack: Stack): Promise<void> {
  const { chain, faults } = stack.chain;
  for (const endpoint of Object.keys(faults.list())) faults.clear(endpoint);
  if (chain.frozen) chain.thaw();
  await stack.tick();
}

/** At this moment; also what is still on its way, since one side may know of it before the other does. */
export function unexplained(stack: Stack): readonly string[] {
  const config = decodeConfig(accountData(stack, pdas.derive('config').address));
  // The mirror first: what it knows as final by then is final on the chain.
  const mirror = mirrorBooks(stack, config.cancellationFeeBps);
  const chain = chainBooks(stack);
  const differences = named.get(stack) ?? new Map<string, bigint>();
  return [
    ...mirror.unsettled,
    ...usersOff(mirror, chain),
    ...matchesOff(mirror, chain),
    ...vaultsOff(chain, differences),
    ...treasuryOff(mirror, chain, config.treasuryMultisig),
    ...totalsOff(mirror, chain, differences),
  ];
}

/** Σ of a user's ledger = what their deposit account says; the ledger is the fold of its postings. */
function usersOff({ users }: MirrorBooks, { deposits }: ChainBooks): readonly string[] {
  const known = new Set(users.map(({ authority }) => authority));
  const strangers = deposits.filter(({ authority }) => !known.has(authority));
  return [
    ...users.flatMap(({ userId, authority, ledger, folded, total }) => {
      const available = deposits.find((deposit) => deposit.authority === authority)?.available ?? 0n;
      return [
        ...off(`${userId}: ledger and deposit account`, ledger, available),
        ...off(`${userId}: ledger and its postings`, ledger, folded),
        ...off(`${userId}: postings of double entry`, total, 0n),
      ];
    }),
    ...strangers.map(({ address, available }) => `deposit ${address} of ${available}: no ledger knows it`),
  ];
}

function matchesOff({ matches }: MirrorBooks, { escrows }: ChainBooks): readonly string[] {
  const known = new Set(matches.map(({ matchPda }) => matchPda));
  const strangers = escrows.filter(({ matchPda }) => !known.has(matchPda));
  return [
    ...matches.flatMap(({ matchId, matchPda, pot, isSettled }) => {
      const escrow = escrows.find((each) => each.matchPda === matchPda);
      const ended =
        (escrow?.isSettled ?? false) === isSettled ? [] : [`match ${matchId}: settled on one side only`];
      return [...off(`match ${matchId}: pot and escrow`, pot, escrow?.pot ?? 0n), ...ended];
    }),
    ...strangers.map(({ address, pot }) => `escrow ${address} of ${pot}: no match knows it`),
  ];
}

/** An account of the program has its rent and what it owes; lamports beyond that were named, or sent by nobody known. */
function vaultsOff(
  { deposits, escrows, conjured }: ChainBooks,
  differences: ReadonlyMap<string, bigint>,
): readonly string[] {
  const vaults = [...deposits, ...escrows];
  const addresses = new Set([...conjured.keys(), ...differences.keys()]);
  return [
    ...vaults.flatMap(({ address, surplus }) =>
      off(`vault ${address}: beyond rent and debts`, surplus, differences.get(address) ?? 0n),
    ),
    ...escrows.flatMap(({ address, pot, stakes, isSettled }) =>
      isSettled
        ? off(`escrow ${address}: owed after its end`, pot, 0n)
        : off(`escrow ${address}: total and stakes`, pot, stakes),
    ),
    ...[...addresses].flatMap((address) =>
      off(
        `account ${address}: moved by no transaction`,
        conjured.get(address) ?? 0n,
        differences.get(address) ?? 0n,
      ),
    ),
  ];
}

/** What the mirror's own figures say that was paid to the house is what came there. */
function treasuryOff(
  { users, matches }: MirrorBooks,
  chain: ChainBooks,
  treasury: string,
): readonly string[] {
  const fees = [...matches.map(({ fee }) => fee), ...users.map(({ withdrawalFees }) => withdrawalFees)];
  return off('treasury: fees of matches and withdrawals', chain.movedBy(treasury).otherwise, sum(fees));
}

/** I13 in one line, and the chain's own: what left the faucet is on accounts, or was burnt as fees. */
function totalsOff(
  { users, matches }: MirrorBooks,
  { deposits, escrows, airdropped, onAccounts, fees }: ChainBooks,
  differences: ReadonlyMap<string, bigint>,
): readonly string[] {
  const owed = sum(users.map(({ ledger }) => ledger)) + sum(matches.map(({ pot }) => pot));
  const vaults =
    sum(deposits.map(({ available, surplus }) => available + surplus)) +
    sum(escrows.map(({ pot, surplus }) => pot + surplus));
  const surplus = sum([...deposits, ...escrows].map(({ address }) => differences.get(address) ?? 0n));
  return [
    ...off('all ledgers and pots, and all vaults', owed + surplus, vaults),
    ...off('all that left the faucet, and where it is', airdropped, onAccounts + fees),
  ];
}

function off(what: string, left: bigint, right: bigint): readonly string[] {
  return left === right ? [] : [`${what}: ${left} is not ${right} (${left - right})`];
}

function accountData({ chain: { chain } }: Stack, address: string): Uint8Array {
  return chain.getAccount(address, 'finalized')?.data ?? new Uint8Array();
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, POLL_MS));
}
