/** The mirror as the end-to-end tests run it: real workerd, a real SVM, real sockets between them. */
import { inject } from 'vitest';
import type { MatchView } from '../../../durable-objects/wire/views.ts';
import { MirrorClient, type Reply } from '../../../services/dev/mirror-client.ts';
import { Stack, type StackOptions } from '../../../services/dev/stack.ts';
import { proveConservation } from './conservation.ts';
import { ask } from './http.ts';

/** An eighth of the chain's own: finality, 32 slots, takes 1.6 s. */
export const SLOT_MS = 50;

/**
 * How far thresholds shrink. Windows shrink with it, a machine's own latency does not: at 0.05 `healthy` needs three
 * probes in half a second, and a chain that a busy machine keeps waiting for 0.75 s counts as down. At 0.2 these are
 * 2 s and 3 s: an outage is still seen within seconds, and other work on the same two cores is no outage.
 */
export const SCALE = 0.2;

/** Bound of every wait: several times what the slowest of them takes on two busy cores. */
export const WAIT_MS = 60_000;
const POLL_MS = 50;

export const ENTRY_FEE = 100_000_000n;
export const PLATFORM = 1;

/** No run can end without its books being balanced: that is part of how it is stopped. */
export async function startMirror(
  onLine?: (line: string) => void,
  options: Pick<StackOptions, 'providers'> = {},
): Promise<Stack> {
  const fixed = { slotMs: SLOT_MS, scale: SCALE, bundle: inject('bundle'), beforeStop: proveConservation };
  return await Stack.start({ ...fixed, ...options, ...(onLine === undefined ? {} : { onLine }) });
}

/** Asks until the answer is as it should be. Rejects after `waitMs`, with the last answer. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T>,
  holds: (found: T) => boolean,
  { waitMs = WAIT_MS, pollMs = POLL_MS }: { readonly waitMs?: number; readonly pollMs?: number } = {},
): Promise<T> {
  let found: unknown = 'no answer';
  for (const end = performance.now() + waitMs; performance.now() < end; await pause(pollMs)) {
    try {
      const answer = await ask();
      if (holds(answer)) return answer;
      found = answer;
    } catch (error) {
      found = error;
    }
  }
  throw new Error(`${what}: not in ${waitMs} ms; last: ${shown(found)}`);
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Deposits, made final on the chain; resolves once the monitor says that the chain is healthy, too. */
export async function fundPlayers(stack: Stack, userIds: readonly string[], lamports: bigint): Promise<void> {
  const operator = new MirrorClient(stack.url, 'operator', 'operator');
  await Promise.all(
    userIds.map((userId) => operator.develop('/dev/fund', { userId, lamports: `${lamports}` })),
  );
  await eventually(
    'the monitor says healthy',
    () => operator.chain(),
    ({ state }) => state === 'healthy',
  );
}

/** One paid match, and who may do what with it. */
export class Table {
  readonly matchId = crypto.randomUUID();
  readonly stack: Stack;
  readonly operator: MirrorClient;

  constructor(stack: Stack) {
    this.stack = stack;
    this.operator = new MirrorClient(stack.url, 'operator', 'operator');
  }

  player(userId: string): MirrorClient {
    return new MirrorClient(this.stack.url, userId);
  }

  async create(): Promise<Reply> {
    const terms = { gameType: 0, seed: '7', entryFee: `${ENTRY_FEE}`, paymentMethod: PLATFORM };
    return await this.operator.post('/api/v1/matches', { matchId: this.matchId, ...terms });
  }

  async join(userId: string): Promise<Reply> {
    const body = { entryFee: `${ENTRY_FEE}`, paymentMethod: PLATFORM };
    return await this.player(userId).post(`/api/v1/matches/${this.matchId}/join`, body);
  }

  async direct(
    what: 'start' | 'end' | 'pause' | 'resume',
    body: object = {},
  ): Promise<Pick<Reply, 'status' | 'text'>> {
    const path = `/api/v1/matches/${this.matchId}/${what}`;
    // An operator's word is no player's action: it carries no client key.
    if (what === 'start' || what === 'end') return await this.operator.post(path, body);
    return await ask(this.stack, path, { as: 'operator', role: 'operator', json: body });
  }

  view(): Promise<MatchView> {
    return this.operator.match(this.matchId);
  }

  async until(what: string, holds: (view: MatchView) => boolean): Promise<MatchView> {
    return await eventually(what, () => this.view(), holds);
  }

  /** Nothing on its way: what changes from here on, the test has changed. */
  async untilQuiet(): Promise<MatchView> {
    return await this.until(
      'nothing is on its way, and the chain decides',
      ({ openActions, link, provisional }) => openActions.length === 0 && link === 'online' && !provisional,
    );
  }
}

/** As in a message: amounts of the chain are bigint, which JSON has not. */
function shown(found: unknown): string {
  if (found instanceof Error) return found.message;
  return JSON.stringify(found, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}` : value));
}
