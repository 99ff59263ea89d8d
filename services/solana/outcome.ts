/**
 * What became of a transaction, and how far the chain is, by the word of two providers (F34). Nobody can prove an outcome:
 * who was given the bytes can show them as landed or as failed, signed as they are. So where a second provider can be
 * asked, nothing is final by one word; and that an attempt failed, after which another is signed, is as grave as a proof
 * of death and needs two in any case.
 */
import {
  ChainUnavailable,
  type Commitment,
  type ObservedTransaction,
  type SignatureStatus,
} from '../../durable-objects/ports.ts';
import { epochAnswer, statusAnswer } from './answers.ts';
import { RpcError } from './errors.ts';
import type { Provider } from './json-rpc.ts';
import { fetchTransaction } from './observe.ts';
import type { RpcPool } from './rpc-pool.ts';
import type { SlotSightings } from './slot-sightings.ts';

export interface Witnesses {
  readonly pool: RpcPool;
  /** At `finalized`, and of the newest that a provider knows: they stand apart. */
  readonly sightings: SlotSightings;
  readonly tips: SlotSightings;
  /** How many are asked; one answer is enough where the others have none. */
  readonly witnesses: number;
  /** Unix ms. */
  now(): number;
}

type Seen = Extract<SignatureStatus, { readonly kind: 'seen' }>;

interface Word {
  readonly by: string;
  readonly status: SignatureStatus;
}

/** For so long the same one is asked first. One that stopped at `processed` would else have the first word for ever. */
const LEAD_MS = 1_000;

/** `finalized` by one word is told as `confirmed`. Throws `ChainUnavailable`: `disagreement` where two ends are told. */
export async function statusAt(of: Witnesses, signature: string): Promise<SignatureStatus> {
  const { pool, tips, witnesses, now } = of;
  const ask = async (provider: Provider): Promise<Word> => {
    const { tip, status } = await readStatus(provider, signature);
    tips.note(provider.name, tip);
    return { by: provider.name, status };
  };
  const lead = pool.all[Math.floor(now() / LEAD_MS) % pool.all.length];
  const { by, status } = await pool.readUntil(ask, (word) => word.status.kind === 'seen', lead?.name);
  if (witnesses === 1 || !isFinal(status)) return status;
  let isVouchedFor = !status.failed;
  for (const provider of pool.ordered().filter(({ name }) => name !== by)) {
    const other = await pool.patiently(provider, ask).catch(nullWhereSilent);
    if (other === null) continue;
    if (!isFinal(other.status)) {
      // One that went no further has not seen it yet; one that moves should have.
      isVouchedFor &&= tips.standsStill(provider.name, by);
    } else if (other.status.failed === status.failed) {
      return status;
    } else {
      throw new ChainUnavailable('disagreement', `${by} and ${other.by}`, `${signature} ended in two ways`);
    }
  }
  return isVouchedFor ? status : { ...status, commitment: 'confirmed' };
}

/** Throws `ChainUnavailable`: `disagreement` where two show it with different outcomes. */
export async function transactionAt(
  { pool, sightings, witnesses }: Witnesses,
  signature: string,
  commitment: Commitment,
): Promise<ObservedTransaction | null> {
  const fetch = async (provider: Provider): Promise<ObservedTransaction | null> => {
    const found = await fetchTransaction(provider, signature, commitment);
    if (found !== null) sightings.check(provider.name, found.slot);
    return found;
  };
  if (witnesses > 1 && commitment === 'finalized') {
    const shown = await pool.readAtEach(witnesses, fetch);
    const [one, other] = shown.flatMap(({ answer }) => answer ?? []);
    if (one !== undefined && other !== undefined && outcomeText(one) !== outcomeText(other)) {
      const names = shown.map(({ provider }) => provider.name).join(' and ');
      throw new ChainUnavailable('disagreement', names, `${signature} has two outcomes`);
    }
    if (one !== undefined) return one;
  }
  return await pool.readUntil(fetch, (found) => found !== null);
}

/**
 * The lower of two, unless the one that says so stands still: at a height that nobody has reached, what may still land
 * would be given up.
 */
export async function finalizedPositionAt({
  pool,
  sightings,
  witnesses,
}: Witnesses): Promise<{ readonly height: number; readonly slot: number }> {
  const told = await pool.readAtEach(witnesses, async (provider) => {
    const { absoluteSlot, blockHeight } = await provider.call(
      'getEpochInfo',
      [{ commitment: 'finalized' }],
      epochAnswer,
    );
    sightings.check(provider.name, absoluteSlot);
    return { height: blockHeight, slot: absoluteSlot };
  });
  for (const { provider, answer } of told) sightings.note(provider.name, answer.slot);
  const [lower, higher = lower] = told.toSorted((a, b) => a.answer.height - b.answer.height);
  if (lower === undefined || higher === undefined) throw new Error('at least one answers, or it throws');
  return sightings.standsStill(lower.provider.name, higher.provider.name) ? higher.answer : lower.answer;
}

async function readStatus(
  provider: Provider,
  signature: string,
): Promise<{ readonly tip: number; readonly status: SignatureStatus }> {
  const options = { searchTransactionHistory: true };
  const { context, value } = await provider.call(
    'getSignatureStatuses',
    [[signature], options],
    statusAnswer,
  );
  const [known] = value;
  if (known === null) return { tip: context.slot, status: { kind: 'unknown' } };
  const { slot, err, confirmations, confirmationStatus } = known;
  // Without the word, `confirmations: null` is how a node says "rooted"; anything else proves no more than a sighting.
  const commitment = confirmationStatus ?? (confirmations === null ? 'finalized' : 'processed');
  return { tip: context.slot, status: { kind: 'seen', commitment, slot, failed: err !== null } };
}

function isFinal(status: SignatureStatus): status is Seen {
  return status.kind === 'seen' && status.commitment === 'finalized';
}

/** All that is booked of it. Instructions and accounts are in the bytes, and those are signed. */
function outcomeText({ slot, error, balances }: ObservedTransaction): string {
  return JSON.stringify([slot, error, balances.map(({ before, after }) => `${before} ${after}`)]);
}

function nullWhereSilent(error: unknown): null {
  if (error instanceof ChainUnavailable || error instanceof RpcError) return null;
  throw error;
}
