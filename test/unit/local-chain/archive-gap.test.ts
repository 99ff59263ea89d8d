/** An endpoint that has lost, or cannot reach, what is older than some blocks. */
import { describe, expect, it } from 'vitest';
import { played } from './providers.ts';
import { memo, onTip, produce } from './support.ts';

const CONFIRMED = { commitment: 'confirmed' };

describe('archiveGap', () => {
  /** Five memos, each in a block of its own; the newest is in the tip's block. */
  async function archive() {
    const world = played();
    const { chain, owner } = world;
    produce(chain, 40);
    const signatures: string[] = [];
    for (let i = 0; i < 5; i += 1) {
      signatures.push(chain.sendTransaction(onTip(chain, owner, memo(`${i}`))));
      chain.produceBlock();
    }
    const history = { searchTransactionHistory: true };
    const named = (value: unknown): unknown =>
      Array.isArray(value) ? value.map((entry) => signatures.indexOf(entry.signature)) : value;
    return {
      ...world,
      signatures,
      address: owner.publicKey.toBase58(),
      transactions: () => Promise.all(signatures.map((one) => world.ask('getTransaction', [one, CONFIRMED]))),
      statuses: (search: boolean) => world.ask('getSignatureStatuses', [signatures, search ? history : {}]),
      list: async (options: object) =>
        named(
          await world.ask('getSignaturesForAddress', [
            owner.publicKey.toBase58(),
            { ...CONFIRMED, ...options },
          ]),
        ),
    };
  }

  it('what is older looks as if it had never been', async () => {
    const { chain, fault, transactions, statuses, list, ask } = await archive();
    // Confirmed are the first four.
    expect(await list({ limit: 4 })).toEqual([3, 2, 1, 0]);
    fault({ kind: 'archiveGap', keepsBlocks: 3 });
    expect((await transactions()).map((one) => one !== null)).toEqual([false, false, true, true, false]);
    for (const search of [true, false]) {
      expect(await statuses(search)).toMatchObject({ value: [null, null, {}, {}, {}] });
    }
    expect(await list({})).toEqual([3, 2]);
    fault({ kind: 'archiveGap' });
    expect(await transactions()).toEqual([null, null, null, null, null]);
    expect(await statuses(true)).toMatchObject({ value: [null, null, null, null, null] });
    expect(await list({})).toEqual([]);
    expect(await ask('getFirstAvailableBlock')).toBe(chain.firstAvailableSlot);
  });

  it('honest: getFirstAvailableBlock is above what is missing', async () => {
    const { chain, fault, ask } = await archive();
    fault({ kind: 'archiveGap', keepsBlocks: 3, firstAvailable: 'honest' });
    expect(await ask('getFirstAvailableBlock')).toBe(chain.slot - 2);
    expect(await ask('minimumLedgerSlot')).toBe(chain.slot - 2);
    fault({ kind: 'archiveGap', firstAvailable: 'honest' });
    expect(await ask('getFirstAvailableBlock')).toBe(chain.slot + 1);
    fault({ kind: 'archiveGap', keepsBlocks: 1_000_000, firstAvailable: 'honest' });
    expect(await ask('getFirstAvailableBlock')).toBe(chain.firstAvailableSlot);
  });

  it.each([-32_011, -32_019, -32_007] as const)(
    'error %i: whatever needs the archive is refused',
    async (code) => {
      const { fault, transactions, statuses, list, signatures, address, ask } = await archive();
      fault({ kind: 'archiveGap', keepsBlocks: 3, code });
      const refused = { code, message: expect.any(String) };
      const found = { slot: expect.any(Number) };
      expect(await transactions()).toMatchObject([refused, refused, found, found, refused]);
      expect(await statuses(true)).toMatchObject(refused);
      // What the node remembers by itself needs no archive.
      expect(await statuses(false)).toMatchObject({ value: [null, null, {}, {}, {}] });
      expect(await list({})).toMatchObject(refused);
      expect(await list({ limit: 2 })).toEqual([3, 2]);
      expect(await list({ until: signatures[2] })).toEqual([3]);
      expect(await list({ until: signatures[0] })).toMatchObject(refused);
      expect(await ask('getBalance', [address])).toMatchObject({ value: expect.any(Number) });
    },
  );
});
