import { describe, expect, it } from 'vitest';
import { SOL } from './chain.ts';
import { createMatch, distributePrizes, endMatch, joinMatch, startMatch } from './instructions.ts';
import { AT, configAddress, escrowAddress, matchAddress, u8, u64 } from './interface.ts';
import { MATCH_ID, newWorld, openMatch, PLATFORM, paid, seat, WALLET } from './world.ts';

const match = matchAddress(MATCH_ID);
const escrow = escrowAddress(MATCH_ID);

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
});
