import { describe, expect, it } from 'vitest';
import { funded, keypair, newChain, onTip, produce, SLOT_MS, SOL, START, transfer } from './support.ts';

/** Address of the Clock sysvar; its account holds slot, epoch start, epoch, leader epoch and Unix seconds. */
const CLOCK = 'SysvarC1ock11111111111111111111111111111111';

describe('the clock', () => {
  it('produces exactly the blocks that are due', () => {
    const chain = newChain();
    const first = chain.slot;
    expect(chain.advanceTo(START)).toBe(0);
    expect(chain.advanceTo(START + SLOT_MS - 1)).toBe(0);
    expect(chain.advanceTo(START + SLOT_MS)).toBe(1);
    expect(chain.advanceTo(START + 5 * SLOT_MS)).toBe(4);
    expect(chain.advanceTo(START)).toBe(0);
    expect([chain.slot, chain.blockHeight]).toEqual([first + 5, 5]);
  });

  it('skips slots, not time, when it is more than 512 blocks behind', () => {
    const chain = newChain();
    const first = chain.slot;
    expect(chain.advanceTo(START + 10_000 * SLOT_MS)).toBe(512);
    expect([chain.slot, chain.blockHeight]).toEqual([first + 10_000, 512]);
    expect(chain.headerAt(first + 100)).toBeUndefined();
    expect(chain.header('processed').blockTime).toBe((START + 10_000 * SLOT_MS) / 1_000);
    expect(chain.advanceTo(START + 10_001 * SLOT_MS)).toBe(1);
  });

  it('shows programs the slot and the outside time of their block', () => {
    const chain = newChain();
    chain.advanceTo(START + 50 * SLOT_MS);
    const view = (commitment: 'confirmed' | 'finalized') => {
      const bytes = Buffer.from(chain.getAccount(CLOCK, commitment)?.data ?? []);
      return {
        slot: Number(bytes.readBigUInt64LE(0)),
        epochStart: bytes.readBigInt64LE(8),
        epoch: bytes.readBigUInt64LE(16),
        unix: bytes.readBigInt64LE(32),
      };
    };
    expect(view('confirmed')).toEqual({
      slot: chain.slot,
      epochStart: BigInt(START / 1_000),
      epoch: 1036n,
      unix: BigInt(START / 1_000 + 20),
    });
    expect(view('finalized').slot).toBe(chain.finalizedSlot);
  });

  it('is deterministic: the same calls give the same blocks, hashes and signatures', () => {
    const run = () => {
      const chain = newChain();
      const from = funded(chain, 1);
      const signature = chain.sendTransaction(onTip(chain, from, transfer(from, keypair(2), SOL)));
      chain.advanceTo(START + 40 * SLOT_MS);
      return {
        genesis: chain.genesisHash,
        tip: chain.header('processed'),
        root: chain.header('finalized'),
        signature,
      };
    };
    expect(run()).toEqual(run());
    expect(newChain({ seed: 'other' }).genesisHash).not.toBe(newChain().genesisHash);
    expect(newChain({ startAt: START + 1 }).genesisHash).not.toBe(newChain().genesisHash);
  });

  it('refuses a start that is no time and a slot that is no length', () => {
    expect(() => newChain({ startAt: Number.NaN })).toThrow(expect.objectContaining({ code: -32602 }));
    expect(() => newChain({ slotMs: 0 })).toThrow(expect.objectContaining({ code: -32602 }));
  });
});

describe('a frozen chain', () => {
  it('stands still and keeps what is sent until it thaws', () => {
    const chain = newChain();
    const [from, to] = [funded(chain, 1), keypair(2)];
    chain.freeze();
    const { slot } = chain;
    const signature = chain.sendTransaction(onTip(chain, from, transfer(from, to, SOL)));
    expect(chain.advanceTo(START + 3_600_000)).toBe(0);
    expect(() => chain.produceBlock()).toThrow(expect.objectContaining({ code: -32603 }));
    expect([chain.slot, chain.pendingCount]).toEqual([slot, 1]);
    expect(chain.getSignatureStatuses([signature], true)).toEqual([null]);
    chain.thaw();
    expect(chain.advanceTo(START + 3_600_000)).toBe(1);
    expect(chain.slot).toBe(slot + 1);
    expect(chain.getBalance(to.publicKey.toBase58())).toBe(SOL);
    expect(chain.header('processed').blockTime).toBe(START / 1_000 + 3_600);
  });

  it('does not make up for the frozen time, even if nobody asked it meanwhile', () => {
    const chain = newChain();
    chain.advanceTo(START + 10 * SLOT_MS);
    chain.freeze();
    chain.thaw();
    expect(chain.advanceTo(START + 1_000 * SLOT_MS)).toBe(1);
    expect(chain.advanceTo(START + 1_010 * SLOT_MS)).toBe(10);
  });

  it('lets a transaction expire by block height, not by the wall clock', () => {
    const chain = newChain();
    const [from, to] = [funded(chain, 1), keypair(2)];
    const bytes = onTip(chain, from, transfer(from, to, SOL));
    produce(chain, 149);
    chain.freeze();
    chain.advanceTo(START + 24 * 3_600_000);
    const signature = chain.sendTransaction(bytes);
    chain.thaw();
    chain.advanceTo(START + 24 * 3_600_000);
    expect(chain.getSignatureStatuses([signature])[0]?.err).toBeNull();
  });
});
