import { describe, expect, it } from 'vitest';
import { SOL } from './chain.ts';
import { createMatch, distributePrizes, endMatch, joinMatch, startMatch } from './instructions.ts';
import {
  AT,
  configAddress,
  escrowAddress,
  matchAddress,
  RENT,
  readU64,
  registryAddress,
  u8,
  u64,
} from './interface.ts';
import { FEE, MATCH_ID, newWorld, openMatch, PLATFORM, paid, seat, WALLET } from './world.ts';

const match = matchAddress(MATCH_ID);
const escrow = escrowAddress(MATCH_ID);

describe('H-07: a cancelled match stays joinable, and can never start', () => {
  /** What refund_escrow leaves behind in phase 0 (section 4.14): no total, no stakes, `cancelled`. */
  function cancelled() {
    const world = openMatch(WALLET);
    seat(world, WALLET, 'alice');
    seat(world, WALLET, 'bob');
    world.chain.tamper(escrow, AT.escrow.total, u64(0n));
    world.chain.tamper(escrow, AT.escrow.stakes, new Uint8Array(16));
    world.chain.tamper(escrow, AT.escrow.flags, u8(5));
    return world;
  }

  it('a join after it makes the total one fee, which is not fee × count', () => {
    const world = cancelled();
    seat(world, WALLET, 'carol');
    const data = world.chain.data(escrow);
    expect(readU64(data, AT.escrow.total)).toBe(FEE);
    expect(readU64(data, AT.escrow.stakes + 16)).toBe(FEE);
    expect(data[AT.escrow.flags]).toBe(5);
    expect(world.chain.run(startMatch(MATCH_ID, world.coordinator))).toBe(6005);
  });

  it('without such a join it cannot start either: the total is 0', () => {
    const world = cancelled();
    expect(world.chain.run(startMatch(MATCH_ID, world.coordinator))).toBe(6005);
  });

  it('cancelled while playing, it still ends, and then has nothing to distribute (H-08)', () => {
    const world = cancelled();
    const { chain, coordinator, treasury } = world;
    chain.tamper(match, AT.match.phase, u8(1));
    expect(chain.run(endMatch({ matchId: MATCH_ID, authority: coordinator }))).toBe('ok');
    for (const amount of [0n, 1n]) {
      const prizes = [{ index: 0, amount, to: treasury }];
      expect(chain.run(distributePrizes({ matchId: MATCH_ID, treasury, prizes }))).toBe(6005);
    }
  });
});

describe('H-09: funded is not full, and not started', () => {
  it('the bit is set by the join that reaches the minimum, and stays', () => {
    const world = openMatch(PLATFORM);
    const flags = () => world.chain.data(escrow)[AT.escrow.flags];
    seat(world, PLATFORM, 'alice');
    expect(flags()).toBe(0);
    seat(world, PLATFORM, 'bob');
    expect(flags()).toBe(1);
    seat(world, PLATFORM, 'carol');
    expect(flags()).toBe(1);
    expect(world.chain.data(match)[AT.match.phase]).toBe(0);
  });

  it('a total that disagrees with the count keeps it clear', () => {
    const world = openMatch(WALLET);
    seat(world, WALLET, 'alice');
    world.chain.tamper(escrow, AT.escrow.total, u64(0n));
    seat(world, WALLET, 'bob');
    expect(world.chain.data(escrow)[AT.escrow.flags]).toBe(0);
  });
});

describe('H-11: whoever leaves the config out is not stopped by it', () => {
  it('a paused program still takes paid matches and paid joins', () => {
    const world = newWorld();
    const { chain } = world;
    chain.tamper(configAddress, AT.config.isPaused, u8(1));
    chain.tamper(configAddress, AT.config.methods, u8(0));
    expect(chain.run(createMatch(paid(world, WALLET)))).toBe(6036);
    expect(chain.run(createMatch(paid(world, WALLET, { withConfig: false })))).toBe('ok');
    const player = chain.wallet();
    const join = { matchId: MATCH_ID, userId: 'alice', player, wallet: player };
    expect(chain.run(joinMatch(join))).toBe(6036);
    expect(chain.run(joinMatch({ ...join, withConfig: false }))).toBe('ok');
  });
});

describe('H-29: names that do not describe the cause', () => {
  it('a taken user id is 6003, a full table 6000, a disabled game 6005', () => {
    const world = openMatch(WALLET);
    const { chain } = world;
    for (const userId of ['a', 'b', 'c']) seat(world, WALLET, userId);
    const player = chain.wallet();
    const join = (userId: string) =>
      chain.run(joinMatch({ matchId: MATCH_ID, userId, player, wallet: player }));
    expect(join('a')).toBe(6003);
    seat(world, WALLET, 'd');
    expect(join('a')).toBe(6000);
    expect(chain.run(createMatch({ matchId: 'x'.repeat(36), authority: player, gameType: 200 }))).toBe(6005);
  });
});

describe('one transaction', () => {
  it('ends and distributes together, or not at all', () => {
    const world = openMatch(WALLET);
    const { chain, coordinator, treasury } = world;
    const winner = seat(world, WALLET, 'alice');
    seat(world, WALLET, 'bob');
    expect(chain.run(startMatch(MATCH_ID, coordinator))).toBe('ok');
    const settle = (amount: bigint) =>
      chain.run(
        endMatch({ matchId: MATCH_ID, authority: coordinator }),
        distributePrizes({ matchId: MATCH_ID, treasury, prizes: [{ index: 0, amount, to: winner }] }),
      );
    expect(settle(1n)).toBe(6005);
    expect(chain.data(match)[AT.match.phase]).toBe(1);
    expect(settle(190_000_000n)).toBe('ok');
    expect(chain.lamports(winner)).toBe(10n * SOL + 90_000_000n);
  });

  it('ten PLATFORM winners are settled well within the default compute budget', () => {
    const world = newWorld();
    const { chain, coordinator, treasury } = world;
    chain.tamper(registryAddress, AT.registry.games + 22, u8(10));
    expect(chain.run(createMatch(paid(world, PLATFORM)))).toBe('ok');
    const players = Array.from({ length: 10 }, (_, slot) => seat(world, PLATFORM, `u${slot}`));
    expect(chain.run(startMatch(MATCH_ID, coordinator))).toBe('ok');
    expect(chain.run(endMatch({ matchId: MATCH_ID, authority: coordinator }))).toBe('ok');
    const prizes = players.map((to, index) => ({ index, amount: 95_000_000n, to }));
    expect(chain.run(distributePrizes({ matchId: MATCH_ID, treasury, prizes, toDeposits: true }))).toBe('ok');
    expect(chain.units).toBeLessThan(100_000n);
    expect(chain.lamports(treasury)).toBe(SOL + 50_000_000n);
    expect(chain.lamports(escrow)).toBe(RENT.escrow);
  });
});
