/** Objects made by hand, which record what they were asked. */
import type { Viewer } from '../../../durable-objects/ports.ts';
import type {
  Answer,
  Caller,
  DepositObject,
  DirectoryObject,
  HealthObject,
  MatchObject,
  PeersPort,
} from '../../../durable-objects/wire/objects.ts';
import type { Balances, DepositView, MatchView } from '../../../durable-objects/wire/views.ts';
import { createApi } from '../../../services/api/app.ts';
import type { ApiDeps, DevelopmentTools } from '../../../services/api/deps.ts';
import { DevelopmentIdentity } from '../../../services/api/identity.ts';

export const MATCH_ID = '11111111-2222-4333-8444-555555555555';
/** The same first 31 characters, so the same PDA and the same object (H-14). */
export const TWIN_ID = '11111111-2222-4333-8444-55555555aaaa';
export const CLIENT_KEY = '0192f0c0-0000-7000-8000-000000000001';
export const ORIGIN = 'http://127.0.0.1:8787';
export const CLUSTER = 'C'.repeat(44);
export const PROGRAM = 'P'.repeat(44);

export const createBody = {
  clientKey: CLIENT_KEY,
  matchId: MATCH_ID,
  gameType: 0,
  seed: '7',
  entryFee: '100000000',
  paymentMethod: 1,
} as const;
export const joinBody = { clientKey: CLIENT_KEY, entryFee: '100000000', paymentMethod: 1 } as const;

export const view: MatchView = {
  matchId: MATCH_ID,
  matchPda: 'PDA',
  seq: 3,
  money: 'lobby',
  link: 'online',
  decidedBy: 'chain',
  notice: null,
  queue: { waiting: 0, underWay: 0, waitsFor: null },
  gameType: 0,
  entryFee: '100000000',
  paymentMethod: 1,
  minPlayers: 2,
  maxPlayers: 4,
  seats: [],
  feeBreakdown: { totalEntry: '0', platformFee: '0', netPool: '0' },
  provisional: true,
  openActions: [],
  result: null,
  settlement: null,
  cancellation: null,
  absent: [],
  signRequests: [],
  pausedFor: null,
};

export const balances: Balances = { available: '5', held: '0', withdrawing: '0', suspense: '0' };

export const depositView: DepositView = {
  userId: 'alice',
  authority: 'A',
  seq: 4,
  money: 'active',
  link: 'online',
  decidedBy: 'chain',
  notice: null,
  queue: { waiting: 0, underWay: 0, waitsFor: null },
  balances,
  holds: [],
  admissions: [],
  openActions: [],
  signRequests: [],
  inPlay: { derived: '0', onChain: null },
  frozenFor: null,
};

/** A peer of which only some methods are expected to be called: any other one is the test's failure. */
export function only<T extends object>(methods: Partial<T>): T {
  return new Proxy(methods, {
    get: (target, name) => {
      // A promise that resolves to a peer asks it for `then`.
      if (name in target || name === 'then') return Reflect.get(target, name);
      throw new Error(`unexpected call: ${String(name)}`);
    },
    // SAFETY: a call of what is missing throws.
  }) as T;
}

export interface Asked {
  readonly object: string;
  readonly method: string;
  readonly args: readonly unknown[];
}

export interface World {
  readonly asked: Asked[];
  request(path: string, init?: RequestInit): Promise<Response>;
  /** A POST of JSON as alice, or as whom the headers say. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
}

const ANSWER: Answer = { status: 201, text: '{"stored":"bytes",  "kept":true}' };

export function recorder(): { asked: Asked[]; peers: PeersPort } {
  const asked: Asked[] = [];
  const note =
    <T>(object: string, method: string, answer: T) =>
    async (...args: readonly unknown[]): Promise<T> => {
      asked.push({ object, method, args });
      return answer;
    };
  const peers: PeersPort = {
    match: (name) =>
      only<MatchObject>({
        view: async (_viewer: Viewer) => view,
        create: note(name, 'create', ANSWER),
        join: note(name, 'join', ANSWER),
        takeBack: note(name, 'takeBack', ANSWER),
        start: note(name, 'start', ANSWER),
        end: note(name, 'end', ANSWER),
        cancel: note(name, 'cancel', ANSWER),
        presence: note(name, 'presence', ANSWER),
        joinIntent: note(name, 'joinIntent', ANSWER),
        sign: note(name, 'sign', ANSWER),
        resolve: note(name, 'resolve', ANSWER),
        pause: note(name, 'pause', ANSWER),
        resume: note(name, 'resume', ANSWER),
        journal: note(name, 'journal', { genesis: 'g', entries: [], head: 'g' }),
        alerts: note(name, 'alerts', []),
        reviews: note(name, 'reviews', { reviews: [], next: null }),
      }),
    deposit: (name) =>
      only<DepositObject>({
        view: async () => depositView,
        deposit: note(name, 'deposit', ANSWER),
        withdraw: note(name, 'withdraw', ANSWER),
        sign: note(name, 'sign', ANSWER),
        resolve: note(name, 'resolve', ANSWER),
        takeBack: note(name, 'takeBack', ANSWER),
        statement: note(name, 'statement', { entries: [], next: null }),
        outcome: note(name, 'outcome', { hash: '', kind: 'withdraw', state: 'final', detail: null }),
        balanceAt: note(name, 'balanceAt', balances),
        journal: note(name, 'journal', { genesis: 'g', entries: [], head: 'g' }),
        alerts: note(name, 'alerts', []),
        reviews: note(name, 'reviews', { reviews: [], next: null }),
      }),
    directory: () => only<DirectoryObject>({}),
    health: () => only<HealthObject>({}),
  };
  return { asked, peers };
}

export function world(changes: Partial<ApiDeps> = {}): World {
  const { asked, peers } = recorder();
  const deps: ApiDeps = {
    identity: new DevelopmentIdentity(),
    peers,
    chain: {
      cluster: CLUSTER,
      programId: PROGRAM,
      pda: (name, of = '') => ({ name, seeds: [], address: `${name}-${of.slice(0, 31)}`, bump: 255 }),
    },
    signer: { custodyAuthority: async (userId) => `authority-of-${userId}` },
    build: { version: 'test', abi: 1, environment: 'development', scale: 1 },
    live: async () => new Response('upgraded'),
    assets: async () => new Response('not found', { status: 404 }),
    development: null,
    ...changes,
  };
  const api = createApi(deps);
  const request = async (path: string, init: RequestInit = {}) =>
    await api.fetch(new Request(`${ORIGIN}${path}`, init));
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-dev-user': 'alice', ...headers },
      body: JSON.stringify(body),
    });
  return { asked, request, post };
}

export const tools = (changes: Partial<DevelopmentTools>): DevelopmentTools =>
  only<DevelopmentTools>(changes);

/** Status and the members of a problem that clients act on; fails where the body is no problem. */
export async function problemOf(
  response: Response,
): Promise<{ status: number; code: unknown; retryable: unknown }> {
  if (response.headers.get('content-type') !== 'application/problem+json') {
    throw new Error(`not a problem: ${response.status} ${await response.text()}`);
  }
  const { status, code, retryable } = JSON.parse(await response.text());
  if (status !== response.status) throw new Error(`the body says ${status}, the answer ${response.status}`);
  return { status, code, retryable };
}

export const alice: Pick<Caller, 'userId' | 'role'> = { userId: 'alice', role: 'player' };
