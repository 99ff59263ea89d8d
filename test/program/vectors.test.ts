import type { PublicKey, TransactionInstruction } from '@solana/web3.js';
import { Keypair } from '@solana/web3.js';
import { describe, expect, it } from 'vitest';
import { SOL } from './chain.ts';
import {
  createMatch,
  depositSol,
  distributePrizes,
  endMatch,
  joinMatch,
  refundEscrow,
  startMatch,
  withdrawSol,
} from './instructions.ts';
import {
  AT,
  bumpOf,
  configAddress,
  depositAddress,
  escrowAddress,
  escrowSeeds,
  matchAddress,
  RENT,
  readU64,
  registryAddress,
  SIZE,
} from './interface.ts';
import {
  endedMatch,
  FEE,
  MATCH_ID,
  newWorld,
  openMatch,
  PLATFORM,
  paid,
  seat,
  seated,
  WALLET,
} from './world.ts';

/** The match id of the interface's encoded vectors (section 1.3). */
const M = '660e8400-e29b-41d4-a716-446655440001';
const ANYONE: PublicKey = Keypair.generate().publicKey;

const ENCODED: readonly (readonly [string, TransactionInstruction, string])[] = [
  ['deposit_sol', depositSol(ANYONE, 100_000_000n), '6c514e757d9b38c800e1f50500000000'],
  ['withdraw_sol', withdrawSol(ANYONE, 50_000_000n), '91834a8841892a2680f0fa0200000000'],
  [
    'create_match with every option but the tournament',
    createMatch({
      matchId: M,
      authority: ANYONE,
      seed: 9_876_543_210n,
      fee: 100_000_000n,
      method: 1,
      type: 1,
    }),
    '6b02b891468e11a52400000036363065383430302d653239622d343164342d613731362d34343636353534343030303100ea16b04c020000000100e1f505000000000101010100',
  ],
  [
    'create_match without options',
    createMatch({ matchId: M, authority: ANYONE, seed: 1n }),
    '6b02b891468e11a52400000036363065383430302d653239622d343164342d613731362d34343636353534343030303100010000000000000000000000',
  ],
  [
    'join_match',
    joinMatch({ matchId: M, userId: 'user-alice-001', player: ANYONE }),
    'f4082f82c03bb32c2400000036363065383430302d653239622d343164342d613731362d3434363635353434303030310e000000757365722d616c6963652d303031',
  ],
  [
    'start_match',
    startMatch(M, ANYONE),
    '64f6dfb5b065ff132400000036363065383430302d653239622d343164342d613731362d343436363535343430303031',
  ],
  [
    'end_match',
    endMatch({ matchId: M, authority: ANYONE }),
    '22747abf64de14752400000036363065383430302d653239622d343164342d613731362d3434363635353434303030310000',
  ],
  [
    'refund_escrow',
    refundEscrow({ matchId: M, players: [0, 1].map((index) => ({ index, to: ANYONE })) }),
    '6bba59631ac217cc2400000036363065383430302d653239622d343164342d613731362d3434363635353434303030310200000000010000',
  ],
];

describe('the vectors of the interface', () => {
  it.each(ENCODED)('these tests encode %s as the interface does', (_, instruction, expected) => {
    expect(instruction.data.toString('hex')).toBe(expected);
  });

  it('the singletons and the match stand at the published addresses', () => {
    expect(configAddress.toBase58()).toBe('HR8RVLAzoDvEnJPxVJghgWDy7595aHBXqCUN4BEF2qDT');
    expect(matchAddress(MATCH_ID).toBase58()).toBe('ADPEHmGF86TGCbDrUUboepgVKWZXaXbYQmkBi6GrtrtM');
    expect(escrowAddress(MATCH_ID).toBase58()).toBe('C7UXvaGDrLWMAe3CctAumJ6n1558B9mBrXtWnGN9uCuY');
    const { chain } = openMatch(WALLET);
    expect(chain.data(configAddress)).toHaveLength(SIZE.config);
    expect(chain.data(matchAddress(MATCH_ID))).toHaveLength(SIZE.match);
    expect(chain.data(escrowAddress(MATCH_ID))[AT.escrow.bump]).toBe(255);
    expect(bumpOf(...escrowSeeds(MATCH_ID))).toBe(255);
  });

  it('every account has the published size and exactly its rent', () => {
    const world = openMatch(PLATFORM);
    const player = seat(world, PLATFORM, 'alice');
    const { chain } = world;
    const of = (key: PublicKey) => [chain.data(key).length, chain.lamports(key)];
    expect(of(configAddress)).toEqual([SIZE.config, RENT.config]);
    expect(of(registryAddress)).toEqual([SIZE.registry, RENT.registry]);
    expect(of(matchAddress(MATCH_ID))).toEqual([SIZE.match, RENT.match]);
    expect(of(escrowAddress(MATCH_ID))).toEqual([SIZE.escrow, RENT.escrow + FEE]);
    expect(of(depositAddress(player))).toEqual([SIZE.deposit, RENT.deposit + SOL - FEE]);
  });
});

describe('the numeric vectors of the interface', () => {
  it('vector 1: two stakes of 0.1 SOL at 500 bps are a fee of 0.01 and a pool of 0.19 SOL', () => {
    const { chain, treasury, players } = endedMatch(WALLET);
    const escrow = escrowAddress(MATCH_ID);
    expect(readU64(chain.data(escrow), AT.escrow.total)).toBe(200_000_000n);
    expect(readU64(chain.data(matchAddress(MATCH_ID)), 1480)).toBe(400_000_000n);
    const [winner] = players;
    const prizes = [{ index: 0, amount: 190_000_000n, to: winner }];
    const before = [chain.lamports(treasury), chain.lamports(winner)] as const;
    expect(chain.run(distributePrizes({ matchId: MATCH_ID, treasury, prizes }))).toBe('ok');
    expect(chain.lamports(treasury) - before[0]).toBe(10_000_000n);
    expect(chain.lamports(winner) - before[1]).toBe(190_000_000n);
    expect(chain.lamports(escrow)).toBe(RENT.escrow);
  });

  it('vector 2: who deposits 1 SOL, joins for 0.1 and wins alone has 1.09 SOL; the loser stays as after the join', () => {
    const { chain, treasury, players } = endedMatch(PLATFORM);
    const figures = (player: PublicKey) => {
      const data = chain.data(depositAddress(player));
      return [readU64(data, AT.deposit.available), readU64(data, AT.deposit.inPlay)];
    };
    const [winner, loser] = players;
    expect(figures(winner)).toEqual([900_000_000n, 100_000_000n]);
    const prizes = [{ index: 0, amount: 190_000_000n, to: winner }];
    const settlement = { matchId: MATCH_ID, treasury, prizes, toDeposits: true };
    expect(chain.run(distributePrizes(settlement))).toBe('ok');
    expect(figures(winner)).toEqual([1_090_000_000n, 0n]);
    expect(figures(loser)).toEqual([900_000_000n, 100_000_000n]);
    expect(chain.lamports(depositAddress(winner))).toBe(RENT.deposit + 1_090_000_000n);
  });

  it('vector 4: 1 SOL at 500 bps is a fee of 0.05 and a pool of 0.95 SOL', () => {
    const world = seated(WALLET, 2, { fee: SOL / 2n });
    const { chain, coordinator, treasury } = world;
    expect(chain.run(startMatch(MATCH_ID, coordinator))).toBe('ok');
    expect(chain.run(endMatch({ matchId: MATCH_ID, authority: coordinator }))).toBe('ok');
    const winner = chain.wallet(SOL);
    const prizes = [{ index: 0, amount: 950_000_000n, to: winner }];
    expect(chain.run(distributePrizes({ matchId: MATCH_ID, treasury, prizes }))).toBe('ok');
    expect(chain.lamports(winner)).toBe(SOL + 950_000_000n);
    expect(chain.lamports(treasury)).toBe(SOL + 50_000_000n);
  });

  it('vector 5: deposits add up', () => {
    const { chain } = newWorld();
    const [first, second] = [chain.wallet(), chain.wallet()];
    const deposit = (user: PublicKey, amounts: bigint[]) => {
      for (const amount of amounts) expect(chain.run(depositSol(user, amount))).toBe('ok');
      const data = chain.data(depositAddress(user));
      return [readU64(data, AT.deposit.total), readU64(data, AT.deposit.available)];
    };
    expect(deposit(first, [100_000_000n, 50_000_000n])).toEqual([150_000_000n, 150_000_000n]);
    expect(deposit(second, [10_000_000n, 20_000_000n, 30_000_000n])).toEqual([60_000_000n, 60_000_000n]);
  });

  it('vector 11: the seed 9876543210 is stored as 1286608618 (H-30)', () => {
    const world = newWorld();
    expect(world.chain.run(createMatch(paid(world, WALLET, { seed: 9_876_543_210n })))).toBe('ok');
    const data = Buffer.from(world.chain.data(matchAddress(MATCH_ID)));
    expect(data.readUInt32LE(80)).toBe(1_286_608_618);
  });
});
