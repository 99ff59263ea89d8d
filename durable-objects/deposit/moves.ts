/**
 * What one transaction moved in or out of a deposit: each money instruction that names the account, whoever called it.
 * What a provider leaves out shows in the comparison, which pauses.
 */
import type { MoneyInstruction } from '../../core/index.ts';
import { type Call, callsIn, moneyInstruction } from '../observed.ts';
import type { ChainPort, ObservedTransaction } from '../ports.ts';
import type { ChainFact } from '../wire/objects.ts';
import { type MatchTerms, termsBefore } from './match-terms.ts';

/** Account positions (interface: section 4). */
const DEPOSIT_SOL_ACCOUNT = 0;
const WITHDRAW_SOL_ACCOUNT = 0;
const WITHDRAW_TREASURY = 3;
const JOIN_MATCH = 0;
const JOIN_DEPOSIT = 3;
const DISTRIBUTE_MATCH = 1;
const DISTRIBUTE_FIRST_DEPOSIT = 14;
const REFUND_MATCH = 1;
const REFUND_FIRST_DEPOSIT = 12;

const PLATFORM = 1;
/** Reasons under which an abandoned player, listed, gets nothing (interface: section 4.14). */
const FORFEITING: readonly number[] = [1, 3, 4];

/** What the ledger knows already, so that it need not be asked of the chain again. */
export interface Ledger {
  isBooked(token: string): boolean;
  /** Lamports that were held at first under an action's hash for that match, while its hold is open; else null. */
  heldFor(actionHash: string, matchPda: string): bigint | null;
}

export interface Moved {
  readonly facts: readonly ChainFact[];
  /** Treasuries to which a withdrawal of this deposit has paid its fee, by token (H-05). */
  readonly treasuries: readonly { readonly token: string; readonly treasury: string }[];
}

/** What an instruction moves, as far as it tells by itself. `amount` null: it is told by the match, or by the balances. */
interface Move {
  readonly token: string;
  readonly kind: 'deposit' | 'withdrawal' | 'join' | 'prize' | 'refund';
  readonly ref: string;
  readonly amount: bigint | null;
  readonly match: string | null;
  /** Among all that the transaction ran. */
  readonly index: number;
  readonly treasury: string | null;
}

/** Facts that are not booked yet. `actionHash`: the transaction's memo, where it is one. */
export async function movedBy(
  chain: ChainPort,
  depositPda: string,
  observed: ObservedTransaction,
  actionHash: string | null,
  ledger: Ledger,
): Promise<Moved> {
  const moves = callsIn(observed).flatMap((call, index) =>
    call.instruction.programId === chain.programId ? movesOf(depositPda, observed, call, index) : [],
  );
  const unbooked = moves.filter(({ token }) => !ledger.isBooked(token));
  const terms = termsReader(chain, observed.signature);
  const facts: ChainFact[] = [];
  for (const move of unbooked) {
    const amount =
      move.kind === 'withdrawal'
        ? (move.amount ?? 0n) + (await feeOf(move, moves, depositPda, observed, terms))
        : await amountOf(move, actionHash, ledger, terms);
    if (amount === null) continue;
    const direction = isDebit(move) ? 'debit' : 'credit';
    const { token, ref } = move;
    facts.push({
      token,
      direction,
      amount: amount.toString(),
      holdToken: actionHash,
      ref,
      slot: observed.slot,
    });
  }
  const treasuries = unbooked.flatMap(({ token, treasury }) =>
    treasury === null ? [] : [{ token, treasury }],
  );
  return { facts, treasuries };
}

function movesOf(
  pda: string,
  { signature }: ObservedTransaction,
  { place, instruction }: Call,
  index: number,
): Move[] {
  const decoded = moneyInstruction(instruction);
  if (decoded === null) return [];
  return placesOf(pda, instruction.accounts, decoded).map(({ position, ...told }) => ({
    token: `chain:${signature}:${place}:${position}`,
    ref: decoded.kind,
    index,
    amount: null,
    match: null,
    treasury: null,
    ...told,
  }));
}

type Place = Pick<Move, 'kind'> & Partial<Move> & { readonly position: number };

/** Where our account stands in the instruction's list, and what that place is paid or pays. */
function placesOf(pda: string, accounts: readonly string[], decoded: MoneyInstruction): Place[] {
  switch (decoded.kind) {
    case 'deposit_sol':
      return accounts[DEPOSIT_SOL_ACCOUNT] === pda
        ? [{ kind: 'deposit', position: 0, amount: decoded.amount }]
        : [];
    case 'withdraw_sol': {
      const treasury = accounts[WITHDRAW_TREASURY] ?? null;
      return accounts[WITHDRAW_SOL_ACCOUNT] === pda
        ? [{ kind: 'withdrawal', position: 0, amount: decoded.amount, treasury }]
        : [];
    }
    case 'join_match':
      return accounts[JOIN_DEPOSIT] === pda
        ? [{ kind: 'join', position: 0, match: accounts[JOIN_MATCH] ?? null }]
        : [];
    case 'distribute_prizes': {
      const match = accounts[DISTRIBUTE_MATCH] ?? null;
      const places = decoded.prizeAmounts.map(
        (amount, position): Place => ({ kind: 'prize', position, match, amount }),
      );
      return places.filter(({ position }) => accounts[DISTRIBUTE_FIRST_DEPOSIT + position] === pda);
    }
    case 'refund_escrow': {
      const match = accounts[REFUND_MATCH] ?? null;
      return decoded.playerIndices
        .map((player, position) => ({ player, place: { kind: 'refund', position, match } as const }))
        .filter(({ place }) => accounts[REFUND_FIRST_DEPOSIT + place.position] === pda)
        .flatMap(({ player, place }) => (forfeits(decoded, player) ? [] : [place]));
    }
    default:
      return [];
  }
}

function forfeits(
  { reason, abandonedPlayerIndex }: Extract<MoneyInstruction, { kind: 'refund_escrow' }>,
  player: number,
): boolean {
  return FORFEITING.includes(reason) && player === abandonedPlayerIndex;
}

function isDebit({ kind }: Move): boolean {
  return kind === 'join' || kind === 'withdrawal';
}

type TermsReader = (match: string, index: number) => Promise<MatchTerms | null>;

/** A settlement names one match up to ten times. */
function termsReader(chain: ChainPort, signature: string): TermsReader {
  const known = new Map<string, Promise<MatchTerms | null>>();
  return (match, index) => {
    const key = `${match}:${index}`;
    const terms = known.get(key) ?? termsBefore(chain, match, signature, index);
    known.set(key, terms);
    return terms;
  };
}

/**
 * null: nothing moved, or nobody can tell. A WALLET match takes a deposit account into its lists too, and neither debits
 * nor credits it: who names our deposit there must not make us book what never came. A stake is the match's entry fee.
 */
async function amountOf(
  move: Move,
  actionHash: string | null,
  ledger: Ledger,
  terms: TermsReader,
): Promise<bigint | null> {
  if (move.kind === 'deposit' || move.kind === 'withdrawal') return move.amount;
  if (move.match === null) return null;
  const isHeld = move.kind === 'join' && actionHash !== null;
  const held = isHeld ? ledger.heldFor(actionHash, move.match) : null;
  if (held !== null) return held;
  const found = await terms(move.match, move.index);
  if (found?.paymentMethod !== PLATFORM) return null;
  return move.kind === 'prize' ? move.amount : found.entryFee;
}

/**
 * The fee stands in no instruction, only in what the account lost beyond everything else that the transaction did to it
 * (interface: section 7). Several withdrawals in one transaction share it equally: they paid the same.
 */
async function feeOf(
  move: Move,
  moves: readonly Move[],
  pda: string,
  observed: ObservedTransaction,
  terms: TermsReader,
): Promise<bigint> {
  const balance = observed.balances.find(({ address }) => address === pda);
  if (balance === undefined) throw new Error(`transaction ${observed.signature} tells no balance of ${pda}`);
  let explained = 0n;
  for (const each of moves) {
    const amount = (await amountOf(each, null, NOTHING_HELD, terms)) ?? 0n;
    explained += isDebit(each) ? -amount : amount;
  }
  const withdrawals = moves.filter(({ kind }) => kind === 'withdrawal');
  const paid = explained - (balance.after - balance.before);
  const share = paid <= 0n ? 0n : paid / BigInt(withdrawals.length);
  return move === withdrawals[0] && paid > 0n ? paid - share * BigInt(withdrawals.length - 1) : share;
}

const NOTHING_HELD: Ledger = { isBooked: () => false, heldFor: () => null };
