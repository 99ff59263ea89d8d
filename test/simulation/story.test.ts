import { describe, expect, it } from 'vitest';
import { decodeUserDeposit } from '../../core/index.ts';
import { clientKey, matchId, World } from './world.ts';

const SOL = 1_000_000_000n;
const FEE = '100000000';

async function ready(): Promise<World> {
  const world = new World();
  await world.open();
  await world.fund('alice', SOL);
  await world.fund('bob', SOL);
  return world;
}

async function onChain(world: World, user: string): Promise<bigint> {
  const pda = world.port.pda('deposit', await world.port.custodyAuthority(user)).address;
  const { accounts } = await world.port.accounts([pda]);
  return decodeUserDeposit(accounts[0]?.data ?? new Uint8Array()).available;
}

describe('a paid match', () => {
  it('is created, played and settled to the lamport while the chain is well', async () => {
    const world = await ready();
    const id = matchId();
    const match = world.match(id);
    const created = await match.create(world.caller('alice'), { clientKey: clientKey(), matchId: id, gameType: 0, seed: '1', entryFee: FEE, paymentMethod: 1 });
    expect(created).toMatchObject({ status: 201 });
    for (const user of ['alice', 'bob']) {
      const joined = await match.join(world.caller(user), { clientKey: clientKey(), entryFee: FEE, paymentMethod: 1 });
      expect(joined).toMatchObject({ status: 200 });
    }
    const viewer = { userId: 'alice', role: 'operator' as const };
    await world.until(async () => (await match.view(viewer))?.seats.every((seat) => seat.state === 'final') ?? false, 'seats final');
    expect(await match.start(world.caller('alice'), { clientKey: clientKey() })).toMatchObject({ status: 200 });
    expect(await match.end(world.caller('alice'), { clientKey: clientKey(), result: [{ userId: 'bob', shareBps: 10_000 }] })).toMatchObject({ status: 200 });
    await world.until(async () => (await match.view(viewer))?.money === 'settled', 'settled');
    await world.advance(5_000);
    expect(await onChain(world, 'alice')).toBe(900_000_000n);
    expect(await onChain(world, 'bob')).toBe(1_090_000_000n);
    expect((await (await world.deposit('bob')).view())?.balances.available).toBe('1090000000');
    expect((await match.view(viewer))?.link).toBe('online');
  });
});
