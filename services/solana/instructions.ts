/** What the mirror decided, as instructions of the program: bytes from the core, accounts from the interface. */
import { type AccountMeta, TransactionInstruction } from '@solana/web3.js';
import { encodeInstruction, type MoneyInstruction } from '../../core/index.ts';
import type { InstructionPlan, TransactionPlan } from '../../durable-objects/ports.ts';
import { type AccountLists, PAYEE_PLACES, type Payee } from './accounts-of.ts';
import type { CustodyKeys } from './custody.ts';
import { SolanaError } from './errors.ts';

const PLATFORM = 1;
const FREE = 0;
const PAID = 1;

type PlanOf<K extends InstructionPlan['kind']> = Extract<InstructionPlan, { readonly kind: K }>;

export class InstructionBuilder {
  readonly #lists: AccountLists;
  readonly #custody: Pick<CustodyKeys, 'address'>;

  constructor(lists: AccountLists, custody: Pick<CustodyKeys, 'address'>) {
    this.#lists = lists;
    this.#custody = custody;
  }

  /** Codes: `plan_invalid`, `match_id_invalid`, `user_id_invalid`, `address_invalid`; `CoreError` for bad arguments. */
  build(plan: InstructionPlan, transaction: TransactionPlan): TransactionInstruction {
    switch (plan.kind) {
      case 'create_match':
        return this.#create(plan, transaction.coordinator);
      case 'join_match':
        return this.#join(plan, transaction.custodyOf);
      case 'start_match': {
        const { kind, matchId } = plan;
        return this.instruction(this.#lists.startMatch(matchId, transaction.coordinator), { kind, matchId });
      }
      case 'end_match': {
        const { kind, matchId, matchHash, hotUrl } = plan;
        const accounts = this.#lists.endMatch(matchId, transaction.coordinator);
        return this.instruction(accounts, { kind, matchId, matchHash, hotUrl });
      }
      case 'distribute_prizes':
        return this.#distribute(plan);
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

  #join(plan: PlanOf<'join_match'>, custodyOf: string | null): TransactionInstruction {
    // A WALLET join is signed by the player's wallet over a message prepared for it (design: section 6), never here.
    if (plan.paymentMethod !== PLATFORM) throw new SolanaError('plan_invalid', 'join: not a PLATFORM join');
    // One custody key signs the transaction; a join of another user would spend that user's deposit.
    if (custodyOf !== plan.userId) throw new SolanaError('plan_invalid', 'join: not the user who signs');
    const { kind, matchId, userId } = plan;
    const accounts = this.#lists.joinFromDeposit(matchId, this.#custody.address(userId));
    return this.instruction(accounts, { kind, matchId, userId });
  }

  #distribute(plan: PlanOf<'distribute_prizes'>): TransactionInstruction {
    const { kind, matchId, winners } = plan;
    const accounts = this.#lists.distributePrizes(matchId, plan.treasury, listed(winners));
    const winnerIndices = winners.map(({ index }) => index);
    const prizeAmounts = winners.map(({ lamports }) => lamports);
    return this.instruction(accounts, { kind, matchId, winnerIndices, prizeAmounts });
  }
}

function listed(winners: readonly Payee[]): readonly [Payee, ...Payee[]] {
  const [first, ...others] = winners;
  if (first === undefined || winners.length > PAYEE_PLACES) {
    throw new SolanaError('plan_invalid', `distribute: ${winners.length} winners, 1 to ${PAYEE_PLACES} fit`);
  }
  return [first, ...others];
}
