/** What happens in the story, a chapter each, and the facts that must hold on the way. */
import type { MatchView } from '../../durable-objects/wire/views.ts';
import { uuidV7 } from '../console/uuid.ts';
import type { Reply } from './mirror-client.ts';
import { FUNDS, type Scene, type Stage, seatOf } from './scene.ts';
import type { StoryOptions } from './story.ts';
import { ENTRY_FEE, WAIT_MS } from './table.ts';

type Interruption = Pick<StoryOptions, 'killRuntimeMidOutage'>;

/** What the story promises to a person who watches; design section 13 has the budget. */
const JOIN_MS = 100;

/** Deposits as the development tools make them, final at once; and a chain that is believed. */
export async function fund(stage: Stage): Promise<void> {
  const { narrator, operator, players } = stage;
  narrator.step('alice and bob deposit 1 SOL each');
  await Promise.all(
    players.map(({ name, wallet }) =>
      operator.develop('/dev/fund', { userId: name, lamports: `${FUNDS}`, wallet: wallet.address }),
    ),
  );
  for (const player of players) {
    const { balances } = await player.deposit();
    narrator.fact(
      `${player.name}'s deposit is final and spendable`,
      balances.available === `${FUNDS}`,
      balances,
    );
  }
  await healthy(stage);
}

/** Lamports on the wallets themselves, final. */
export async function fillWallets({ narrator, players, reader }: Stage): Promise<void> {
  narrator.step(`alice and bob have 1 SOL each, in wallets of their own`);
  await Promise.all(players.map(({ wallet }) => reader.airdrop(wallet.address, FUNDS)));
  for (const { name, wallet } of players) {
    await narrator.eventually(
      `${name}'s wallet has it`,
      WAIT_MS,
      () => reader.balance(wallet.address),
      (lamports) => lamports === FUNDS,
    );
  }
}

export async function healthy({ narrator, operator }: Stage): Promise<void> {
  await narrator.eventually(
    'the monitor says that the chain is healthy',
    WAIT_MS,
    () => operator.chain(),
    ({ state }) => state === 'healthy',
  );
}

export async function create(scene: Scene): Promise<void> {
  const { narrator, table } = scene;
  narrator.step('the operator creates a match, 0.1 SOL to enter');
  const reply = await table.create();
  narrator.fact('the match is accepted', reply.status === 201, reply);
  scene.watch();
  await narrator.until('the live socket shows it', WAIT_MS, ({ money }) => money === 'lobby');
}

export async function createFinal({ narrator }: Scene): Promise<void> {
  await narrator.until('it is final on the chain', WAIT_MS, ({ provisional }) => !provisional);
}

export async function firstJoinLands(scene: Scene, { fault }: Pick<StoryOptions, 'fault'>): Promise<void> {
  const { narrator, alice } = scene;
  narrator.step('alice joins');
  if (fault === 'reply-lost') await scene.loseReplies(1);
  accepted(scene, 'the mirror reserves her seat', await scene.table.join(alice));
  await narrator.until('her join lands on the chain', WAIT_MS, (view) =>
    ['landed', 'final'].includes(seatOf(view, 'alice') ?? ''),
  );
}

export async function firstJoinQueues(scene: Scene): Promise<void> {
  scene.narrator.step('alice joins, with the chain down');
  accepted(scene, 'her seat is reserved', await scene.table.join(scene.alice));
}

export async function outage(scene: Stage, { fault }: Pick<StoryOptions, 'fault'>): Promise<void> {
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
  const first = await scene.table.join(bob, key);
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
  const again = await scene.table.join(bob, key);
  const same = again.status === first.status && again.text === first.text;
  narrator.fact('the same join again gets the same answer, byte for byte', same, { first, again });
  const { seq } = await scene.table.view();
  narrator.fact('and changes nothing', seq === view.seq, { before: view.seq, after: seq });
  return first.ms;
}

export async function start(scene: Scene): Promise<void> {
  scene.narrator.step('the match is started');
  accepted(scene, 'start is accepted', await scene.table.direct('start'));
}

/** A provisional match is played only once its creation is final (design: section 3, rule 4). */
export async function startRefused(scene: Scene): Promise<void> {
  scene.narrator.step('the match is started too early');
  const reply = await scene.table.direct('start');
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

export async function interrupt(scene: Scene, { killRuntimeMidOutage }: Interruption): Promise<void> {
  const { table } = scene;
  const before = await table.view();
  if (killRuntimeMidOutage === true) await killed(scene);
  else await evicted(scene, { matchId: table.matchId }, 'the match');
  const after = await table.view();
  scene.narrator.fact('it comes back as it was', lasting(before) === lasting(after), { before, after });
}

export async function killed({ narrator, stack }: Stage): Promise<void> {
  narrator.step('the whole runtime is killed, and started again on the same files');
  await stack.killRuntime();
  await stack.restartRuntime();
  // What the platform's cron does every minute: wakes the monitor, and whoever sleeps with work to do.
  await stack.tick();
}

/** `object`: as `/dev/evict` names it. */
export async function evicted({ narrator, operator }: Stage, object: object, what: string): Promise<void> {
  narrator.step(`${what} is evicted from memory`);
  await operator.develop('/dev/evict', object);
}

export async function end(scene: Scene): Promise<void> {
  const { narrator } = scene;
  narrator.step('bob wins, and the result is reported');
  const reply = await scene.table.direct('end', { result: [{ userId: 'bob', shareBps: 10_000 }] });
  accepted(scene, 'the result is accepted', reply);
  const { openActions, result } = await scene.table.view();
  const waits = openActions.some(({ kind }) => kind === 'end');
  narrator.fact('its settlement waits for the chain', waits && result?.[0]?.userId === 'bob', openActions);
}

/** Only where nothing was on its way when the outage began. */
export function nothingSent({ narrator, stack }: Stage): void {
  const { pendingCount } = stack.chain.chain;
  narrator.fact('nothing was sent to the chain while it was down', pendingCount === 0, pendingCount);
}

export async function thaw(
  scene: Stage,
  { fault, createDuringOutage }: Pick<StoryOptions, 'fault' | 'createDuringOutage'>,
): Promise<void> {
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

export function accepted({ narrator }: Stage, text: string, reply: Reply): void {
  narrator.fact(text, reply.status === 200, reply);
}

/** The code of the problem that a reply is; null where it is none. */
export function codeOf({ status, text }: Reply): string | null {
  return status < 400 ? null : JSON.parse(text).code;
}

/** What no interruption may change. The link may move on meanwhile, and `seq` with it. */
export function lasting({ matchId, money, seats, feeBreakdown, result, openActions }: MatchView): string {
  const open = openActions.map(({ hash, kind }) => ({ hash, kind }));
  return JSON.stringify({ matchId, money, seats, feeBreakdown, result, open });
}
