/** A statement of account must add up by itself, and to what the mirror says of the balances. */
import type { Balances, DepositView, StatementEntry } from '../../durable-objects/wire/views.ts';
import type { Player, Stage } from './scene.ts';

/** Small, so that a short story has several pages. */
const PAGE = 2;
const MAX_PAGES = 100;
const HASH = /^[0-9a-f]{64}$/;
const NOTHING: Balances = { available: '0', held: '0', withdrawing: '0', suspense: '0' };

export async function checkStatement({ narrator }: Stage, player: Player, view: DepositView): Promise<void> {
  narrator.step(`${player.name}'s statement is read, ${PAGE} entries a page`);
  const entries = await readAll(player);
  const kinds = entries.map(({ kind }) => kind);
  narrator.fact(`it tells of ${kinds.join(', ')}`, entries.length > PAGE, entries);
  const rises = entries.every(({ seq }, place) => place === 0 || seq > (entries[place - 1]?.seq ?? seq));
  const isWhole = rises && entries.every(({ hash }) => HASH.test(hash));
  narrator.fact('each entry once, in order, with the hash of its journal entry', isWhole, entries);
  let sum = NOTHING;
  const wrong = entries.find((entry) => {
    sum = added(sum, entry);
    return !same(sum, entry.balances) || total(entry) !== 0n;
  });
  narrator.fact('each entry sums to nothing, and leads to its balances', wrong === undefined, wrong);
  narrator.fact('the last of them are those of the view', same(sum, view.balances), { sum, view });
  await checkPast({ narrator }, player, entries, view);
}

async function checkPast(
  { narrator }: Pick<Stage, 'narrator'>,
  player: Player,
  entries: readonly StatementEntry[],
  { seq: head }: DepositView,
): Promise<void> {
  for (const { seq, balances, kind } of entries) {
    const then = await player.balancesAt(seq);
    if (!same(then, balances)) narrator.fact(`the balances after ${kind}, ${seq}`, false, then);
  }
  narrator.fact('asked for any past moment, the balances are those of the statement', true);
  const [first] = entries;
  const before = first === undefined || first.seq < 2 ? NOTHING : await player.balancesAt(first.seq - 1);
  narrator.fact('before the first entry there was nothing', same(before, NOTHING), before);
  const future = await player.balancesAt(head + 1_000).catch((error: unknown) => error);
  narrator.fact('and of the future nothing is told', future instanceof Error, future);
}

async function readAll(player: Player): Promise<readonly StatementEntry[]> {
  const all: StatementEntry[] = [];
  let from: number | null = 1;
  for (let pages = 0; from !== null && pages < MAX_PAGES; pages++) {
    const page = await player.statement(from, PAGE);
    all.push(...page.entries);
    from = page.next;
  }
  return all;
}

/** `suspense` shows what is owed, so a posting to it counts the other way round. */
function added(balances: Balances, { moved }: StatementEntry): Balances {
  const plus = (account: keyof Balances, sign = 1n): string =>
    `${BigInt(balances[account]) + sign * BigInt(moved[account] ?? '0')}`;
  return {
    available: plus('available'),
    held: plus('held'),
    withdrawing: plus('withdrawing'),
    suspense: plus('suspense', -1n),
  };
}

/** Double entry: what one account gets the others lose, the chain included. */
function total({ moved }: StatementEntry): bigint {
  return Object.values(moved).reduce((sum, lamports) => sum + BigInt(lamports), 0n);
}

function same(left: Balances, right: Balances): boolean {
  return (['available', 'held', 'withdrawing', 'suspense'] as const).every(
    (account) => left[account] === right[account],
  );
}
