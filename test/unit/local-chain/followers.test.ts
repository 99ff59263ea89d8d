/** A node that is behind: what it answers is what the chain itself answered so many slots ago. */
import { SystemProgram } from '@solana/web3.js';
import { describe, expect, it } from 'vitest';
import type { ChainNode, LocalChain } from '../../../services/local-chain/index.ts';
import { ChainError, handleRpcText } from '../../../services/local-chain/index.ts';
import { generator } from '../../../services/local-chain/server/random.ts';
import { funded, keypair, memo, newChain, onTip, produce, SOL, signed, transfer } from './support.ts';

function ask(node: ChainNode, method: string, params: readonly unknown[] = []): unknown {
  return JSON.parse(handleRpcText(node, JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })));
}

const COMMITMENTS = ['processed', 'confirmed', 'finalized'] as const;
const PLAYERS = [1, 2, 3].map((number) => keypair(number));
const ADDRESSES = PLAYERS.map((one) => one.publicKey.toBase58());

/** Everything that a provider can be asked about what has happened. */
function everything(node: ChainNode, signatures: readonly string[], hashes: readonly string[]): unknown {
  const at = (commitment: string) => [
    ask(node, 'getEpochInfo', [{ commitment }]),
    ask(node, 'getLatestBlockhash', [{ commitment }]),
    ask(node, 'getMultipleAccounts', [ADDRESSES, { commitment, encoding: 'base64' }]),
    hashes.map((hash) => ask(node, 'isBlockhashValid', [hash, { commitment }])),
    commitment === 'processed'
      ? null
      : ADDRESSES.map((one) => ask(node, 'getSignaturesForAddress', [one, { commitment }])),
  ];
  return [
    COMMITMENTS.map(at),
    signatures
      .filter((_, index) => index % 3 === 0)
      .map((one) => ask(node, 'getTransaction', [one, { commitment: 'confirmed' }])),
    ask(node, 'getSignatureStatuses', [signatures]),
    ask(node, 'getSignatureStatuses', [signatures, { searchTransactionHistory: true }]),
    ask(node, 'getBlockTime', [node.slot]),
    ask(node, 'getFirstAvailableBlock'),
  ];
}

/** One moment of a life full of trouble; answers the signatures that it made. */
function trouble(chain: LocalChain, draw: () => number): string[] {
  const pick = Math.floor(draw() * 20);
  const player = () => PLAYERS[Math.floor(draw() * PLAYERS.length)] ?? keypair(1);
  const [from, to] = [player(), player()];
  if (pick === 0) chain.fork(1 + Math.floor(draw() * 3), { repool: draw() < 0.5 });
  else if (pick === 1) chain.restart(Math.floor(draw() * 4));
  else if (pick === 2) chain.skipSlots(1 + Math.floor(draw() * 3));
  else if (pick === 3) chain.lagClock(Math.floor(draw() * 1_000));
  else if (pick === 4) {
    const lamports = 10n * SOL + BigInt(Math.floor(draw() * 1e9));
    const owner = SystemProgram.programId.toBase58();
    chain.setAccount(to.publicKey.toBase58(), { lamports, data: new Uint8Array(), owner });
  } else if (pick < 12) {
    const bytes = onTip(chain, from, transfer(from, to, BigInt(1 + Math.floor(draw() * 1e6))));
    return [chain.sendTransaction(bytes, { skipPreflight: true })];
  }
  return [];
}

interface Life {
  readonly signatures: readonly string[];
  readonly hashes: readonly string[];
}

/**
 * The same seed lives the same life. `look` is called before each block, when a slot's own story is over, once the first
 * blocks with transactions are final.
 */
function live(seed: number, look: (chain: LocalChain, newestSlot: number) => void): Life {
  // So little history is kept that followers are begun in the midst of it, see `trail.ts`; none of it is forgotten.
  const chain = newChain({ historyLimit: 150 });
  const draw = generator(seed);
  const [signatures, hashes]: string[][] = [[], []];
  let newest = 0;
  chain.onBlock(({ slot, hash }) => {
    newest = slot;
    hashes?.push(hash);
  });
  for (const number of [1, 2, 3]) funded(chain, number);
  for (let block = 0; block < 95; block += 1) {
    for (let i = 0; i < 2; i += 1) signatures?.push(...trouble(chain, draw));
    if (block >= 40) look(chain, newest);
    chain.produceBlock();
  }
  return { signatures: signatures ?? [], hashes: (hashes ?? []).filter((_, index) => index % 8 === 0) };
}

/** The error of a call that must fail. */
function failure(call: () => unknown): ChainError {
  try {
    call();
  } catch (error) {
    if (error instanceof ChainError) return error;
    throw error;
  }
  throw new Error('the call did not fail');
}

describe('a node that is behind', () => {
  it.each([1, 2])(
    'answers what the chain did, through forks, restarts and patches (seed %i)',
    (seed) => {
      const { signatures, hashes } = live(seed, () => {});
      const told: { slot: number; text: string }[] = [];
      let compared = 0;
      live(seed, (chain, newest) => {
        const text = (node: ChainNode) => JSON.stringify(everything(node, signatures, hashes));
        told.push({ slot: newest, text: text(chain) });
        // In turn one that is kept, and one that has been given up since it was last asked, so that it is made anew.
        const lag = told.length % 2 === 0 ? 4 : 8 + 3 * (told.length % 11);
        const then = told.findLast(({ slot }) => slot <= newest - lag);
        if (then === undefined) return;
        expect(text(chain.behind(lag)), `${lag} behind ${newest}`).toBe(then.text);
        compared += 1;
      });
      // What is compared would be worth little if nothing ever changed.
      expect(new Set(told.map(({ text }) => text)).size).toBeGreaterThan(50);
      expect(compared).toBeGreaterThan(40);
    },
    60_000,
  );

  it('can be 1 to 1,000 slots behind, at once and from then on', () => {
    const chain = newChain();
    funded(chain, 1);
    produce(chain, 1_200);
    for (const lag of [1, 31, 150, 999, 1_000]) expect(chain.slot - chain.behind(lag).slot).toBe(lag);
    const [near, far] = [chain.behind(1), chain.behind(1_000)];
    produce(chain, 700);
    expect([chain.slot - near.slot, chain.slot - far.slot]).toEqual([1, 1_000]);
    // Nobody asked it while its way was forgotten.
    produce(chain, 3_000);
    expect(near.header('processed')).toMatchObject({ ...chain.headerAt(chain.slot - 1) });
    for (const lag of [-1, 0.5, 1_001]) expect(failure(() => chain.behind(lag)).code).toBe(-32602);
    expect(chain.behind(0)).toBe(chain);
  });

  it('stands at the first block while the chain is younger than that', () => {
    const chain = newChain();
    const first = chain.slot;
    produce(chain, 10);
    expect(chain.behind(100).slot).toBe(first);
  });

  it('judges by its own state what it is sent, and forwards it to the chain', () => {
    const chain = newChain();
    const [from, to] = [keypair(1), keypair(2)];
    produce(chain, 10);
    const behind = chain.behind(5);
    funded(chain, 1);
    const young = onTip(chain, from, memo('on a blockhash that it does not know'));
    expect(failure(() => behind.sendTransaction(young)).data).toMatchObject({ err: 'BlockhashNotFound' });
    const known = signed(from, behind.getLatestBlockhash().blockhash, transfer(from, to, SOL));
    expect(failure(() => behind.sendTransaction(known)).data).toMatchObject({ err: 'AccountNotFound' });
    const signature = behind.sendTransaction(known, { skipPreflight: true });
    chain.produceBlock();
    expect(chain.getBalance(to.publicKey.toBase58())).toBe(SOL);
    expect(behind.getSignatureStatuses([signature])).toEqual([null]);
    // It takes again what has landed, as it cannot know; the chain lets it land once.
    produce(chain, 4);
    expect(behind.sendTransaction(known)).toBe(signature);
    produce(chain, 5);
    expect(chain.getBalance(to.publicKey.toBase58())).toBe(SOL);
    expect(behind.getBalance(to.publicKey.toBase58())).toBe(SOL);
  });

  it('passes airdrops and overwritten accounts on to the chain, and sees them late', () => {
    const chain = newChain();
    produce(chain, 10);
    const behind = chain.behind(3);
    const [paid, made] = [keypair(1), keypair(2)].map((one) => one.publicKey.toBase58());
    if (paid === undefined || made === undefined) throw new Error('two addresses');
    behind.airdrop(paid, SOL);
    const owner = SystemProgram.programId.toBase58();
    behind.setAccount(made, { lamports: SOL, data: new Uint8Array([1]), owner });
    chain.produceBlock();
    const seen = (node: ChainNode) => [node.getBalance(paid), node.getBalance(made, 'finalized')];
    expect([seen(chain), seen(behind)]).toEqual([
      [SOL, SOL],
      [0n, 0n],
    ]);
    produce(chain, 3);
    expect(seen(behind)).toEqual([SOL, SOL]);
  });

  it('of more than eight lags, gives up the node not asked for longest', () => {
    const chain = newChain();
    produce(chain, 20);
    const [first, second] = [chain.behind(1), chain.behind(2)];
    for (let lag = 3; lag <= 8; lag += 1) chain.behind(lag);
    expect(chain.behind(1)).toBe(first);
    chain.behind(9);
    expect(chain.behind(1)).toBe(first);
    expect(chain.behind(2)).not.toBe(second);
  });

  it('is less far behind a chain too busy to remember that much', () => {
    const chain = newChain({ historyLimit: 100 });
    for (let block = 0; block < 60; block += 1) {
      for (let i = 0; i < 5; i += 1) chain.airdrop(ADDRESSES[0] ?? '', SOL);
      chain.produceBlock();
    }
    // 20 blocks of 5, and what has happened since the last copy of the state was made.
    expect(chain.slot - chain.behind(1_000).slot).toBeGreaterThanOrEqual(20);
    expect(chain.slot - chain.behind(1_000).slot).toBeLessThan(24);
    expect(chain.slot - chain.behind(10).slot).toBe(10);
  });
});
