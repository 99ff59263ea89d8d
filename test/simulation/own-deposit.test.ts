/** A deposit whose authority is the player's own wallet: mirrored too, its joins need the wallet (design: section 6, Keys). */
import { describe, expect, it } from 'vitest';
import { depositName } from '../../durable-objects/names.ts';
import { depositsByThemselves, ownDeposit } from './own-deposits.ts';
import { create, join, opened, seatsFinal, start } from './story.ts';
import { signedJoin, signs } from './wallets.ts';
import { walletOf } from './world.ts';

const SOL = 1_000_000_000n;

describe('a deposit of the player`s own wallet', () => {
  it('pays a PLATFORM seat with the wallet`s signature, and is final before it plays', async () => {
    const story = await opened();
    const { world, id, view } = story;
    await create(story);
    await depositsByThemselves(story, 'carol', SOL);
    await world.until(async () => (await view()).openActions.length === 0, 'create final');
    const request = await signedJoin(story, 'carol', { paymentMethod: 1, depositOf: 'wallet' });
    expect(await world.match(id).join(world.caller('carol'), request)).toMatchObject({ status: 200 });
    expect(await join(story, 'alice')).toMatchObject({ status: 200 });
    expect((await start(story)).text).toContain('seats_not_final');
    await signs(story, 'carol');
    await seatsFinal(story, 2);
    expect(ownDeposit(story, 'carol')).toBe(900_000_000n);
    expect(world.names).toContain(depositName(world.port, walletOf('carol')));
  });

  it('settles like any other: the winner`s own deposit is paid', async () => {
    const story = await opened();
    const { world, id, view } = story;
    await create(story);
    await depositsByThemselves(story, 'carol', SOL);
    await world.until(async () => (await view()).openActions.length === 0, 'create final');
    const request = await signedJoin(story, 'carol', { paymentMethod: 1, depositOf: 'wallet' });
    await world.match(id).join(world.caller('carol'), request);
    await join(story, 'alice');
    await signs(story, 'carol');
    await seatsFinal(story, 2);
    await start(story);
    const result = [{ userId: 'carol', shareBps: 10_000 }];
    const ended = await world
      .match(id)
      .end(world.caller('alice'), { clientKey: '0192f0c0-0000-7000-8000-00000000fff1', result });
    expect(ended).toMatchObject({ status: 200 });
    await world.until(async () => (await view()).money === 'settled', 'settled');
    await world.advance(3_000);
    expect(ownDeposit(story, 'carol')).toBe(1_090_000_000n);
    expect(await world.match(id).reconcile('after')).toMatchObject({ kind: 'clean' });
  });
});
