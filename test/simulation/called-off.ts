/** Steps of matches that are called off, and what must be true once everybody has their stake back. */
import { expect } from 'vitest';
import type { Answer } from '../../durable-objects/wire/objects.ts';
import type { CancelRequest, ResolveMatchRequest } from '../../durable-objects/wire/requests.ts';
import { alertsIn, purse } from './checks.ts';
import { onChain, type Story } from './story.ts';
import { clientKey } from './world.ts';

export const SOL = 1_000_000_000n;
export const OLGA = { userId: 'olga', wallet: '', role: 'operator' } as const;

export function cancel(
  { world, id }: Story,
  reason: CancelRequest['reason'],
  user?: string,
): Promise<Answer> {
  const caller = user === undefined ? OLGA : world.caller(user);
  return world.match(id).cancel(caller, { clientKey: clientKey(), reason });
}

export function resolve(
  { world, id }: Story,
  as: ResolveMatchRequest['as'],
  result?: ResolveMatchRequest['result'],
): Promise<Answer> {
  const request = { clientKey: clientKey(), as, reason: 'looked at it', ...(result && { result }) };
  return world.match(id).resolve(OLGA, request);
}

export function presence({ world, id }: Story, by: string, userId: string, present: boolean) {
  return world.match(id).presence(world.caller(by), { clientKey: clientKey(), userId, present });
}

export async function inReview(story: Story): Promise<readonly string[]> {
  await story.world.until(async () => (await story.view()).money === 'review', 'in review');
  return alertsIn(story.world.match(story.id));
}

/** Everybody is as rich as before, on the chain and in the ledger; the escrow owes nothing; both sides agree. */
export async function refundedExactly(story: Story, users: readonly string[]): Promise<void> {
  const { world, id, view } = story;
  await world.until(async () => (await view()).money === 'refunded', 'refunded');
  await world.until(async () => (await view()).link === 'online', 'online');
  await world.advance(5_000);
  for (const user of users) {
    expect(await onChain(world, user)).toBe(SOL);
    const deposit = await world.deposit(user);
    expect(await deposit.reconcile(null, 'after')).toMatchObject({ kind: 'clean' });
    const seen = await deposit.view();
    expect(seen?.balances).toEqual({
      available: SOL.toString(),
      held: '0',
      withdrawing: '0',
      suspense: '0',
    });
    expect(deposit.recomputed()).toEqual(seen?.balances);
    expect(seen?.inPlay).toEqual({ derived: '0', onChain: '0' });
  }
  expect((await purse(world, users, [id])).escrows).toBe(0n);
  expect((await view()).openActions).toEqual([]);
  expect(await world.match(id).reconcile('after')).toMatchObject({ kind: 'clean' });
}
