/** The return of the chain is no stampede: what has drained waits for the monitor's word, and asks the chain nothing. */
import { expect, it } from 'vitest';
import { actionsIn } from './checks.ts';
import { cutOff, seated } from './seated.ts';
import { opened } from './story.ts';
import { asked, createWalletMatch, fillWallet, walletJoin } from './wallets.ts';
import { withdraw } from './withdraw-story.ts';

it('While the chain is recovering, nobody compares itself; once it is healthy, everybody does', async () => {
  const { world, id, view } = await seated();
  await cutOff({ world, id, view });
  expect(await withdraw(world, 'alice', 10_000_000n)).toMatchObject({ status: 200 });
  const authority = await world.port.custodyAuthority('alice');
  const match = world.port.pda('match', id).address;
  const deposit = world.port.pda('deposit', authority).address;
  const asked = { match: 0, deposit: 0 };
  world.weather = (method, params) => {
    const text = JSON.stringify(params);
    if (method === 'getMultipleAccounts' && text.includes(match)) asked.match += 1;
    if (method === 'getSignaturesForAddress' && text.includes(deposit)) asked.deposit += 1;
    return 'fine';
  };
  world.chain.thaw();
  const owner = await world.depositName('alice');
  await world.until(() => actionsIn(world, owner).every(({ state }) => state === 'final'), 'alice has hers');
  expect(await world.health.view()).toMatchObject({ state: 'recovering' });
  // The deposit's history is read before something of it is signed.
  const before = asked.deposit;
  await world.until(async () => (await world.health.view()).state === 'healthy', 'healthy');
  // Once at the most: in the very slot in which the monitor said so.
  expect(asked.match).toBeLessThanOrEqual(1);
  expect(asked.deposit).toBeLessThanOrEqual(before + 1);
  await world.until(async () => (await view()).link === 'online', 'the match is online');
  const isOnline = async (): Promise<boolean> =>
    (await (await world.deposit('alice')).view())?.link === 'online';
  await world.until(isOnline, 'the deposit is online');
});

it('A wallet that is asked only when the chain is healthy again does not keep its match from going online', async () => {
  const story = await opened();
  const { world, view } = story;
  await fillWallet(story, 'bob', 1_000_000_000n);
  await createWalletMatch(story);
  await world.until(async () => (await view()).openActions.length === 0, 'create final');
  world.weather = (method) => (method === 'getLatestBlockhash' ? 'lost' : 'fine');
  await walletJoin(story, 'bob');
  await cutOff(story);
  world.chain.thaw();
  await world.until(async () => (await world.health.view()).state === 'healthy', 'healthy');
  expect((await view()).link).toBe('reconciling');
  world.weather = () => 'fine';
  await asked(story, 'bob');
  // No cron comes by.
  await world.until(async () => (await view()).link === 'online', 'online', 5_000);
});
