/** While a release is rolled out, some objects run it and others the one before (F37): what these leave out is done without. */
import { afterEach, it, vi } from 'vitest';
import { DirectoryDO } from '../../durable-objects/DirectoryDO.ts';
import { SolanaHealthMonitorDO } from '../../durable-objects/SolanaHealthMonitorDO.ts';
import type { ChainStanding } from '../../durable-objects/wire/objects.ts';
import { createdFinally } from './seated.ts';
import { opened, playedOut } from './story.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** As the release before this one said it. */
function withoutProviders<Said extends ChainStanding>({ providers: _, ...said }: Said): Said {
  // SAFETY: what it lacks is what this test is about.
  return said as unknown as Said;
}

it('A match is played to its end beside shards that say nothing of providers.', async () => {
  const { attach, standing } = DirectoryDO.prototype;
  vi.spyOn(DirectoryDO.prototype, 'attach').mockImplementation(async function (this: DirectoryDO, entry) {
    return withoutProviders(await attach.call(this, entry));
  });
  vi.spyOn(DirectoryDO.prototype, 'standing').mockImplementation(async function (this: DirectoryDO) {
    return withoutProviders(await standing.call(this));
  });
  const story = await opened();
  await createdFinally(story);
  await playedOut(story);
});

it('A match is played to its end beside a monitor that says nothing of providers and knows of no permits.', async () => {
  const { standing } = SolanaHealthMonitorDO.prototype;
  const { publish } = DirectoryDO.prototype;
  vi.spyOn(SolanaHealthMonitorDO.prototype, 'standing').mockImplementation(async function (
    this: SolanaHealthMonitorDO,
  ) {
    return withoutProviders(await standing.call(this));
  });
  vi.spyOn(DirectoryDO.prototype, 'publish').mockImplementation(async function (this: DirectoryDO, said) {
    return await publish.call(this, withoutProviders(said));
  });
  for (const method of ['permit', 'permitReturned', 'report'] as const)
    vi.spyOn(SolanaHealthMonitorDO.prototype, method).mockRejectedValue(new TypeError(`no ${method}`));
  const story = await opened();
  await createdFinally(story);
  await playedOut(story);
});
