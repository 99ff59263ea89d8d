/** How fast a backlog drains once the chain is back, beside what the chain takes for as many transactions by itself. */
import { Keypair, SystemProgram, Transaction } from '@solana/web3.js';
import type { RunningChain } from '../../services/local-chain/index.ts';
import { MATCH_PROGRAM_ID } from '../../services/local-chain/index.ts';
import type { Effort } from './effort.ts';
import type { Comparison, Round } from './figures.ts';
import { Seats } from './seats.ts';
import { until } from './wait.ts';

/** Requests at once: of the queueing clients, and of the sender who has the chain to himself. */
const AT_ONCE = 8;
const POLL_MS = 20;

export async function benchDrain({ isQuick, progress }: Effort): Promise<readonly Comparison[]> {
  const { rounds, joins } = isQuick ? { rounds: 1, joins: 20 } : { rounds: 3, joins: 150 };
  const fromThaw: Round[] = [];
  const fromVerdict: Round[] = [];
  await Seats.during(async (seats) => {
    for (let round = 0; round < rounds; round += 1) {
      const drained = await drain(seats, joins);
      const beside = rate(joins, await alone(seats.stack.chain, joins));
      fromThaw.push({ ours: rate(joins, drained.fromThaw), beside });
      fromVerdict.push({ ours: rate(joins, drained.fromVerdict), beside });
      progress(`drain, round ${round + 1} of ${rounds}`);
    }
  });
  const shared = { against: 'as many transfers by the chain alone', unit: '/s' };
  const what = `${joins} queued joins, until all are final on the chain`;
  return [
    { what: `${what}, from the chain's return`, rounds: fromThaw, ...shared },
    { what: `${what}, from the monitor's first word of it`, rounds: fromVerdict, ...shared },
  ];
}

/** ms. */
async function drain(seats: Seats, joins: number): Promise<{ fromThaw: number; fromVerdict: number }> {
  const free = [...(await seats.free(joins))];
  await seats.freeze();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let seat = free.pop(); seat !== undefined; seat = free.pop()) await seats.join(seat);
    }),
  );
  const { chain } = seats.stack.chain;
  const [newest] = chain.getSignaturesForAddress(MATCH_PROGRAM_ID, { limit: 1 });
  const landed = (): number =>
    chain
      .getSignaturesForAddress(MATCH_PROGRAM_ID, { until: newest?.signature })
      .filter(({ err, memo }) => err === null && memo !== null).length;
  const thawed = performance.now();
  let verdict = Number.NaN;
  seats.thaw();
  const heard = until('the monitor speaks', async () => (await seats.state()) !== 'down', POLL_MS).then(
    () => {
      verdict = performance.now();
    },
  );
  await until('every join is final', () => landed() >= joins, POLL_MS);
  const done = performance.now();
  await heard;
  await seats.quiet();
  return { fromThaw: done - thawed, fromVerdict: done - verdict };
}

/** ms for that many signed transfers, sent as fast as the chain's own RPC takes them, until all are final. */
async function alone({ rpcUrl, chain }: RunningChain, count: number): Promise<number> {
  const payer = Keypair.generate();
  const funding = chain.airdrop(payer.publicKey.toBase58(), 1_000_000_000n);
  await until('the sender is funded', () => isFinal(chain, funding), POLL_MS);
  const { blockhash } = chain.getLatestBlockhash();
  const transfers = Array.from({ length: count }, (_, index) => {
    const transaction = new Transaction({ feePayer: payer.publicKey, recentBlockhash: blockhash });
    const to = payer.publicKey;
    transaction
      .add(SystemProgram.transfer({ fromPubkey: to, toPubkey: to, lamports: index + 1 }))
      .sign(payer);
    return transaction.serialize().toString('base64');
  });
  const started = performance.now();
  const sent: string[] = [];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let bytes = transfers.pop(); bytes !== undefined; bytes = transfers.pop())
        sent.push(await send(rpcUrl, bytes));
    }),
  );
  await until('all are final', () => sent.every((signature) => isFinal(chain, signature)), POLL_MS);
  return performance.now() - started;
}

async function send(rpcUrl: string, bytes: string): Promise<string> {
  const options = { encoding: 'base64', preflightCommitment: 'confirmed' };
  const call = { jsonrpc: '2.0', id: 1, method: 'sendTransaction', params: [bytes, options] };
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(rpcUrl, { method: 'POST', headers, body: JSON.stringify(call) });
  const text = await response.text();
  // SAFETY: the local chain's answer; an error has no result, and fails below.
  const { result } = JSON.parse(text) as { readonly result?: string };
  if (result === undefined) throw new Error(`the chain did not take a transfer: ${text}`);
  return result;
}

function isFinal(chain: RunningChain['chain'], signature: string): boolean {
  return chain.getSignatureStatuses([signature])[0]?.confirmationStatus === 'finalized';
}

function rate(count: number, ms: number): number {
  return (count * 1_000) / ms;
}
