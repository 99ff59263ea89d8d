/** What happens in the story, a chapter each, and the facts that must hold on the way. */
import type { MatchView } from '../../durable-objects/wire/views.ts';
import { uuidV7 } from '../console/uuid.ts';
import type { Reply } from './mirror-client.ts';
import { ENTRY_FEE, FUNDS, PLATFORM, type Scene, seatOf, WAIT_MS } from './scene.ts';
import type { StoryOptions } from './story.ts';

/** What the story promises to a person who watches; design section 13 has the budget. */
const JOIN_MS = 100;

export async function fund({ narrator, operator, players }: Scene): Promise<void> {
  narrator.step('alice and bob deposit 1 SOL each');
  await Promise.all(
    players.map(([userId]) => operator.develop('/dev/fund', { userId, lamports: `${FUNDS}` })),
  );
  for (const [name, player] of players) {
    const { balances } = await player.deposit();
    narrator.fact(`${name}'s deposit is final and spendable`, balances.available === `${FUNDS}`, balances);
  }
  await narrator.eventually(
    'the monitor says that the chain is healthy',
    WAIT_MS,
    () => operator.chain(),
    ({ state }) => state === 'healthy',
  );
}

export async function create(scene: Scene): Promise<void> {
  const { narrator, operator, matchId } = scene;
  narrator.step('the operator creates a match, 0.1 SOL to enter');
  const body = { matchId, gameType: 0, seed: '7', entryFee: `${ENTRY_FEE}`, paymentMethod: PLATFORM };
  const reply = await operator.post('/api/v1/matches', body);
  narrator.fact('the match is accepted', reply.status === 201, reply);
  scene.watch();
  await narrator.until('the live socket shows it', WAIT_MS, ({ money }) => money === 'lobby');
}

export async function createFinal({ narrator }: Scene): Promise<void> {
  await narrator.until('it is final on the chain', WAIT_MS, ({ provisional }) => !provisional);
}

export async function firstJoinLands(scene: Scene, { fault }: StoryOptions): Promise<void> {
  const { narrator, alice } = scene;
  narrator.step('alice joins');
  if (fault === 'reply-lost') await scene.loseReplies(1);
  accepted(scene, 'the mirror reserves her seat', await scene.join(alice));
  await narrator.until('her join lands on the chain', WAIT_MS, (view) =>
    ['landed', 'final'].includes(seatOf(view, 'alice') ?? ''),
  );
}

export async function firstJoinQueues(scene: Scene): Promise<void> {
  scene.narrator.step('alice joins, with the chain down');
  accepted(scene, 'her seat is reserved', await scene.join(scene.alice));
}

export async function outage(scene: Scene, { fault }: StoryOptions): Promise<void> {
  const { narrator, operator } = scene;
  if (fault === 'erring') {
    narrator.step('Solana errs: every request fails');
    await scene.fault({ fault: { kind: 'erring', as: 'http' } });
  } else {
    narrator.step('Solana freezes: it answers, but its tip stands still');
    await scene.fault({ chain: 'frozen' });
  }
  await narrator.eventually(
    'the monitor says that the chain is down',
    WAIT_MS,
    () => operator.chain(),
    ({ level }) => level === 'down',
  );
}

export async function queued({ narrator }: Scene): Promise<void> {
  await narrator.until(
    'the match queues, decided by the mirror',
    WAIT_MS,
    ({ link, decidedBy }) => link === 'queued' && decidedBy === 'mirror',
  );
}

/** Answers how long the mirror took. */
export async function joinInOutage(scene: Scene, { joinMs = JOIN_MS }: StoryOptions): Promise<number> {
  const { narrator, bob } = scene;
  narrator.step('bob joins, with the chain down');
  const key = uuidV7();
  const first = await scene.join(bob, key);
  accepted(scene, `his seat is reserved, in ${first.ms.toFixed(1)} ms`, first);
  narrator.fact(`that is less than ${joinMs} ms`, first.ms < joinMs, first.ms);
  const view = await narrator.until(
    'both seats are taken, his is reserved',
    WAIT_MS,
    (found) => found.seats.length === 2 && seatOf(found, 'bob') === 'reserved',
  );
  const { totalEntry } = view.feeBreakdown;
  narrator.fact('the pool counts both stakes', totalEntry === `${2n * ENTRY_FEE}`, view.feeBreakdown);
  narrator.fact('it is shown as provisional', view.provisional && view.decidedBy === 'mirror', view);
  const again = await scene.join(bob, key);
  const same = again.status === first.status && again.text === first.text;
  narrator.fact('the same join again gets the same answer, byte for byte', same, { first, again });
  const { seq } = await scene.view();
  narrator.fact('and changes nothing', seq === view.seq, { before: view.seq, after: seq });
  return first.ms;
}

export async function start(scene: Scene): Promise<void> {
  scene.narrator.step('the match is started');
  accepted(scene, 'start is accepted', await scene.direct('start'));
}

/** A provisional match is played only once its creation is final (design: section 3, rule 4). */
export async function startRefused(scene: Scene): Promise<void> {
  scene.narrator.step('the match is started too early');
  const reply = await scene.direct('start');
  const { code, retryable } = JSON.parse(reply.text);
  const refused = code === 'create_not_final' && retryable === true;
  scene.narrator.fact('refused for now: its creation is not final', refused, reply);
}

export async function playedByMirror({ narrator }: Scene): Promise<void> {
  await narrator.until(
    'it is played, decided by the mirror',
    WAIT_MS,
    ({ money, decidedBy }) => money === 'playing' && decidedBy === 'mirror',
  );
}

export async function interrupt(scene: Scene, { killRuntimeMidOutage }: StoryOptions): Promise<void> {
  const { narrator, stack, operator, matchId } = scene;
  const before = await scene.view();
  if (killRuntimeMidOutage === true) {
    narrator.step('the whole runtime is killed, and started again on the same files');
    await stack.killRuntime();
    await stack.restartRuntime();
    // What the platform's cron does every minute: wakes the monitor, and whoever sleeps with work to do.
    await stack.tick();
  } else {
    narrator.step('the match is evicted from memory');
    await operator.develop('/dev/evict', { matchId });
  }
  const after = await scene.view();
  narrator.fact('it comes back as it was', lasting(before) === lasting(after), { before, after });
}

export async function end(scene: Scene): Promise<void> {
  const { narrator } = scene;
  narrator.step('bob wins, and the result is reported');
  const reply = await scene.direct('end', { result: [{ userId: 'bob', shareBps: 10_000 }] });
  accepted(scene, 'the result is accepted', reply);
  const { openActions, result } = await scene.view();
  const waits = openActions.some(({ kind }) => kind === 'end');
  narrator.fact('its settlement waits for the chain', waits && result?.[0]?.userId === 'bob', openActions);
}

export async function thaw(scene: Scene, { fault, createDuringOutage }: StoryOptions): Promise<void> {
  scene.narrator.step('Solana is back');
  if (fault === 'erring') return await scene.fault({ fault: { kind: 'none' } });
  // The create comes before the joins, and its reply is lost too.
  if (fault === 'reply-lost') await scene.loseReplies(createDuringOutage === true ? 3 : 1);
  await scene.fault({ chain: 'running' });
}

export async function replayed({ narrator }: Scene): Promise<void> {
  await narrator.until(
    'the queue is replayed: both seats are final',
    WAIT_MS,
    ({ seats }) => seats.length === 2 && seats.every(({ state }) => state === 'final'),
  );
  await narrator.until(
    'the comparison is clean: the chain decides again',
    WAIT_MS,
    ({ link, decidedBy }) => link === 'online' && decidedBy === 'chain',
  );
}

export async function settled({ narrator, stack }: Scene): Promise<MatchView> {
  await narrator.until(
    'the match is settled',
    WAIT_MS,
    ({ money, settlement }) => money === 'settled' && settlement !== null,
  );
  await stack.tick();
  return await narrator.until(
    'it is online, after a pass of the cron too',
    WAIT_MS,
    ({ link }) => link === 'online',
  );
}

function accepted({ narrator }: Scene, text: string, reply: Reply): void {
  narrator.fact(text, reply.status === 200, reply);
}

/** What no interruption may change. The link may move on meanwhile, and `seq` with it. */
function lasting({ matchId, money, seats, feeBreakdown, result, openActions }: MatchView): string {
  const open = openActions.map(({ hash, kind }) => ({ hash, kind }));
  return JSON.stringify({ matchId, money, seats, feeBreakdown, result, open });
}
