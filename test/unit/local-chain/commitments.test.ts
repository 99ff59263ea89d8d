import { describe, expect, it } from 'vitest';
import { funded, keypair, newChain, onTip, produce, SOL, transfer } from './support.ts';

describe('commitments', () => {
  it('shows a transfer at the tip at once and at finalized only 32 blocks later', () => {
    const chain = newChain();
    const [from, to] = [funded(chain, 1), keypair(2)];
    const address = to.publicKey.toBase58();
    chain.sendTransaction(onTip(chain, from, transfer(from, to, SOL)));
    expect(chain.getBalance(address, 'processed')).toBe(0n);
    chain.produceBlock();
    const landed = chain.slot;
    expect(chain.getBalance(address, 'processed')).toBe(SOL);
    expect(chain.getBalance(address, 'confirmed')).toBe(SOL);
    produce(chain, 31);
    expect(chain.finalizedSlot).toBe(landed - 1);
    expect(chain.getAccount(address, 'finalized')).toBeNull();
    chain.produceBlock();
    expect(chain.finalizedSlot).toBe(landed);
    expect(chain.getBalance(address, 'finalized')).toBe(SOL);
  });

  it('calls a transaction processed in the newest block, confirmed under one, finalized under 32', () => {
    const chain = newChain();
    const signature = chain.airdrop(keypair(1).publicKey.toBase58(), SOL);
    const status = () => chain.getSignatureStatuses([signature])[0];
    expect(status()).toBeNull();
    chain.produceBlock();
    const { slot } = chain;
    expect(status()).toEqual({ slot, confirmations: 0, err: null, confirmationStatus: 'processed' });
    expect(chain.getTransaction(signature, 'confirmed')).toBeNull();
    chain.produceBlock();
    expect(status()).toEqual({ slot, confirmations: 1, err: null, confirmationStatus: 'confirmed' });
    expect(chain.getTransaction(signature, 'confirmed')?.slot).toBe(slot);
    expect(chain.getTransaction(signature, 'finalized')).toBeNull();
    produce(chain, 30);
    expect(status()).toMatchObject({ confirmations: 31, confirmationStatus: 'confirmed' });
    chain.produceBlock();
    expect(status()).toEqual({ slot, confirmations: null, err: null, confirmationStatus: 'finalized' });
    expect(chain.getTransaction(signature, 'finalized')?.slot).toBe(slot);
  });

  it('has the same accounts at finalized as at the tip once everything is final', () => {
    const chain = newChain();
    const players = [1, 2, 3].map((number) => funded(chain, number));
    for (let round = 1n; round <= 20n; round += 1n) {
      for (const [index, from] of players.entries()) {
        const to = players[(index + 1) % players.length] ?? from;
        chain.sendTransaction(onTip(chain, from, transfer(from, to, SOL / 100n + round)));
      }
      chain.produceBlock();
    }
    produce(chain, 32);
    for (const player of players) {
      const address = player.publicKey.toBase58();
      expect(chain.getAccount(address, 'finalized')).toEqual(chain.getAccount(address, 'confirmed'));
    }
  });

  it('finds an old status only when history is searched', () => {
    const chain = newChain();
    const signature = chain.airdrop(keypair(1).publicKey.toBase58(), SOL);
    produce(chain, 301);
    expect(chain.getSignatureStatuses([signature])[0]?.confirmationStatus).toBe('finalized');
    chain.produceBlock();
    expect(chain.getSignatureStatuses([signature])).toEqual([null]);
    expect(chain.getSignatureStatuses([signature], true)[0]?.confirmationStatus).toBe('finalized');
  });

  it('shows a tampered account at both commitments, also after the blocks in between are finalized', () => {
    const chain = newChain();
    const [from, to] = [funded(chain, 1), keypair(2)];
    const address = to.publicKey.toBase58();
    chain.sendTransaction(onTip(chain, from, transfer(from, to, SOL)));
    chain.produceBlock();
    const tampered = {
      lamports: 7n * SOL,
      data: new Uint8Array([1, 2, 3]),
      owner: '11111111111111111111111111111111',
    };
    chain.setAccount(address, tampered);
    expect(chain.getAccount(address, 'finalized')).toMatchObject(tampered);
    expect(chain.getAccount(address, 'confirmed')).toMatchObject(tampered);
    produce(chain, 40);
    expect(chain.getAccount(address, 'finalized')).toMatchObject(tampered);
    expect(chain.getAccount(address, 'confirmed')).toMatchObject(tampered);
  });
});
