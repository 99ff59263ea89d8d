/** Everything that can go wrong with Solana: at one provider, at both, and with the chain itself (F1-F16, F34). */
import type { HealthState } from '../../../machines/health/machine.ts';
import type { FaultInput, RunningChain, SimpleFault } from '../../../services/local-chain/index.ts';
import { memoOf } from '../../../services/local-chain/memo.ts';

export interface Trouble {
  readonly name: string;
  /** Answers what ends it. */
  begin(chain: RunningChain): () => void;
  /**
   * How long it lasts: until every action has ended in spite of it, until the monitor's verdict and well past it, or so
   * many ms.
   */
  readonly lasts: 'ended' | HealthState | number;
}

export const ONE = ['default'];
export const BOTH = ['default', 'b'];

/** Of a provider: `at` one of them, or at both. */
export interface ProviderFault {
  readonly name: string;
  readonly fault: FaultInput;
  /** At both. */
  readonly lasts: Trouble['lasts'];
  /** At one of two; left out where every action ends while it lasts. */
  readonly alone?: Trouble['lasts'];
  /** Its probes meet nothing of it: what the monitor says of the chain does not change. */
  readonly isUnseen?: true;
}

export function troubleOf(
  { name, fault, lasts, alone = 'ended' }: ProviderFault,
  endpoints: readonly string[],
): Trouble {
  return {
    name,
    lasts: endpoints.length > 1 ? lasts : alone,
    begin: ({ faults }) => {
      for (const endpoint of endpoints) faults.set(endpoint, fault);
      return () => {
        for (const endpoint of endpoints) faults.clear(endpoint);
      };
    },
  };
}

/** As a node answers whose tip is behind: it does not know the blockhash, and that proves nothing. */
const LAGGING: FaultInput = {
  kind: 'erring',
  as: 'rpc',
  code: -32_002,
  message: 'Transaction simulation failed: Blockhash not found',
  data: { err: 'BlockhashNotFound', logs: [] },
  methods: ['sendTransaction'],
};

/** Long enough for a first attempt to be made under it; what it has spoiled must be found out afterwards. */
const A_WHILE = 3_000;
const MIXED_MS = 8_000;

export const providerFaults: readonly ProviderFault[] = [
  { name: 'stale by 5 slots', fault: { kind: 'stale', slots: 5 }, lasts: 'ended', isUnseen: true },
  // Also beside a good one: accounts that the two show differently are waited for, 200 slots at each step.
  { name: 'stale by 200 slots', fault: { kind: 'stale', slots: 200 }, lasts: A_WHILE, alone: A_WHILE },
  {
    name: 'going back and forth',
    fault: { kind: 'stale', slots: [0, 40, 3, 12] },
    lasts: 'ended',
    isUnseen: true,
  },
  {
    name: 'expired blockhashes',
    fault: { kind: 'oldBlockhash', blocks: 151 },
    lasts: A_WHILE,
    isUnseen: true,
  },
  {
    name: 'blockhashes of another cluster',
    fault: { kind: 'oldBlockhash', foreign: true },
    lasts: A_WHILE,
    isUnseen: true,
  },
  // Nothing is final by the word of one, while the other is there and denies it.
  {
    name: 'an archive that has lost everything',
    fault: { kind: 'archiveGap' },
    lasts: A_WHILE,
    alone: A_WHILE,
    isUnseen: true,
  },
  {
    name: 'an archive that does not answer',
    fault: { kind: 'archiveGap', code: -32_011, firstAvailable: 'honest' },
    lasts: A_WHILE,
    isUnseen: true,
  },
  {
    name: '429 with Retry-After',
    fault: { kind: 'rateLimited', retryAfterSeconds: 1 },
    lasts: A_WHILE,
  },
  { name: '429 without Retry-After', fault: { kind: 'rateLimited' }, lasts: A_WHILE },
  { name: 'a quota that runs out', fault: { kind: 'rateLimited', quota: 20 }, lasts: A_WHILE },
  { name: '403', fault: { kind: 'erring', as: 'http', status: 403 }, lasts: A_WHILE },
  { name: '503', fault: { kind: 'erring', as: 'http', status: 503 }, lasts: 'down' },
  { name: 'the HTML page of a gateway', fault: { kind: 'erring', as: 'html', status: 502 }, lasts: 'down' },
  { name: 'truncated JSON', fault: { kind: 'corrupt', how: 'truncated' }, lasts: 'down' },
  { name: 'answers to other requests', fault: { kind: 'corrupt', how: 'wrongId' }, lasts: 'down' },
  { name: 'answers of another shape', fault: { kind: 'corrupt', how: 'wrongShape' }, lasts: 'down' },
  { name: 'never executed, never answered', fault: { kind: 'hang' }, lasts: 'down' },
  {
    name: 'executed, never answered',
    fault: { kind: 'replyLost', how: 'hang' },
    lasts: 'ended',
    isUnseen: true,
  },
  {
    name: 'executed, then cut off',
    fault: { kind: 'replyLost', how: 'destroy' },
    lasts: 'ended',
    isUnseen: true,
  },
  { name: 'sends that are dropped', fault: { kind: 'dropped' }, lasts: A_WHILE, isUnseen: true },
  { name: 'preflights of a lagging node', fault: LAGGING, lasts: A_WHILE, isUnseen: true },
  { name: 'no connection', fault: { kind: 'off' }, lasts: 'down' },
];

/** Of the chain itself, hence at every provider. */
export const chainFaults: readonly Trouble[] = [
  { name: 'a fork drops what was confirmed', begin: forks, lasts: 'ended' },
  {
    name: 'a halt',
    begin: ({ chain }) => {
      chain.freeze();
      return () => chain.thaw();
    },
    lasts: 'down',
  },
  {
    name: 'a halt, and a restart from an earlier slot',
    begin: ({ chain }) => {
      chain.freeze();
      return () => {
        chain.restart();
      };
    },
    lasts: 'down',
  },
];

/** Blocks on top of one of ours when it is dropped: its transactions were shown as confirmed by then. */
const FORK_DEPTH = 4;

/**
 * What lands of an action is dropped once, some blocks later. Some can land again; some were signed over a block that is
 * gone, too, and can not: they have to be proved dead, and signed anew.
 */
function forks({ chain }: RunningChain): () => void {
  const dropped = new Set<string>();
  let due: { readonly slot: number; readonly height: number } | null = null;
  return chain.onBlock(({ slot, height, transactions }) => {
    const memos = transactions.flatMap(({ message }) => memoOf(message) ?? []);
    if (due === null && memos.some((memo) => !dropped.has(memo))) due = { slot, height };
    for (const memo of memos) dropped.add(memo);
    if (due === null || height < due.height + FORK_DEPTH) return;
    const from = due.slot;
    due = null;
    // After the block: a listener must not change the chain that is being told of.
    setImmediate(() => {
      if (from > chain.finalizedSlot) chain.dropBlocks(from);
    });
  });
}

/** Two of five requests meet one of these, drawn by the seed. */
export function mixture(seed: number): ProviderFault {
  const faults = providerFaults.flatMap(({ fault }) => (isMixed(fault) ? [fault] : []));
  return {
    name: `anything, by seed ${seed}`,
    fault: { kind: 'random', seed, percent: 40, faults },
    lasts: MIXED_MS,
  };
}

/** Not what costs a time-out each, and not what has the provider left alone for a while: little else would be met. */
function isMixed(fault: FaultInput): fault is SimpleFault {
  const isSlow = fault.kind === 'hang' || (fault.kind === 'replyLost' && fault.how === 'hang');
  const isLimit =
    fault.kind === 'rateLimited' || (fault.kind === 'erring' && 'status' in fault && fault.status === 403);
  return !isSlow && !isLimit && fault.kind !== 'none' && fault.kind !== 'random';
}
