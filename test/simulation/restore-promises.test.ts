/**
 * What a restore has forgotten (F38) is not over: neither the clock nor a player ends an action of which the chain may show
 * an effect. An end that was told is one (decision 0012).
 */
import { describe, expect, it } from 'vitest';
import { actionsIn } from './checks.ts';
import { createdFinally } from './seated.ts';
import { opened, type Story, seatsFinal } from './story.ts';
import * as money from './withdraw-story.ts';
import { clientKey, World } from './world.ts';

const SOL = 1_000_000_000n;
const FEE = '100000000';
const NOT_AFTER = 20_000;

/** Bob's join is final, and the match was put back to where nothing of it was signed. It wakes paused. */
async function forgotten(wasPaused = false): Promise<Story> {
  const story = await opened();
  const { world, id, view } = story;
  await createdFinally(story);
  const home = world.home(world.matchName(id));
  world.weather = (method) => (method === 'getLatestBlockhash' ? 'lost' : 'fine');
  const request = { entryFee: FEE, paymentMethod: 1 as const, notAfter: world.now + NOT_AFTER };
  await world.match(id).join(world.caller('bob'), { clientKey: clientKey(), ...request });
  if (wasPaused) await world.match(id).pause('olga', 'lunch');
  const earlier = home.bookmark();
  world.weather = () => 'fine';
  if (wasPaused) await world.match(id).resume('olga', 'back');
  await seatsFinal(story, 1);
  await world.advance(3_000);
  await world.cron();
  home.restore(earlier);
  await world.cron();
  expect((await view()).link).toBe('paused');
  return story;
}

function endOf({ world, id }: Story): string | undefined {
  return actionsIn(world, world.matchName(id)).find(({ kind }) => kind === 'join')?.state;
}

const takenBack = ({ world, id }: Story) =>
  world.match(id).takeBack(world.caller('bob'), { clientKey: clientKey() });

async function seatedCleanly(story: Story): Promise<void> {
  const { world, id, view } = story;
  await seatsFinal(story, 1);
  await world.until(async () => (await view()).link === 'online', 'online');
  expect(await world.match(id).reconcile('after')).toMatchObject({ kind: 'clean' });
  expect(endOf(story)).toBe('final');
}

describe('a join that landed, and that its match has forgotten to have signed', () => {
  it.each([
    ['', false],
    [', where it was paused at that moment for something else', true],
  ])('is not expired while the match waits for a person, nor after that%s', async (_, wasPaused) => {
    const story = await forgotten(wasPaused);
    const { world, id } = story;
    await world.advance(2 * NOT_AFTER);
    expect(endOf(story)).toBe('queued');
    expect(await world.match(id).resume('olga', 'seen')).toMatchObject({ status: 200 });
    await seatedCleanly(story);
  });

  it('is not taken back by who is quicker than the drain', async () => {
    const story = await forgotten();
    const { world, id } = story;
    expect(await world.match(id).resume('olga', 'seen')).toMatchObject({ status: 200 });
    expect(await takenBack(story)).toMatchObject({ text: expect.stringContaining('join_final') });
    await seatedCleanly(story);
  });

  it('keeps the match paused until the chain can be asked', async () => {
    const story = await forgotten();
    const { world, id, view } = story;
    world.weather = (method) => (method === 'getMultipleAccounts' ? 'lost' : 'fine');
    const refused = await world.match(id).resume('olga', 'seen');
    expect(refused).toMatchObject({ status: 503, text: expect.stringContaining('chain_unreadable') });
    expect((await view()).link).toBe('paused');
    world.weather = () => 'fine';
    expect(await world.match(id).resume('olga', 'seen')).toMatchObject({ status: 200 });
    await seatedCleanly(story);
  });
});

describe('a withdrawal that was paid, and that its deposit has forgotten to have signed', () => {
  it('is neither expired nor taken back: its money is not there twice', async () => {
    const world = new World();
    await world.open();
    await world.fund('alice', SOL);
    await money.fillWallet(world, 'alice', SOL);
    const name = await world.depositName('alice');
    world.weather = (method) => (method === 'getLatestBlockhash' ? 'lost' : 'fine');
    const { text } = await money.withdraw(world, 'alice', 200_000_000n, { notAfter: world.now + NOT_AFTER });
    // SAFETY: an accepted action is named in its answer.
    const { action } = JSON.parse(text) as { action: string };
    const earlier = world.home(name).bookmark();
    world.weather = () => 'fine';
    await money.nothingOpen(world, 'alice');
    await world.advance(3_000);
    await world.cron();
    world.home(name).restore(earlier);
    // Nothing reads its history meanwhile.
    world.weather = (method) => (method === 'getSignaturesForAddress' ? 'lost' : 'fine');
    await world.advance(2 * NOT_AFTER);
    expect(await money.viewOf(world, 'alice')).toMatchObject({
      link: 'paused',
      openActions: [{ state: 'queued' }],
    });
    const olga = { userId: 'olga', wallet: 'w', role: 'operator' } as const;
    const unfreeze = async () =>
      (await world.deposit('alice')).resolve(olga, {
        clientKey: clientKey(),
        as: 'unfreeze',
        reason: 'seen',
      });
    expect(await unfreeze()).toMatchObject({ text: expect.stringContaining('chain_unreadable') });
    world.weather = () => 'fine';
    expect(await unfreeze()).toMatchObject({ status: 200 });
    const answer = await (await world.deposit('alice')).takeBack(world.caller('alice'), action, {
      clientKey: clientKey(),
    });
    expect(answer).toMatchObject({ text: expect.stringContaining('attempts_outstanding') });
    const left = (SOL - 200_000_000n - money.FEE).toString();
    const balances = { available: left, held: '0', withdrawing: '0', suspense: '0' };
    expect((await money.viewOf(world, 'alice')).balances).toEqual(balances);
    await world.advance(30_000);
    expect((await money.viewOf(world, 'alice')).balances).toEqual(balances);
  });
});
