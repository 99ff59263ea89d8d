/**
 * Accounts as two providers show them (F34: providers that disagree at `finalized` decide nothing). A finalized slot has
 * one content, so two who show it differently cannot both be believed; two who are at different slots may both be right.
 */
import { type AccountsAt, type ChainAccount, ChainUnavailable } from '../../durable-objects/ports.ts';
import type { Provider } from './json-rpc.ts';
import type { AskedOne, RpcPool } from './rpc-pool.ts';
import type { SlotSightings } from './slot-sightings.ts';
import { sameBytes } from './wire.ts';

export type ReadAccounts = (provider: Provider, minSlot: number | undefined) => Promise<AccountsAt>;

export interface WitnessedRead {
  readonly pool: RpcPool;
  readonly sightings: SlotSightings;
  /** How many are asked at the same time; one answer is enough where the others have none. */
  readonly witnesses: number;
  readonly read: ReadAccounts;
}

/**
 * Throws `ChainUnavailable`: `disagreement` where one slot is shown in two ways, `stale` where two who differ could not
 * be brought to one slot.
 */
export async function readWitnessed(
  { pool, sightings, witnesses, read }: WitnessedRead,
  minSlot: number | undefined,
): Promise<AccountsAt> {
  const ask = (provider: Provider) => read(provider, minSlot);
  if (witnesses === 1) return unlessAbsurd(await pool.read(ask), sightings);
  const [one, other] = await pool.readAtEach(witnesses, ask);
  if (other === undefined) return unlessAbsurd(one.answer, sightings);
  for (const { answer } of [one, other]) sightings.note(answer.provider, answer.slot);
  if (judged(one.answer, other.answer) === 'same') return lower(one.answer, other.answer);
  return await secondLook({ pool, sightings, witnesses, read }, one, other);
}

/**
 * Of the two, at the later of their slots. One that is not there yet leaves the answer open, and nothing follows for its
 * place among the others: where the other one is may be its own invention. Only where it has stood still for a while,
 * and the other has not, is it taken for what it is, one provider that is down.
 */
async function secondLook(
  { pool, sightings, read }: WitnessedRead,
  one: AskedOne<AccountsAt>,
  other: AskedOne<AccountsAt>,
): Promise<AccountsAt> {
  const minSlot = Math.max(one.answer.slot, other.answer.slot);
  const again = ({ provider }: AskedOne<AccountsAt>) =>
    pool.patiently(provider, (asked) => read(asked, minSlot)).catch(nullWhereStale);
  const [oneNow, otherNow] = await Promise.all([again(one), again(other)]);
  const names = [one.provider.name, other.provider.name] as const;
  if (oneNow !== null && otherNow !== null) {
    // Finalized slots pass quickly: what one shows now, the other may have shown before.
    const pairs = [
      [oneNow, otherNow] as const,
      [one.answer, otherNow] as const,
      [oneNow, other.answer] as const,
    ];
    return decided(pairs, names.join(' and '));
  }
  if (oneNow !== null && sightings.standsStill(names[1], names[0])) return oneNow;
  if (otherNow !== null && sightings.standsStill(names[0], names[1])) return otherNow;
  throw new ChainUnavailable('stale', names.join(' and '), `one has not reached slot ${minSlot}`);
}

type Pair = readonly [AccountsAt, AccountsAt];

function decided(pairs: readonly Pair[], names: string): AccountsAt {
  const contrary = pairs.find(([a, b]) => judged(a, b) === 'contrary');
  if (contrary !== undefined) {
    throw new ChainUnavailable('disagreement', names, `slot ${contrary[0].slot} has two contents`);
  }
  const same = pairs.find(([a, b]) => judged(a, b) === 'same');
  if (same === undefined) throw new ChainUnavailable('stale', names, 'they differ, at no slot in common');
  return lower(...same);
}

function nullWhereStale(error: unknown): null {
  if (error instanceof ChainUnavailable && error.code === 'stale') return null;
  throw error;
}

/**
 * One witness alone is believed about accounts: one provider down is not Solana down. Its slot is another matter, since
 * an object would from then on accept nothing older (slot-sightings.ts).
 */
function unlessAbsurd(at: AccountsAt, sightings: SlotSightings): AccountsAt {
  sightings.check(at.provider, at.slot);
  sightings.note(at.provider, at.slot);
  return at;
}

function judged(a: AccountsAt, b: AccountsAt): 'same' | 'contrary' | 'apart' {
  const isSame = a.accounts.every((account, index) => isSameAccount(account, b.accounts[index] ?? null));
  if (isSame) return 'same';
  return a.slot === b.slot ? 'contrary' : 'apart';
}

function isSameAccount(a: ChainAccount | null, b: ChainAccount | null): boolean {
  if (a === null || b === null) return a === b;
  return a.lamports === b.lamports && a.owner === b.owner && sameBytes(a.data, b.data);
}

/** Both vouch for what was there at the lower slot; for the higher one there is a single word. */
function lower(a: AccountsAt, b: AccountsAt): AccountsAt {
  return a.slot <= b.slot ? a : b;
}
