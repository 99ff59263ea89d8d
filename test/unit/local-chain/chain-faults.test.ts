/** What befalls the chain itself: forks, restarts, slots without blocks, blocks without slots' time, a wrong clock. */
import { describe, expect, it } from 'vitest';
import { ChainError } from '../../../services/local-chain/index.ts';
import type { ChainCommandInput } from '../../../services/local-chain/server/chain-commands.ts';
import { chainCommand, command } from '../../../services/local-chain/server/chain-commands.ts';
import {
  funded,
  keypair,
  memo,
  newChain,
  onTip,
  produce,
  SLOT_MS,
  SOL,
  START,
  signed,
  transfer,
} from './support.ts';

function chainWith() {
  const chain = newChain();
  const owner = funded(chain, 1);
  produce(chain, 40);
  return { chain, owner, act: (body: ChainCommandInput) => command(chain, chainCommand.parse(body)) };
}

const SOMEBODY = keypair(2).publicKey.toBase58();

describe('a fork', () => {
  it('undoes the newest blocks: confirmed transactions vanish until somebody sends them again', () => {
    const { chain, owner, act } = chainWith();
    const bytes = onTip(chain, owner, transfer(owner, keypair(2), SOL));
    const signature = chain.sendTransaction(bytes);
    produce(chain, 3);
    const { slot, blockHeight } = chain;
    expect(chain.getSignatureStatuses([signature])[0]?.confirmationStatus).toBe('confirmed');
    act({ chain: 'fork', depth: 3 });
    expect([chain.slot, chain.blockHeight]).toEqual([slot - 3, blockHeight - 3]);
    expect(chain.getSignatureStatuses([signature], true)).toEqual([null]);
    expect(chain.getBalance(SOMEBODY)).toBe(0n);
    produce(chain, 5);
    expect(chain.getSignatureStatuses([signature], true)).toEqual([null]);
    chain.sendTransaction(bytes);
    chain.produceBlock();
    expect(chain.getSignatureStatuses([signature])[0]?.slot).toBe(slot + 6);
    expect(chain.getBalance(SOMEBODY)).toBe(SOL);
  });

  it('with repool, lands the transactions in another slot, in their old order and before what waits', () => {
    const { chain, owner, act } = chainWith();
    const { blockhash } = chain.getLatestBlockhash();
    const sent = ['one', 'two', 'three'].map((text) =>
      chain.sendTransaction(signed(owner, blockhash, memo(text))),
    );
    const [one, two, three] = sent;
    chain.produceBlock();
    const onDropped = chain.sendTransaction(onTip(chain, owner, memo('on a blockhash of the fork')));
    chain.produceBlock();
    const { slot } = chain;
    const waiting = chain.sendTransaction(signed(owner, blockhash, memo('waiting')));
    act({ chain: 'fork', depth: 2, repool: true });
    expect(chain.pendingCount).toBe(5);
    let order: string[] = [];
    chain.onBlock((block) => {
      order = block.transactions.map((tx) => tx.signature);
    });
    chain.produceBlock();
    expect(order).toEqual([one, two, three, waiting]);
    expect(chain.getSignatureStatuses(sent).map((status) => status?.slot)).toEqual([
      slot + 1,
      slot + 1,
      slot + 1,
    ]);
    // Its blockhash never was.
    expect(chain.getSignatureStatuses([onDropped], true)).toEqual([null]);
  });

  it('reaches no finalized block', () => {
    const { chain, act } = chainWith();
    const { slot } = chain;
    expect(() => act({ chain: 'fork', depth: 33 })).toThrow('only 32 blocks are not finalized');
    expect(chain.slot).toBe(slot);
    act({ chain: 'fork', depth: 32 });
    expect([chain.slot, chain.finalizedSlot]).toEqual([slot - 32, slot - 32]);
  });
});

describe('a restart', () => {
  it('goes on from an earlier slot, without the blocks since and without what was pending', () => {
    const { chain, owner, act } = chainWith();
    const signature = chain.sendTransaction(onTip(chain, owner, transfer(owner, keypair(2), SOL)));
    produce(chain, 4);
    act({ chain: 'frozen' });
    const { slot } = chain;
    chain.sendTransaction(onTip(chain, owner, memo('waits for a chain that never comes')));
    act({ chain: 'restart', depth: 4 });
    expect([chain.frozen, chain.slot, chain.pendingCount]).toEqual([false, slot - 4, 0]);
    expect(chain.getSignatureStatuses([signature], true)).toEqual([null]);
    chain.produceBlock();
    expect([chain.slot, chain.headerAt(slot + 1)?.parentSlot]).toEqual([slot + 1, slot - 4]);
    expect(chain.getBalance(SOMEBODY)).toBe(0n);
  });

  it('of no depth loses the pool alone; with none given it goes back to what is final', () => {
    const { chain, owner, act } = chainWith();
    const { slot, finalizedSlot } = chain;
    chain.sendTransaction(onTip(chain, owner, memo('lost')));
    act({ chain: 'restart', depth: 0 });
    expect([chain.slot, chain.pendingCount]).toEqual([slot, 0]);
    act({ chain: 'restart' });
    expect(chain.slot).toBe(finalizedSlot);
    expect(() => act({ chain: 'restart', depth: 1 })).toThrow(ChainError);
  });
});

describe('slots and blocks', () => {
  it('skip: the tip stands still for so many slots, and height falls behind the slot', () => {
    const { chain, act } = chainWith();
    const { slot, blockHeight, nextBlockAt } = chain;
    act({ chain: 'skip', slots: 5 });
    expect(chain.advanceTo(nextBlockAt + 4 * SLOT_MS)).toBe(0);
    expect(chain.advanceTo(nextBlockAt + 5 * SLOT_MS)).toBe(1);
    expect([chain.slot, chain.blockHeight]).toEqual([slot + 6, blockHeight + 1]);
    expect(chain.headerAt(slot + 3)).toBeUndefined();
  });

  it('blocks: blockhashes expire at once, nothing pending lands, and the next block is due as it was', () => {
    const { chain, owner, act } = chainWith();
    const { blockhash } = chain.getLatestBlockhash();
    const signature = chain.sendTransaction(onTip(chain, owner, memo('expires in the pool')));
    const { nextBlockAt, slot } = chain;
    act({ chain: 'blocks', count: 151 });
    expect([chain.slot, chain.nextBlockAt]).toEqual([slot + 151, nextBlockAt]);
    expect([chain.isBlockhashValid(blockhash), chain.pendingCount]).toEqual([false, 1]);
    expect(chain.advanceTo(nextBlockAt)).toBe(1);
    expect([chain.pendingCount, chain.getSignatureStatuses([signature], true)]).toEqual([0, [null]]);
    act({ chain: 'frozen' });
    expect(() => act({ chain: 'blocks', count: 1 })).toThrow('frozen');
    act({ chain: 'running' });
    chain.produceBlock();
  });

  it('clock: block times fall behind and run ahead, and never go back', () => {
    const { chain, act } = chainWith();
    const time = () => chain.header('processed').blockTime;
    const due = () => Math.floor((chain.nextBlockAt - SLOT_MS) / 1_000);
    expect(time()).toBe(due());
    const before = time();
    act({ chain: 'clock', lagSeconds: 20 });
    chain.produceBlock();
    expect(time()).toBe(before);
    chain.advanceTo(START + 120_000);
    expect(time()).toBe(due() - 20);
    act({ chain: 'clock', lagSeconds: -1_800 });
    chain.produceBlock();
    expect(time()).toBe(due() + 1_800);
  });
});
