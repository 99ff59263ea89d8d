/**
 * Matches are called off: before they start, while they are played, for too few players, paid by deposit or by wallet;
 * and every stake comes back, to where it came from, to the lamport.
 */
import type { MatchView } from '../../durable-objects/wire/views.ts';
import * as chapters from './chapters.ts';
import { checkEmpty, checkSpendable, kindsOf } from './ending.ts';
import { checkMoney, type Money, readMoney } from './money.ts';
import type { MoneyStoryOptions, MoneyStoryReport } from './money-story.ts';
import { Narrator } from './narrator.ts';
import { FUNDS, Stage } from './scene.ts';
import type { Stack } from './stack.ts';
import { ENTRY_FEE, Table, WAIT_MS, WALLET } from './table.ts';
import { joinByWallet, signAndSend } from './wallet-play.ts';

/** What a wallet paid for its join's two signatures is the network's, and gone. */
const JOIN_FEE = 10_000n;

/** Every table by what is the matter with it. */
interface Tables {
  readonly lobby: Table;
  readonly playing: Table;
  readonly alone: Table;
  readonly wallets: Table;
  /** Joined only while the chain is away; null where it never is. */
  readonly late: Table | null;
}

export async function tellRefundStory(stack: Stack, options: MoneyStoryOptions): Promise<MoneyStoryReport> {
  const narrator = new Narrator(options.print ?? (() => {}));
  const stage = new Stage(stack, narrator);
  await chapters.fund(stage);
  await chapters.fillWallets(stage);
  const before = await readMoney(stage);
  const tables = await lay(stage, options.fault !== null);
  await seat(stage, tables);
  if (options.fault === null) await callOff(stage, tables);
  else await callOffInOutage(stage, tables, options, options.fault);
  await refunded(stage, tables);
  await check(stage, tables, before);
  return { ms: narrator.elapsed, facts: narrator.facts };
}

function named(tables: Tables): readonly (readonly [string, Table])[] {
  const { lobby, playing, alone, wallets, late } = tables;
  const all = [
    ['the match in its lobby', lobby],
    ['the match that is played', playing],
    ['the match of alice alone', alone],
    ['the match of wallets', wallets],
  ] as const;
  return late === null ? all : [...all, ['the late match', late]];
}

async function lay(stage: Stage, hasOutage: boolean): Promise<Tables> {
  const { narrator } = stage;
  const tables = {
    lobby: new Table(stage),
    playing: new Table(stage),
    alone: new Table(stage),
    wallets: new Table(stage, WALLET),
    late: hasOutage ? new Table(stage) : null,
  };
  const all = named(tables);
  narrator.step(`the operator creates ${all.length} matches`);
  for (const [what, table] of all) {
    const reply = await table.create();
    narrator.fact(`${what} is accepted`, reply.status === 201, reply);
  }
  for (const [what, table] of all) await table.until(`${what} is final`, ({ provisional }) => !provisional);
  return tables;
}

async function seat(stage: Stage, { lobby, playing, alone, wallets }: Tables): Promise<void> {
  const { narrator, alice, bob } = stage;
  narrator.step('alice and bob join; one match stays too small');
  for (const table of [lobby, playing]) {
    for (const player of [alice, bob]) chapters.accepted(stage, player.name, await table.join(player));
  }
  chapters.accepted(stage, 'alice alone', await alone.join(alice));
  for (const player of [alice, bob]) {
    await signAndSend(stage, wallets, player, await joinByWallet(stage, wallets, player));
  }
  for (const [what, table, count] of [
    ['in the lobby', lobby, 2],
    ['at the match to be played', playing, 2],
    ['of alice alone', alone, 1],
    ['of the wallets', wallets, 2],
  ] as const)
    await table.until(`${count} seats ${what} are final`, (view) => finalSeats(view) === count);
  chapters.accepted(stage, 'one match is started', await playing.direct('start'));
  await playing.until('it is played, on the chain too', ({ money, openActions }) => {
    return money === 'playing' && openActions.length === 0;
  });
}

/** By the operator: of each the reason that is true. */
async function callOff(stage: Stage, tables: Tables): Promise<void> {
  stage.narrator.step('the platform is at fault, and one match has too few players: all are called off');
  for (const [what, table] of named(tables)) {
    const reason = table === tables.alone ? 'insufficient_players' : 'platform_fault';
    chapters.accepted(stage, what, await table.cancel(reason));
  }
}

async function callOffInOutage(
  stage: Stage,
  tables: Tables,
  options: MoneyStoryOptions,
  fault: NonNullable<MoneyStoryOptions['fault']>,
): Promise<void> {
  const { narrator } = stage;
  await chapters.outage(stage, { fault });
  for (const [what, table] of named(tables)) {
    await table.until(`${what} queues`, ({ link }) => link === 'queued');
  }
  if (tables.late !== null) await joinLate(stage, tables.late);
  await callOff(stage, tables);
  if (tables.late !== null) await freedAtOnce(stage, tables.late);
  const before = await viewsOf(tables);
  const isWaiting = before.every(({ money, decidedBy }) => money === 'cancelling' && decidedBy === 'mirror');
  narrator.fact('each waits for the chain, decided by the mirror', isWaiting, before);
  if (options.killRuntimeMidOutage === true) await chapters.killed(stage);
  else await chapters.evicted(stage, { matchId: tables.playing.matchId }, 'one of them');
  const after = await viewsOf(tables);
  const asBefore = after.every((view, place) => {
    const then = before[place];
    return then !== undefined && chapters.lasting(view) === chapters.lasting(then);
  });
  narrator.fact('they come back as they were', asBefore, { before, after });
  chapters.nothingSent(stage);
  await chapters.thaw(stage, { fault });
}

async function joinLate(stage: Stage, late: Table): Promise<void> {
  stage.narrator.step('alice and bob join one more match, with the chain down');
  for (const player of stage.players) chapters.accepted(stage, player.name, await late.join(player));
  await late.until('their seats are reserved', ({ seats }) => {
    return seats.length === 2 && seats.every(({ state }) => state === 'reserved');
  });
}

/** Nothing of it was ever signed: it needs no chain to be undone. */
async function freedAtOnce({ narrator, players }: Stage, late: Table): Promise<void> {
  await late.until('the seats that were never paid are free at once', ({ seats }) => seats.length === 0);
  for (const player of players) {
    await narrator.eventually(
      `and ${player.name}'s stake for it is spendable again`,
      WAIT_MS,
      () => player.deposit(),
      ({ holds }) => holds.length === 0,
    );
  }
}

/** All but the one that nobody sat at: that is over as soon as it is called off. */
async function viewsOf({ lobby, playing, alone, wallets }: Tables): Promise<readonly MatchView[]> {
  return await Promise.all([lobby, playing, alone, wallets].map((table) => table.view()));
}

async function refunded(stage: Stage, tables: Tables): Promise<void> {
  const { narrator, operator } = stage;
  const { alone } = tables;
  await alone.until('a fee that nobody has paid in: a person must look', ({ money }) => money === 'review');
  const { message = '' } =
    (await operator.alerts(alone.matchId)).find(({ class: cls }) => cls === 'action_review') ?? {};
  // The stake whole, 250 basis points of it on top, and an escrow that has the stake only (H-02).
  const figures = ['100000000 to the players and 2500000 to the treasury', '2500000 are missing'];
  narrator.fact(
    'and is given the figures',
    figures.every((each) => message.includes(each)),
    message,
  );
  const reply = await alone.resolve('void', 'nobody else came');
  chapters.accepted(stage, 'the person voids it', reply);
  for (const [what, table] of named(tables)) {
    await table.until(`${what} is refunded`, ({ money, link }) => money === 'refunded' && link === 'online');
  }
}

async function check(stage: Stage, tables: Tables, before: Money): Promise<void> {
  const { narrator } = stage;
  await checkSpendable(stage, { alice: FUNDS, bob: FUNDS });
  for (const player of stage.players) {
    const { inPlay } = await player.deposit();
    narrator.fact(`${player.name} has nothing in play`, inPlay.derived === '0', inPlay);
  }
  narrator.step('the chain is asked, past the mirror');
  await checkMoney(stage, before, { alice: { wallet: -JOIN_FEE }, bob: { wallet: -JOIN_FEE } });
  for (const [what, table] of named(tables)) await checkOver(stage, what, table, tables);
}

async function checkOver(stage: Stage, what: string, table: Table, tables: Tables): Promise<void> {
  const { narrator, reader } = stage;
  const escrow = await checkEmpty(stage, table, what);
  const neverPaid = table === tables.late;
  const joins = neverPaid ? 0 : table === tables.alone ? 1 : 2;
  const expected = [
    'create_match',
    ...Array.from({ length: joins }, () => 'join_match'),
    ...(table === tables.playing ? ['start_match'] : []),
    ...(neverPaid ? [] : ['refund_escrow']),
  ];
  const kinds = kindsOf(await reader.transactions(table.matchPda));
  narrator.fact(`its whole history: ${kinds.join(', ')}`, `${kinds}` === `${expected}`, kinds);
  if (neverPaid) return;
  const isRefunded = escrow.cancelled && !escrow.distributed && escrow.cancellationReason === 0;
  narrator.fact('refunded as a fault of the platform', isRefunded, escrow);
  const { cancellation } = await table.view();
  const refunds = cancellation?.refunds ?? [];
  const told = refunds.length === joins && refunds.every(({ lamports }) => lamports === `${ENTRY_FEE}`);
  narrator.fact('the mirror tells who got what back', told, cancellation);
}

function finalSeats({ seats }: MatchView): number {
  return seats.filter(({ state }) => state === 'final').length;
}
