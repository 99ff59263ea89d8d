/**
 * Which transactions the mirror makes at all. A signature counts for the whole transaction: every instruction in it may
 * use it. So a custody key, which can move a player's money, and a wallet sign only the forms listed here, and nothing
 * can ride along.
 */
import type { InstructionPlan, TransactionPlan } from '../../durable-objects/ports.ts';
import { SolanaError } from './errors.ts';

/** The longest of the coordinator's is `end` with its `distribute` (design: section 4). */
const MAX_OWN = 2;

const OWN: ReadonlySet<InstructionPlan['kind']> = new Set([
  'create_match',
  'start_match',
  'end_match',
  'distribute_prizes',
  'refund_escrow',
]);

/** Code: `plan_invalid`. */
export function checkPlan(plan: TransactionPlan): void {
  const { coordinator, custody, wallet } = plan;
  const signers = [coordinator, wallet, custody?.authority].filter((key) => key != null);
  // One key in two roles would sign for what the other role was asked to.
  if (new Set(signers).size !== signers.length) throw invalid('one key in two roles');
  if (custody !== null) checkCustody(plan, custody);
  else if (wallet !== null) checkWallet(plan, wallet);
  else checkOwn(plan);
}

function checkOwn({ instructions }: TransactionPlan): void {
  if (instructions.length === 0 || instructions.length > MAX_OWN) {
    throw invalid(`${instructions.length} instructions`);
  }
  const other = instructions.find(({ kind }) => !OWN.has(kind));
  if (other !== undefined) throw invalid(`${other.kind}: nobody signs for the player`);
}

/** A join, deposit or withdrawal of the wallet's own: it pays, or is the authority of the deposit that does. */
function checkWallet({ instructions }: TransactionPlan, wallet: string): void {
  const [only, ...more] = instructions;
  if (only === undefined || more.length > 0) throw invalid('a wallet signs one instruction');
  if (payerOf(only) !== wallet) throw invalid(`${only.kind}: not of the wallet that signs`);
}

function payerOf(instruction: InstructionPlan): string | null {
  switch (instruction.kind) {
    case 'join_match':
      return instruction.source.kind === 'wallet' ? instruction.source.wallet : instruction.source.authority;
    case 'deposit_sol':
    case 'withdraw_sol':
      return instruction.authority;
    default:
      return null;
  }
}

function checkCustody(plan: TransactionPlan, custody: NonNullable<TransactionPlan['custody']>): void {
  const [first, second, ...more] = plan.instructions;
  if (first === undefined || more.length > 0)
    throw invalid(`custody: ${plan.instructions.length} instructions`);
  if (first.kind === 'join_match' && second === undefined) {
    checkJoin(first, plan, custody);
  } else if (first.kind === 'transfer' && second?.kind === 'deposit_sol') {
    checkDeposit(first, second, plan, custody.authority);
  } else if (first.kind === 'withdraw_sol' && second?.kind === 'transfer') {
    checkWithdrawal(first, second, plan, custody.authority);
  } else {
    throw invalid('custody signs a join, a deposit or a withdrawal, and nothing else');
  }
}

type PlanOf<K extends InstructionPlan['kind']> = Extract<InstructionPlan, { readonly kind: K }>;

/** A join of another user, or of another deposit, would spend what was not asked for. */
function checkJoin(
  { userId, source }: PlanOf<'join_match'>,
  { wallet }: TransactionPlan,
  custody: NonNullable<TransactionPlan['custody']>,
): void {
  if (wallet !== null) throw invalid('join: a wallet and a custody key');
  if (custody.userId !== userId) throw invalid('join: not the user who signs');
  if (source.kind !== 'deposit' || source.authority !== custody.authority) {
    throw invalid('join: not the deposit of the key that signs');
  }
}

/** The wallet's money goes to the custody key, and that key gives on no more than came. */
function checkDeposit(
  transfer: PlanOf<'transfer'>,
  deposit: PlanOf<'deposit_sol'>,
  { wallet }: TransactionPlan,
  authority: string,
): void {
  if (wallet === null || transfer.from !== wallet) throw invalid('deposit: not from the wallet that signs');
  if (transfer.to !== authority || deposit.authority !== authority) {
    throw invalid('deposit: not to the custody key that signs');
  }
  // More is the rent of a first deposit; less would be paid out of what the custody key happens to have.
  if (transfer.lamports < deposit.lamports) throw invalid('deposit: more than the wallet gives');
}

/** What the program pays out goes on, to the lamport. */
function checkWithdrawal(
  withdrawal: PlanOf<'withdraw_sol'>,
  transfer: PlanOf<'transfer'>,
  { wallet, coordinator }: TransactionPlan,
  authority: string,
): void {
  if (wallet !== null) throw invalid('withdrawal: a wallet and a custody key');
  if (withdrawal.authority !== authority || transfer.from !== authority) {
    throw invalid('withdrawal: not of the custody key that signs');
  }
  if (transfer.lamports !== withdrawal.lamports) throw invalid('withdrawal: another amount goes on');
  // Neither is anybody's wallet: money that stays in the house was not withdrawn.
  if (transfer.to === authority || transfer.to === coordinator || transfer.to === withdrawal.treasury) {
    throw invalid('withdrawal: not to a wallet');
  }
}

function invalid(detail: string): SolanaError {
  return new SolanaError('plan_invalid', detail);
}
