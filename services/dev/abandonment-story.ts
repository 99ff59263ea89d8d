/**
 * A player leaves a match that is played. Whoever is back within the grace forfeits nothing; who is not forfeits their
 * stake, which no escrow can pay by itself with its fee (H-02): a person is given the figures, and decides.
 */
import { refundBreakdown } from '../../core/index.ts';
import * as chapters from './chapters.ts';
import { checkEmpty, checkJournal, checkSpendable, kindsOf } from './ending.ts';
import { checkMoney, escrowed, type Money, readMoney } from './money.ts';
import type { MoneyStoryOptions, MoneyStoryReport } from './money-story.ts';
import { Narrator } from './narrator.ts';
import { FUNDS, Scene } from './scene.ts';
import type { Stack } from './stack.ts';
import { ENTRY_FEE, WAIT_MS } from './table.ts';

/** The program's reason of a grace that has passed. */
const GRACE_EXPIRED = 4;
/** The grace is the longest wait of all, and begins anew where a seat had not landed when it ended. */
const GRACE_WAIT_MS = 3 * WAIT_MS;

export async function tellAbandonmentStory(
  stack: Stack,
  options: MoneyStoryOptions,
): Promise<MoneyStoryReport> {
  const narrator = new Narrator(options.print ?? (() => {}));
  const scene = new Scene(stack, narrator);
  try {
    await chapters.fund(scene);
    const before = await readMoney(scene);
    await chapters.create(scene);
    await chapters.createFinal(scene);
    if (options.fault === null) await leftOnline(scene);
    else await leftInOutage(scene, options, options.fault);
    const missing = await reviewed(scene, before);
    await retried(scene, missing);
    await check(scene, before);
    return { ms: narrator.elapsed, facts: narrator.facts };
  } finally {
    scene.close();
  }
}

async function joined(scene: Scene): Promise<void> {
  scene.narrator.step('alice and bob join');
  for (const player of scene.players) {
    chapters.accepted(scene, player.name, await scene.table.join(player));
  }
}

async function leftOnline(scene: Scene): Promise<void> {
  const { narrator, table, bob } = scene;
  await joined(scene);
  await narrator.until(
    'both stakes are final',
    WAIT_MS,
    ({ seats }) => seats.length === 2 && seats.every(({ state }) => state === 'final'),
  );
  await chapters.start(scene);
  await leaves(scene);
  narrator.step('bob is back in time');
  chapters.accepted(scene, 'he says so himself', await table.present(bob, 'bob', true));
  await narrator.until('nobody is missing', WAIT_MS, ({ absent }) => absent.length === 0);
  await leaves(scene);
}

async function leftInOutage(
  scene: Scene,
  options: MoneyStoryOptions,
  fault: NonNullable<MoneyStoryOptions['fault']>,
): Promise<void> {
  await chapters.outage(scene, { fault });
  await chapters.queued(scene);
  await joined(scene);
  await chapters.start(scene);
  await chapters.playedByMirror(scene);
  await leaves(scene);
  await chapters.interrupt(scene, options);
  await chapters.thaw(scene, { fault });
  await chapters.replayed(scene);
}

async function leaves({ narrator, table, operator, alice }: Scene): Promise<void> {
  narrator.step('bob leaves');
  const rival = await table.present(alice, 'bob', false);
  narrator.fact(
    'a rival cannot say so: forbidden',
    chapters.codeOf(rival) === 'forbidden' && rival.status === 403,
    rival,
  );
  const reply = await table.present(operator, 'bob', false);
  narrator.fact("the game's server can", reply.status === 200, reply);
  const now = Date.now();
  await narrator.until(
    'he is missing, and has his time to come back',
    WAIT_MS,
    ({ absent, money }) =>
      money === 'playing' && absent.length === 1 && absent[0]?.userId === 'bob' && absent[0].until > now,
  );
}

/** Answers what the escrow lacks. */
async function reviewed({ narrator, table, operator }: Scene, { config }: Money): Promise<bigint> {
  narrator.step('bob does not come back');
  const { cancellation } = await narrator.until(
    'the grace has passed: a person must look',
    GRACE_WAIT_MS,
    ({ money }) => money === 'review',
  );
  const isHis = cancellation?.reason === GRACE_EXPIRED && cancellation.abandonedUserId === 'bob';
  narrator.fact('it is bob who left', isHis, cancellation);
  const due = breakdown(config.cancellationFeeBps);
  const paid = due.payouts.reduce((sum, payout) => sum + payout, 0n);
  const missing = paid + due.treasury - 2n * ENTRY_FEE;
  const { message = '' } =
    (await operator.alerts(table.matchId)).find(({ class: cls }) => cls === 'action_review') ?? {};
  const figures = [`${paid} to the players and ${due.treasury} to the treasury`, `${missing} are missing`];
  narrator.fact(
    `the alert has the figures: ${figures.join('; ')}`,
    figures.every((each) => message.includes(each)),
    message,
  );
  return missing;
}

async function retried(scene: Scene, missing: bigint): Promise<void> {
  const { narrator, table, reader } = scene;
  narrator.step(`somebody sends the ${missing} lamports to the escrow, and the operator tries again`);
  await reader.airdrop(table.escrowPda, missing);
  await narrator.eventually(
    'they are there',
    WAIT_MS,
    () => escrowed(scene, table.escrowPda),
    (lamports) => lamports === 2n * ENTRY_FEE + missing,
  );
  chapters.accepted(scene, 'the refund is taken up again', await table.resolve('retry', 'the fee is there'));
  await narrator.until('it is paid', WAIT_MS, ({ money, link }) => money === 'refunded' && link === 'online');
}

async function check(scene: Scene, before: Money): Promise<void> {
  const { narrator, table, reader, bob } = scene;
  await checkSpendable(scene, { alice: FUNDS, bob: FUNDS - ENTRY_FEE });
  const { inPlay } = await bob.deposit();
  // The program never takes a forfeited stake out of play (H-04); the mirror does.
  const { bob: his } = await readMoney(scene);
  const isOver = inPlay.derived === '0' && his.inPlay === ENTRY_FEE;
  narrator.fact('bob has nothing in play, whatever the program says', isOver, { inPlay, his });
  narrator.step('the chain is asked, past the mirror');
  await checkMoney(scene, before, {
    bob: { deposit: -ENTRY_FEE },
    treasury: breakdown(before.config.cancellationFeeBps).treasury,
  });
  const escrow = await checkEmpty(scene, table);
  const forfeited =
    escrow.cancelled && escrow.cancellationReason === GRACE_EXPIRED && escrow.abandonedIndex !== null;
  narrator.fact('and it is refunded without the one who left', forfeited, escrow);
  const kinds = kindsOf(await reader.transactions(table.matchPda));
  const last = kinds.filter((kind) => kind === 'refund_escrow').length === 1;
  narrator.fact('by one refund', last && kinds.at(-1) === 'refund_escrow', kinds);
  await checkJournal(scene, table, await table.view());
}

/** As the program will: of two stakes, bob's the second. */
function breakdown(cancellationFeeBps: number) {
  return refundBreakdown({
    totalEntry: 2n * ENTRY_FEE,
    stakes: [ENTRY_FEE, ENTRY_FEE],
    listed: [0, 1],
    reason: GRACE_EXPIRED,
    cancellationFeeBps,
    abandoned: 1,
  });
}
