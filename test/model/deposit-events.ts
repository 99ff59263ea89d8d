/** Events of a deposit as its object makes them, with real sealed actions. Time stands still but for what is timed. */
import type { Binding, DepositContext } from '../../machines/deposit/context.ts';
import type {
  DepositEvent,
  HoldRequested,
  Limits,
  ReleaseRequested,
  TransferRequested,
} from '../../machines/deposit/events.ts';
import type { HoldState } from '../../machines/effects.ts';
import type { ChainLevel } from '../../machines/link.ts';
import { type PendingAction, type PendingActionBody, sealAction } from '../../machines/pending-action.ts';
import { ANN, AT, address, epoch, HOUR, TERMS } from './requests.ts';

export const BINDING: Binding = { userId: ANN.id, wallet: ANN.wallet, authority: ANN.authority };
/** Small enough that a walk of a few holds runs into them. */
export const MAX_HOLDS = 3;
export const MAX_LAMPORTS = 1_000n;
export const MAX_PER_HOUR = 1_000;
export const LAPSE_MS = 600_000;

export const LIMITS: Limits = {
  maxHolds: MAX_HOLDS,
  maxLamports: MAX_LAMPORTS.toString(),
  maxPerHour: MAX_PER_HOUR,
  degradedMaxLamports: MAX_LAMPORTS.toString(),
};

export function bind(level: ChainLevel): DepositEvent {
  return { type: 'deposit.bind', at: AT, binding: BINDING, verdict: { level, healthEpoch: epoch(1) } };
}

export function holdRequest(
  token: string,
  amount: bigint,
  known: HoldState | null,
  change: Partial<HoldRequested> = {},
): HoldRequested {
  return {
    type: 'hold.request',
    at: AT,
    binding: BINDING,
    token,
    amount: amount.toString(),
    matchId: TERMS.matchId,
    expiresAt: null,
    known,
    ...LIMITS,
    ...change,
  };
}

export function admission(token: string, amount: bigint, known: HoldState | null = null): HoldRequested {
  return holdRequest(token, amount, known, { type: 'admission.request' });
}

export function holdRelease(
  holdToken: string,
  known: HoldState | null,
  change: Partial<ReleaseRequested> = {},
): ReleaseRequested {
  const token = `release:${holdToken}`;
  return {
    type: 'hold.release',
    at: AT,
    binding: BINDING,
    token,
    holdToken,
    matchId: TERMS.matchId,
    amount: null,
    known,
    ...change,
  };
}

export function conclude(holdToken: string): DepositEvent {
  return { type: 'stake.conclude', at: AT, binding: BINDING, token: `concluded:${holdToken}`, holdToken };
}

export function debit(
  token: string,
  amount: bigint,
  holdToken: string | null = null,
  known: HoldState | null = null,
): DepositEvent {
  return { type: 'debit.request', at: AT, token, amount: amount.toString(), holdToken, known };
}

export function fact(
  token: string,
  direction: 'credit' | 'debit',
  amount: bigint,
  holdToken: string | null = null,
  ref = 'join_match',
): DepositEvent {
  const text = amount.toString();
  return { type: 'chain.fact', at: AT, token, direction, amount: text, holdToken, ref, slot: 1 };
}

/** Sealed once for each content: the hash is the dearest part of a step. */
const sealed = new Map<string, PendingAction>();

export function transferAction(
  kind: 'deposit' | 'withdraw',
  n: number,
  lamports: bigint,
  notAfter = AT + HOUR,
): PendingAction {
  const body: PendingActionBody = {
    v: 1,
    kind,
    cluster: address(1),
    programId: address(2),
    user: { id: BINDING.userId, wallet: BINDING.wallet },
    args: { lamports: lamports.toString() },
    seeds: [
      {
        name: 'deposit',
        seeds: ['utf8:user_deposit', `base58:${BINDING.authority}`],
        address: address(31),
        bump: 255,
      },
    ],
    clientKey: `0192f0c0-0000-7000-8000-${n.toString(16).padStart(12, '0')}`,
    notAfter,
  };
  const text = JSON.stringify(body);
  const action = sealed.get(text) ?? sealAction(body);
  sealed.set(text, action);
  return action;
}

export function transferRequest(
  kind: 'deposit' | 'withdraw',
  n: number,
  lamports: bigint,
  fee = 0n,
  change: Partial<TransferRequested> = {},
): TransferRequested {
  return {
    type: `${kind}.request`,
    at: AT,
    binding: BINDING,
    action: transferAction(kind, n, lamports),
    lamports: lamports.toString(),
    fee: fee.toString(),
    maxNotAfterMs: 72 * HOUR,
    walletLapseMs: LAPSE_MS,
    ...LIMITS,
    ...change,
  };
}

/** The n-th signature of an action: the same for the same n, as a key would sign it. */
export function signatureOf(context: DepositContext, hash: string): string {
  return `sig-${hash.slice(0, 12)}-${attemptsOf(context, hash)}`;
}

export function signed(
  context: DepositContext,
  hash: string,
): Extract<DepositEvent, { type: 'action.signed' }> {
  const seen = context.link.epoch ?? epoch(0, 0);
  const signature = `sig-${hash.slice(0, 12)}-${attemptsOf(context, hash) + 1}`;
  const attempt = {
    ...message(),
    signature,
    hash,
    bytes: 'AA==',
    epoch: `${seen.generation}.${seen.counter}`,
  };
  return { type: 'action.signed', at: AT, hash, attempt, offer: null, healthEpoch: seen, figures: null };
}

export function offered(context: DepositContext, hash: string): DepositEvent {
  const offer = {
    ...message(),
    id: `offer-${hash.slice(0, 12)}-${attemptsOf(context, hash)}`,
    hash,
    wallet: BINDING.wallet,
    transaction: 'AA==',
  };
  const healthEpoch = context.link.epoch ?? epoch(0, 0);
  return { type: 'action.offered', at: AT, hash, offer, healthEpoch, figures: null };
}

function message() {
  return {
    blockhash: address(6),
    lastValidBlockHeight: 150,
    blockhashSlot: 1,
    provider: 'rpc-1',
    expected: '[]',
  };
}

/** Every report that an action's life knows; the machine takes those that mean something in its state. */
export function reportsOf(context: DepositContext, hash: string): readonly DepositEvent[] {
  const signature = signatureOf(context, hash);
  const offer = `offer-${hash.slice(0, 12)}-${attemptsOf(context, hash)}`;
  const ended = { at: AT, hash, signature, detail: '100', ownFault: false } as const;
  return [
    { type: 'action.leased', at: AT, hash, signer: BINDING.authority, signature: `intent-${hash}` },
    offered(context, hash),
    { type: 'wallet.signed', at: AT, hash, offer, signature: 'by-the-wallet' },
    { type: 'offer.dead', at: AT, hash, offer },
    signed(context, hash),
    { type: 'action.sent', at: AT, hash, signature },
    { type: 'action.landed', at: AT, hash, signature },
    { type: 'action.dropped', at: AT, hash, signature },
    { type: 'attempt.absent', ...ended },
    {
      type: 'attempt.replaced',
      at: AT,
      hash,
      signature,
      attempt: { ...signed(context, hash).attempt, signature: `${signature}-again` },
    },
    { type: 'attempt.dead', ...ended },
    { type: 'attempt.failed', ...ended },
    { type: 'attempt.failed', ...ended, ownFault: true },
    { type: 'action.refused', at: AT, hash, code: 'insufficient_funds', detail: '0' },
    { type: 'action.review', at: AT, hash, reason: 'what became of it is unknown' },
    { type: 'action.blocked', at: AT, hash, reason: 'the program is paused' },
    { type: 'action.final', at: AT, hash, signature },
    { type: 'transfer.expire', at: AT + HOUR, hash },
    { type: 'transfer.lapse', at: AT + HOUR, hash },
    { type: 'withdraw.fee', at: AT, hash, fee: '7' },
    takeBack(hash),
  ];
}

export function takeBack(hash: string, binding: Binding = BINDING): DepositEvent {
  return { type: 'transfer.takeBack', at: AT, binding, hash, ended: null };
}

export function resolve(as: 'retry' | 'drop', outstanding: readonly string[] = []): DepositEvent {
  return { type: `operator.${as}`, at: AT, operator: 'olga', reason: 'looked at', outstanding };
}

export function unfreeze(adopted?: { readonly slot: number; readonly onChain: string }): DepositEvent {
  const who = { at: AT, operator: 'olga', reason: 'looked at' };
  return { type: 'operator.unfreeze', ...who, ...(adopted === undefined ? {} : { adopted }) };
}

function attemptsOf(context: DepositContext, hash: string): number {
  return context.actions.find((action) => action.hash === hash)?.attempts ?? 0;
}
