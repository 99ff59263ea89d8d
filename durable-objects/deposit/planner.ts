/**
 * What an open deposit or withdrawal would be on the chain at this moment, from accounts read at one finalized slot.
 * Account state here only stops a signature; it never proves that something happened (design: section 6).
 */
import { type ConfigAccount, decodeConfig, decodeUserDeposit, withdrawalDebit } from '../../core/index.ts';
import type { Binding, Transfer } from '../../machines/deposit/context.ts';
import type { ChainAccount, ChainPort, TransactionPlan } from '../ports.ts';
import type { Planned } from '../submission/owner.ts';

/** Bytes of a deposit account (interface: section 2). */
export const DEPOSIT_BYTES = 128;
/** What the runtime takes for a signature; of a deposit there are three: the wallet's, custody's, the coordinator's. */
const SIGNATURE_LAMPORTS = 5_000n;
const DEPOSIT_SIGNATURES = 3n;
const WITHDRAWAL_SIGNATURES = 2n;

export interface TransferAccounts {
  readonly config: ConfigAccount | null;
  readonly deposit: ChainAccount | null;
  readonly wallet: ChainAccount | null;
  /** The coordinator's own account, which pays. */
  readonly payer: ChainAccount | null;
  readonly treasury: ChainAccount | null;
  /** Rent minimum of an account without data, and of a deposit account. */
  readonly emptyRent: bigint;
  readonly depositRent: bigint;
}

export type TransferPlan =
  | Planned<null>
  /** The chain asks more than was held: held first, then planned again. */
  | { readonly kind: 'fee'; readonly fee: bigint };

interface Where {
  readonly chain: Pick<ChainPort, 'programId' | 'coordinator'>;
  readonly binding: Binding;
  /** Unix ms. */
  readonly now: number;
}

/**
 * In one call, so at one slot. Which account the treasury is stands in one of those that are read: where it is not the
 * one that was guessed, all are read once more.
 */
export async function readTransferAccounts(
  chain: ChainPort,
  { authority, wallet }: Binding,
  minSlot: number,
  guess: string | null,
): Promise<TransferAccounts> {
  const [emptyRent, depositRent] = await Promise.all(
    [0, DEPOSIT_BYTES].map((size) => chain.rentMinimum(size)),
  );
  const fixed = [
    chain.pda('config').address,
    chain.pda('deposit', authority).address,
    wallet,
    chain.coordinator,
  ];
  let treasury = guess ?? wallet;
  for (let round = 0; round < 3; round += 1) {
    const { accounts } = await chain.accounts([...fixed, treasury], minSlot);
    const [configAccount = null, deposit = null, walletAccount = null, payer = null, paid = null] = accounts;
    const config = configAccount === null ? null : decodeConfig(configAccount.data);
    if (config === null || config.treasuryMultisig === treasury)
      return {
        config,
        deposit,
        wallet: walletAccount,
        payer,
        treasury: paid,
        emptyRent: emptyRent ?? 0n,
        depositRent: depositRent ?? 0n,
      };
    treasury = config.treasuryMultisig;
  }
  throw new Error('the treasury changed from one read to the next');
}

export function planTransfer(where: Where, transfer: Transfer, accounts: TransferAccounts): TransferPlan {
  const { config } = accounts;
  if (config === null) return blocked('the program has no config account');
  if (config.isPaused) return blocked('the program is paused');
  const closed = closedBecause(where, accounts.deposit);
  if (closed !== null) return blocked(closed);
  return transfer.kind === 'withdraw'
    ? planWithdrawal(where, transfer, accounts, config)
    : planDeposit(where, transfer, accounts);
}

function planWithdrawal(
  { chain, binding }: Where,
  { hash, lamports, fee }: Transfer,
  accounts: TransferAccounts,
  config: ConfigAccount,
): TransferPlan {
  const { emptyRent } = accounts;
  const amount = BigInt(lamports);
  const { withdrawalFee, treasuryMultisig: treasury } = config;
  if (withdrawalFee > BigInt(fee)) return { kind: 'fee', fee: withdrawalFee };
  if (lamportsOf(accounts.payer) < emptyRent + WITHDRAWAL_SIGNATURES * SIGNATURE_LAMPORTS)
    return blocked('the fee payer is empty');
  if (accounts.deposit === null) return blocked('the deposit account is gone from the chain');
  const { available } = decodeUserDeposit(accounts.deposit.data);
  const debit = withdrawalDebit(amount, withdrawalFee);
  if (available < debit) return blocked(`the chain has ${available} lamports available, not ${debit}`);
  // The rent rule would fail the whole transaction (H-20), again and again.
  if (lamportsOf(accounts.wallet) + amount < emptyRent)
    return { kind: 'refused', code: 'payee_below_rent', detail: `${emptyRent} lamports` };
  if (withdrawalFee > 0n && lamportsOf(accounts.treasury) + withdrawalFee < emptyRent)
    return blocked('the treasury would stay below the rent minimum');
  const { authority, wallet } = binding;
  return planned(chain, binding, hash, null, [
    { kind: 'withdraw_sol', authority, lamports: amount, treasury },
    { kind: 'transfer', from: authority, to: wallet, lamports: amount },
  ]);
}

/** Through custody, which ends as it began: what it is given is the amount, and the rent of an account still to be made. */
function planDeposit(
  { chain, binding }: Where,
  { hash, lamports }: Transfer,
  { deposit, wallet, emptyRent, depositRent }: TransferAccounts,
): TransferPlan {
  const amount = BigInt(lamports);
  const isMade = deposit?.owner === chain.programId;
  // Anyone can send lamports to an address before its account is made; they then count for its rent.
  const rent = isMade ? 0n : greater(depositRent - lamportsOf(deposit), 0n);
  const left = lamportsOf(wallet) - amount - rent - DEPOSIT_SIGNATURES * SIGNATURE_LAMPORTS;
  if (left < 0n || (left > 0n && left < emptyRent))
    return { kind: 'refused', code: 'insufficient_funds', detail: `${lamportsOf(wallet)} lamports` };
  const { authority } = binding;
  return planned(chain, binding, hash, binding.wallet, [
    { kind: 'transfer', from: binding.wallet, to: authority, lamports: amount + rent },
    { kind: 'deposit_sol', authority, lamports: amount },
  ]);
}

function planned(
  { coordinator }: Where['chain'],
  { userId, authority }: Binding,
  actionHash: string,
  wallet: string | null,
  instructions: TransactionPlan['instructions'],
): TransferPlan {
  const plan = { actionHash, coordinator, custody: { userId, authority }, wallet, instructions };
  return { kind: 'plan', plan, figures: null };
}

/** No instruction sets frozen or locked (H-26); one that did would fail every transfer. */
function closedBecause({ chain, now }: Where, deposit: ChainAccount | null): string | null {
  if (deposit === null || deposit.owner !== chain.programId) return null;
  const { frozen, lockedUntil } = decodeUserDeposit(deposit.data);
  if (frozen) return 'the deposit account is frozen on the chain';
  return lockedUntil * 1_000n > BigInt(now) ? 'the deposit account is locked on the chain' : null;
}

function lamportsOf(account: ChainAccount | null): bigint {
  return account?.lamports ?? 0n;
}

function greater(left: bigint, right: bigint): bigint {
  return left > right ? left : right;
}

function blocked(reason: string): TransferPlan {
  return { kind: 'blocked', reason };
}
