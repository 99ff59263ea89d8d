/** What the mirror decided, as instructions of the program: bytes from the core, accounts from the interface. */
import { type AccountMeta, TransactionInstruction } from '@solana/web3.js';
import { encodeInstruction, type MoneyInstruction } from '../../core/index.ts';
import type { InstructionPlan, Payee, TransactionPlan } from '../../durable-objects/ports.ts';
import { type AccountLists, PAYEE_PLACES } from './accounts-of.ts';
import { SolanaError } from './errors.ts';
import { publicKey, SYSTEM_PROGRAM } from './keys.ts';

const FREE = 0;
const PAID = 1;
/** The system program's third instruction. */
const TRANSFER = 2;
const TRANSFER_BYTES = 12;
const U64_MAX = (1n << 64n) - 1n;

type PlanOf<K extends InstructionPlan['kind']> = Extract<InstructionPlan, { readonly kind: K }>;

export class InstructionBuilder {
  readonly #lists: AccountLists;

  constructor(lists: AccountLists) {
    this.#lists = lists;
  }

  /**
   * `coordinator`: who signs as the match's authority. Who else signs was checked before (plan-rules.ts). Codes:
   * `plan_invalid`, `match_id_invalid`, `address_invalid`; `CoreError` for bad arguments.
   */
  build(
    plan: InstructionPlan,
    { coordinator }: Pick<TransactionPlan, 'coordinator'>,
  ): TransactionInstruction {
    switch (plan.kind) {
      case 'create_match':
        return this.#create(plan, coordinator);
      case 'join_match':
        return this.#join(plan);
      case 'start_match': {
        const { kind, matchId } = plan;
        return this.instruction(this.#lists.startMatch(matchId, coordinator), { kind, matchId });
      }
      case 'end_match': {
        const { kind, matchId, matchHash, hotUrl } = plan;
        const accounts = this.#lists.endMatch(matchId, coordinator);
        return this.instruction(accounts, { kind, matchId, matchHash, hotUrl });
      }
      case 'distribute_prizes':
        return this.#distribute(plan);
      case 'refund_escrow':
        return this.#refund(plan);
      case 'deposit_sol': {
        const { kind, authority, lamports } = plan;
        return this.instruction(this.#lists.depositSol(authority), { kind, amount: positive(lamports) });
      }
      case 'withdraw_sol': {
        const { kind, authority, lamports, treasury } = plan;
        const accounts = this.#lists.withdrawSol(authority, treasury);
        return this.instruction(accounts, { kind, amount: positive(lamports) });
      }
      case 'transfer':
        return transfer(plan);
    }
  }

  instruction(keys: AccountMeta[], money: MoneyInstruction): TransactionInstruction {
    const data = encodeInstruction(money);
    // SAFETY: web3.js types `data` as its Buffer, but only reads it as bytes when it compiles the message.
    return new TransactionInstruction({ programId: this.#lists.programId, keys, data: data as Buffer });
  }

  #create(plan: PlanOf<'create_match'>, coordinator: string): TransactionInstruction {
    const paid = plan.entryFee > 0n;
    // The program refuses the mixed forms with 6005 (interface: section 4.5); here they never get a signature.
    if (plan.matchType !== (paid ? PAID : FREE)) {
      throw new SolanaError('plan_invalid', 'create: the match type does not fit the entry fee');
    }
    const { kind, matchId, gameType, seed, entryFee, paymentMethod, matchType, tournamentId } = plan;
    return this.instruction(this.#lists.createMatch(matchId, coordinator, paid), {
      kind,
      matchId,
      gameType,
      seed,
      entryFee,
      paymentMethod,
      matchType,
      tournamentId,
    });
  }

  #join({ kind, matchId, userId, source }: PlanOf<'join_match'>): TransactionInstruction {
    const accounts =
      source.kind === 'wallet'
        ? this.#lists.joinFromWallet(matchId, source.wallet)
        : this.#lists.joinFromDeposit(matchId, source.authority);
    return this.instruction(accounts, { kind, matchId, userId });
  }

  #distribute(plan: PlanOf<'distribute_prizes'>): TransactionInstruction {
    const { kind, matchId, winners } = plan;
    const accounts = this.#lists.distributePrizes(matchId, plan.treasury, listed('distribute', winners));
    const winnerIndices = winners.map(({ index }) => index);
    const prizeAmounts = winners.map(({ lamports }) => lamports);
    return this.instruction(accounts, { kind, matchId, winnerIndices, prizeAmounts });
  }

  #refund(plan: PlanOf<'refund_escrow'>): TransactionInstruction {
    const { kind, matchId, treasury, players, reason, abandonedIndex } = plan;
    const accounts = this.#lists.refundEscrow(matchId, treasury, listed('refund', players));
    const playerIndices = players.map(({ index }) => index);
    // The second would find a stake of zero, and revert the refunds of all others (interface: section 4.14).
    if (new Set(playerIndices).size !== players.length) {
      throw new SolanaError('plan_invalid', 'refund: a player twice');
    }
    return this.instruction(accounts, {
      kind,
      matchId,
      playerIndices,
      reason,
      abandonedPlayerIndex: abandonedIndex,
    });
  }
}

/** Written out: web3.js's own takes a float, too. */
function transfer({ from, to, lamports }: PlanOf<'transfer'>): TransactionInstruction {
  const data = new Uint8Array(TRANSFER_BYTES);
  const view = new DataView(data.buffer);
  view.setUint32(0, TRANSFER, true);
  view.setBigUint64(4, positive(lamports), true);
  return new TransactionInstruction({
    programId: SYSTEM_PROGRAM,
    keys: [
      { pubkey: publicKey(from), isSigner: true, isWritable: true },
      { pubkey: publicKey(to), isSigner: false, isWritable: true },
    ],
    // SAFETY: as in `instruction`.
    data: data as Buffer,
  });
}

/** Is this the data of a transfer, and of no other instruction of the system program? */
export function isTransfer(data: Uint8Array): boolean {
  return data.length === TRANSFER_BYTES && data[0] === TRANSFER && !data[1] && !data[2] && !data[3];
}

/** Code: `plan_invalid`. A DataView would cut a larger one short, and a negative one would wrap. */
function positive(lamports: bigint): bigint {
  if (lamports > 0n && lamports <= U64_MAX) return lamports;
  throw new SolanaError('plan_invalid', `${lamports} lamports`);
}

function listed<T extends Payee>(what: string, payees: readonly T[]): readonly [T, ...T[]] {
  const [first, ...others] = payees;
  if (first === undefined || payees.length > PAYEE_PLACES) {
    throw new SolanaError('plan_invalid', `${what}: ${payees.length} payees, 1 to ${PAYEE_PLACES} fit`);
  }
  return [first, ...others];
}
