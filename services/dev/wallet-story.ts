/**
 * Two players pay by wallets of their own. The mirror prepares each transaction, the wallet signs it, and the mirror
 * signs last; in an outage it keeps the signed intents, and asks for the transactions when the chain is back.
 */
import { feeBreakdown } from '../../core/index.ts';
import * as chapters from './chapters.ts';
import { checkDistributed, checkHistory, checkJournal } from './ending.ts';
import { checkMoney, type Money, readMoney } from './money.ts';
import type { MoneyStoryOptions, MoneyStoryReport } from './money-story.ts';
import { Narrator } from './narrator.ts';
import { Scene, seatOf } from './scene.ts';
import type { Stack } from './stack.ts';
import { ENTRY_FEE, WAIT_MS, WALLET } from './table.ts';
import { deafen, type Ears, joinByWallet, listen, signOnRequest } from './wallet-play.ts';

/** Two signatures of a join, the wallet's and the coordinator's on the memo; the wallet pays for both. */
const JOIN_FEE = 10_000n;

type Actions = { readonly alice: string; readonly bob: string };

export async function tellWalletStory(stack: Stack, options: MoneyStoryOptions): Promise<MoneyStoryReport> {
  const narrator = new Narrator(options.print ?? (() => {}));
  const scene = new Scene(stack, narrator, WALLET);
  let ears: Ears | null = null;
  try {
    await chapters.fillWallets(scene);
    await chapters.healthy(scene);
    const before = await readMoney(scene);
    await chapters.create(scene);
    await chapters.createFinal(scene);
    ears = await listen(scene, scene.table);
    if (options.fault === null) await joinedOnline(scene, ears);
    else await joinedInOutage(scene, ears, options, options.fault);
    await chapters.start(scene);
    await chapters.end(scene);
    await check(scene, before);
    return { ms: narrator.elapsed, facts: narrator.facts };
  } finally {
    if (ears !== null) deafen(ears);
    scene.close();
  }
}

async function joinedOnline(scene: Scene, ears: Ears): Promise<void> {
  const { narrator, table, alice, bob } = scene;
  narrator.step('alice joins');
  const action = await joinByWallet(scene, table, alice);
  await signOnRequest(scene, table, { player: alice, action, ears });
  await narrator.until(
    'her stake is final on the chain',
    WAIT_MS,
    (view) => seatOf(view, 'alice') === 'final',
  );
  narrator.step('bob joins');
  const his = await joinByWallet(scene, table, bob);
  await startTooEarly(scene);
  await signOnRequest(scene, table, { player: bob, action: his, ears });
  await narrator.until('so is his', WAIT_MS, (view) => seatOf(view, 'bob') === 'final');
}

async function joinedInOutage(
  scene: Scene,
  ears: Ears,
  options: MoneyStoryOptions,
  fault: NonNullable<MoneyStoryOptions['fault']>,
): Promise<void> {
  const { narrator, table, alice, bob } = scene;
  await chapters.outage(scene, { fault });
  await chapters.queued(scene);
  narrator.step('alice and bob join, with the chain down');
  const actions = {
    alice: await joinByWallet(scene, table, alice),
    bob: await joinByWallet(scene, table, bob),
  };
  await narrator.until(
    'both seats are reserved: their intents wait',
    WAIT_MS,
    ({ seats }) => seats.length === 2 && seats.every(({ state }) => state === 'reserved'),
  );
  await startTooEarly(scene);
  await chapters.interrupt(scene, options);
  nobodyAsked(scene, ears);
  chapters.nothingSent(scene);
  await chapters.thaw(scene, { fault });
  await signedAtReplay(scene, ears, actions);
  await chapters.replayed(scene);
}

async function signedAtReplay(scene: Scene, ears: Ears, actions: Actions): Promise<void> {
  const { table, players } = scene;
  for (const player of players) {
    await signOnRequest(scene, table, { player, action: actions[player.name], ears });
  }
}

/** A blockhash of a chain that stands still is not worth a signature. */
function nobodyAsked({ narrator }: Scene, ears: Ears): void {
  const asked = Object.values(ears).flatMap((each) => each.asked());
  narrator.fact('no wallet was asked for a transaction while the chain is down', asked.length === 0, asked);
}

/** Else a player who sees that they lose would simply not sign (design: section 3, rule 4). */
async function startTooEarly(scene: Scene): Promise<void> {
  scene.narrator.step('the match is started too early');
  const reply = await scene.table.direct('start');
  const refused = chapters.codeOf(reply) === 'seats_not_final' && JSON.parse(reply.text).retryable === true;
  scene.narrator.fact('refused for now: not every stake is final', refused, reply);
}

async function check(scene: Scene, before: Money): Promise<void> {
  const { narrator, table, reader, players } = scene;
  const view = await chapters.settled(scene);
  narrator.step('the chain is asked, past the mirror');
  const transactions = await reader.transactions(view.matchPda);
  for (const { name, wallet } of players) {
    const own = transactions.filter(({ feePayer }) => feePayer === wallet.address);
    const fees = own.map(({ fee }) => fee);
    narrator.fact(`${name}'s wallet paid one fee, of its join`, `${fees}` === `${JOIN_FEE}`, fees);
  }
  const { platformFee, netPool } = feeBreakdown(2n * ENTRY_FEE, before.config.platformFeeBps);
  await checkMoney(scene, before, {
    alice: { wallet: -ENTRY_FEE - JOIN_FEE },
    bob: { wallet: netPool - ENTRY_FEE - JOIN_FEE },
    treasury: platformFee,
  });
  await checkDistributed(scene, table);
  checkHistory(scene, transactions, view);
  await checkJournal(scene, table, view);
}
