/** What a test sees of an object behind its answers, and what must be true of all of them in every run. */
import { base58Encode, decodeEscrow, decodeUserDeposit, fromHex, journalHash } from '../../core/index.ts';
import type { AlertRow, JournalPage } from '../../durable-objects/wire/objects.ts';
import { developmentTreasury } from '../../services/solana/dev-genesis.ts';
import { walletOf } from './ids.ts';
import type { World } from './world.ts';

/** Kinds of finished work of an action: each ends in exactly one of them (I14). */
const ENDS = ['final', 'failed', 'expired', 'cancelled', 'review'];

export interface ActionRow {
  readonly hash: string;
  readonly kind: string;
  readonly state: string;
}

export function actionsIn(world: World, name: string): ActionRow[] {
  return world
    .home(name)
    .rows('SELECT hash, kind, state FROM action')
    .map((row) => ({ hash: String(row.hash), kind: String(row.kind), state: String(row.state) }));
}

export interface AttemptRow {
  readonly signature: string;
  readonly action: string;
  readonly state: string;
}

export function attemptsIn(world: World, name: string): AttemptRow[] {
  return world
    .home(name)
    .rows('SELECT signature, action, state FROM attempt ORDER BY seq')
    .map((row) => ({
      signature: String(row.signature),
      action: String(row.action),
      state: String(row.state),
    }));
}

/** Classes of the review and break rows. */
export function findingsIn(world: World, name: string, kind: 'review' | 'break'): string[] {
  return world
    .home(name)
    .rows('SELECT class, detail FROM finding WHERE kind = ? ORDER BY seq, line', kind)
    .map((row) => (kind === 'break' ? String(row.class) : String(row.detail)));
}

export async function alertsIn(object: { alerts(): Promise<readonly AlertRow[]> }): Promise<string[]> {
  return (await object.alerts()).map(({ class: cls, severity }) => `${severity} ${cls}`);
}

/** The journal is whole: gap-free, and each entry hashes on (I12). */
export async function journalHolds(object: {
  journal(from: number, limit: number): Promise<JournalPage>;
}): Promise<boolean> {
  let { genesis: expected } = await object.journal(1, 1);
  let seq = 0;
  for (;;) {
    const { entries } = await object.journal(seq + 1, 500);
    if (entries.length === 0) return true;
    for (const entry of entries) {
      seq += 1;
      expected = journalHash(expected, entry.entry);
      if (entry.seq !== seq || entry.hash !== expected) return false;
    }
  }
}

/** Successful transactions on the match's account, by the memo that names their action. */
export function effectsByMemo(world: World, matchId: string): ReadonlyMap<string, number> {
  return effectsAt(world, world.port.pda('match', matchId).address);
}

export function effectsAt(world: World, address: string): ReadonlyMap<string, number> {
  const effects = new Map<string, number>();
  for (const record of world.chain.getSignaturesForAddress(address, { commitment: 'confirmed' })) {
    if (record.err !== null || record.memo === null) continue;
    effects.set(record.memo, (effects.get(record.memo) ?? 0) + 1);
  }
  return effects;
}

/** Transactions on the account that name an action of the object and of which it has no row (I16). */
export function sentWithoutRow(world: World, name: string, address: string): string[] {
  const signatures = attemptsIn(world, name).map(({ signature }) => signature);
  const memos = actionsIn(world, name).map(({ hash }) => base58Encode(fromHex(hash)));
  return world.chain
    .getSignaturesForAddress(address, { commitment: 'confirmed' })
    .filter(({ memo, signature }) => {
      const names = memo !== null && memos.some((ours) => memo.includes(ours));
      return names && !signatures.includes(signature);
    })
    .map(({ signature }) => signature);
}

export function unfinished(world: World, name: string): ActionRow[] {
  return actionsIn(world, name).filter(({ state }) => !ENDS.includes(state));
}

export interface Purse {
  /** Lamports that the deposit accounts say are available. */
  readonly deposits: bigint;
  /** Lamports on the players' own wallets. */
  readonly wallets: bigint;
  /** Lamports in escrow that are owed: not their rent, not what was sent on top. */
  readonly escrows: bigint;
  readonly treasury: bigint;
}

/** Where the players' money is on the chain, at `finalized`. */
export async function purse(
  world: World,
  users: readonly string[],
  matches: readonly string[],
): Promise<Purse> {
  const at = (address: string) => world.chain.getAccount(address, 'finalized');
  let deposits = 0n;
  let wallets = 0n;
  for (const user of users) {
    wallets += world.chain.getBalance(walletOf(user), 'finalized');
    const account = at(world.port.pda('deposit', await world.port.custodyAuthority(user)).address);
    if (account !== null) deposits += decodeUserDeposit(account.data).available;
  }
  let escrows = 0n;
  for (const id of matches) {
    const account = at(world.port.pda('escrow', world.port.pda('match', id).address).address);
    if (account !== null) escrows += decodeEscrow(account.data).totalEntry;
  }
  const treasury = at(developmentTreasury().publicKey.toBase58())?.lamports ?? 0n;
  return { deposits, wallets, escrows, treasury };
}
