import { describe, expect, it } from 'vitest';
import { BoundedCache } from '../../../services/solana/bounded-cache.ts';
import { PdaTable } from '../../../services/solana/pda.ts';
import { MATCH_ID, PROGRAM_ID } from './fixtures.ts';

const MATCH_PDA = 'ADPEHmGF86TGCbDrUUboepgVKWZXaXbYQmkBi6GrtrtM';
const pdas = new PdaTable(PROGRAM_ID);

describe('program-derived addresses', () => {
  it('derives the vectors of the interface, section 3', () => {
    expect(pdas.derive('config')).toEqual({
      name: 'config',
      seeds: ['utf8:config_account'],
      address: 'HR8RVLAzoDvEnJPxVJghgWDy7595aHBXqCUN4BEF2qDT',
      bump: 255,
    });
    expect(pdas.derive('match', MATCH_ID)).toEqual({
      name: 'match',
      seeds: ['utf8:m', 'utf8:550e8400-e29b-41d4-a716-4466554'],
      address: MATCH_PDA,
      bump: 254,
    });
    expect(pdas.derive('escrow', MATCH_PDA)).toEqual({
      name: 'escrow',
      seeds: ['utf8:escrow', `base58:${MATCH_PDA}`],
      address: 'C7UXvaGDrLWMAe3CctAumJ6n1558B9mBrXtWnGN9uCuY',
      bump: 255,
    });
  });

  it('names deposits by their authority', () => {
    const authority = '11111111111111111111111111111111';
    expect(pdas.derive('deposit', authority).seeds).toEqual(['utf8:user_deposit', `base58:${authority}`]);
  });

  it('derives one address for two ids that differ in their last five characters only', () => {
    const other = `${MATCH_ID.slice(0, 31)}fffff`;
    expect(pdas.derive('match', other).address).toBe(MATCH_PDA);
  });

  it.each([
    ['match', MATCH_ID.toUpperCase(), 'match_id_invalid'],
    ['match', undefined, 'match_id_invalid'],
    ['escrow', 'not a key', 'address_invalid'],
    ['escrow', '11', 'address_invalid'],
    ['escrow', undefined, 'plan_invalid'],
    ['deposit', `${MATCH_PDA}1`, 'address_invalid'],
    ['config', MATCH_PDA, 'plan_invalid'],
  ] as const)('refuses a %s address of %s', (name, of, code) => {
    expect(() => pdas.derive(name, of)).toThrow(expect.objectContaining({ code }) as Error);
  });

  it('keeps a bounded number of derivations', () => {
    const cache = new BoundedCache<number>(2);
    let made = 0;
    const get = (key: string) => cache.getOrMake(key, () => made++);
    expect([get('a'), get('b'), get('a'), get('c'), get('a'), cache.size]).toEqual([0, 1, 0, 2, 3, 2]);
  });
});
