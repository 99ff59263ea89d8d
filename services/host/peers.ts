/**
 * Other objects by name. Each call takes a fresh stub, since one that saw its object reset stays broken (platform facts:
 * A5), and is tried once more where the platform says that the failure was its own: every call is idempotent by an id.
 */
import { directoryName, healthName } from '../../durable-objects/names.ts';
import type { ChainPort } from '../../durable-objects/ports.ts';
import type {
  DepositObject,
  DirectoryObject,
  HealthObject,
  MatchObject,
  PeersPort,
} from '../../durable-objects/wire/objects.ts';
import { withDeadline } from '../solana/deadline.ts';
import type { Env } from './env.ts';
import { failureOf } from './platform-failure.ts';

/** A directory and a monitor answer in milliseconds; one of them may have to ask the other. */
const PROMPT_MS = 5_000;

export class ObjectPeers implements PeersPort {
  readonly #env: Env;
  readonly #chain: Pick<ChainPort, 'cluster' | 'programId'>;

  constructor(env: Env, chain: Pick<ChainPort, 'cluster' | 'programId'>) {
    this.#env = env;
    this.#chain = chain;
  }

  match(name: string): MatchObject {
    const stub = () => stubOf<MatchObject>(this.#env.MATCHES, name);
    return {
      create: (caller, request) => call(() => stub().create(caller, request)),
      join: (caller, request) => call(() => stub().join(caller, request)),
      takeBack: (caller, request) => call(() => stub().takeBack(caller, request)),
      start: (caller, request) => call(() => stub().start(caller, request)),
      end: (caller, request) => call(() => stub().end(caller, request)),
      cancel: (caller, request) => call(() => stub().cancel(caller, request)),
      presence: (caller, request) => call(() => stub().presence(caller, request)),
      joinIntent: (caller, request) => call(() => stub().joinIntent(caller, request)),
      sign: (caller, request) => call(() => stub().sign(caller, request)),
      resolve: (operator, request) => call(() => stub().resolve(operator, request)),
      view: (viewer) => call(() => stub().view(viewer)),
      reconcile: (runId) => call(() => stub().reconcile(runId)),
      pause: (operator, reason) => call(() => stub().pause(operator, reason)),
      resume: (operator, reason) => call(() => stub().resume(operator, reason)),
      journal: (from, limit) => call(() => stub().journal(from, limit)),
      alerts: () => call(() => stub().alerts()),
      reviews: (from, limit) => call(() => stub().reviews(from, limit)),
      chainVerdict: (verdict) => promptly(() => stub().chainVerdict(verdict)),
    };
  }

  deposit(name: string): DepositObject {
    const stub = () => stubOf<DepositObject>(this.#env.DEPOSITS, name);
    return {
      hold: (binding, request) => call(() => stub().hold(binding, request)),
      admit: (binding, request) => call(() => stub().admit(binding, request)),
      confirm: (holdToken) => call(() => stub().confirm(holdToken)),
      release: (binding, request) => call(() => stub().release(binding, request)),
      conclude: (binding, request) => call(() => stub().conclude(binding, request)),
      fact: (binding, fact) => call(() => stub().fact(binding, fact)),
      reconcile: (binding, runId) => call(() => stub().reconcile(binding, runId)),
      view: () => call(() => stub().view()),
      deposit: (caller, request) => call(() => stub().deposit(caller, request)),
      withdraw: (caller, request) => call(() => stub().withdraw(caller, request)),
      sign: (caller, request) => call(() => stub().sign(caller, request)),
      takeBack: (caller, hash, request) => call(() => stub().takeBack(caller, hash, request)),
      statement: (from, limit) => call(() => stub().statement(from, limit)),
      outcome: (hash) => call(() => stub().outcome(hash)),
      balanceAt: (seq) => call(() => stub().balanceAt(seq)),
      resolve: (operator, request) => call(() => stub().resolve(operator, request)),
      journal: (from, limit) => call(() => stub().journal(from, limit)),
      alerts: () => call(() => stub().alerts()),
      reviews: (from, limit) => call(() => stub().reviews(from, limit)),
      chainVerdict: (verdict) => promptly(() => stub().chainVerdict(verdict)),
    };
  }

  directory(shard: number): DirectoryObject {
    const stub = () => stubOf<DirectoryObject>(this.#env.DIRECTORY, directoryName(shard));
    return {
      attach: (entry) => promptly(() => stub().attach(entry)),
      standing: () => promptly(() => stub().standing()),
      publish: (standing) => promptly(() => stub().publish(standing)),
      list: (after, limit, activeOnly) => promptly(() => stub().list(after, limit, activeOnly)),
    };
  }

  health(): HealthObject {
    const stub = () => stubOf<HealthObject>(this.#env.HEALTH, healthName(this.#chain));
    return {
      view: () => promptly(() => stub().view()),
      standing: () => promptly(() => stub().standing()),
      watch: () => promptly(() => stub().watch()),
      report: (reports) => promptly(() => stub().report(reports)),
      permit: (request) => promptly(() => stub().permit(request)),
      permitReturned: (request, outcome) => promptly(() => stub().permitReturned(request, outcome)),
      journal: (from, limit) => promptly(() => stub().journal(from, limit)),
      alerts: () => promptly(() => stub().alerts()),
    };
  }
}

function stubOf<T>(namespace: { getByName(name: string): unknown }, name: string): T {
  // SAFETY: each host class implements the interface that it is asked for here (match-host.ts and the others); the
  // platform's own stub type says the same, less plainly, and loses unions on the way.
  return namespace.getByName(name) as T;
}

async function call<T>(attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (!failureOf(error).retryable) throw error;
    return await attempt();
  }
}

/**
 * To an object that is no party to a request, and answers from its rows: one that is silent is given up, so that it holds
 * up neither the monitor nor the other objects of its shard (design: section 8).
 */
async function promptly<T>(attempt: () => Promise<T>): Promise<T> {
  const late = () => new Error(`no answer within ${PROMPT_MS} ms`);
  return await withDeadline(PROMPT_MS, late, () => call(attempt));
}
