/** Accounts that show what no transaction of ours did (design: section 9; I26, I29). */
import { describe, expect, it } from 'vitest';
import type { ChainAccount } from '../../services/local-chain/index.ts';
import { alertsIn, attemptsIn, findingsIn } from './checks.ts';
import { seated } from './seated.ts';
import { create, end, join, opened, type Story, settledExactly, start } from './story.ts';
import type { World } from './world.ts';

/** Offsets (interface: section 2). */
const ESCROW_TOTAL = 48;
const ESCROW_STAKES = 72;
const DEPOSIT_AVAILABLE = 56;

function escrowOf({ world, id }: Story): string {
  return world.port.pda('escrow', world.port.pda('match', id).address).address;
}

async function depositOf({ world }: Story, user: string): Promise<string> {
  return world.port.pda('deposit', await world.port.custodyAuthority(user)).address;
}

/** Overwrites an account at every commitment; answers how to put it back. */
function tamper(
  world: World,
  address: string,
  change: (account: ChainAccount) => Partial<ChainAccount>,
): () => void {
  const account = world.chain.getAccount(address);
  if (account === null) throw new Error(`${address} is not there`);
  const copy = { ...account, data: Uint8Array.from(account.data) };
  world.chain.setAccount(address, { ...copy, ...change({ ...copy, data: Uint8Array.from(copy.data) }) });
  return () => world.chain.setAccount(address, copy);
}

function withU64(at: number, value: bigint) {
  return ({ data }: ChainAccount): Partial<ChainAccount> => {
    new DataView(data.buffer, data.byteOffset).setBigUint64(at, value, true);
    return { data };
  };
}

const escrows: readonly {
  name: string;
  cls: string;
  change: (account: ChainAccount) => Partial<ChainAccount>;
}[] = [
  { name: 'total_entry is higher', cls: 'shortfall', change: withU64(ESCROW_TOTAL, 200_000_001n) },
  { name: 'total_entry is lower', cls: 'amount_mismatch', change: withU64(ESCROW_TOTAL, 100_000_000n) },
  { name: 'a stake is another', cls: 'amount_mismatch', change: withU64(ESCROW_STAKES, 99_999_999n) },
  {
    name: 'one lamport is missing',
    cls: 'shortfall',
    change: ({ lamports }) => ({ lamports: lamports - 1n }),
  },
  { name: 'the account is gone', cls: 'account_closed', change: () => ({ lamports: 0n }) },
  { name: 'the data is cut short', cls: 'undecodable', change: ({ data }) => ({ data: data.slice(0, 100) }) },
  { name: 'the data is noise', cls: 'undecodable', change: () => ({ data: new Uint8Array(192).fill(255) }) },
  {
    name: 'another program owns it',
    cls: 'undecodable',
    change: () => ({ owner: 'MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr' }),
  },
];

describe('an escrow in which', () => {
  it.each(escrows)(
    '$name pauses the match within one pass, with a critical alert',
    async ({ cls, change }) => {
      const story = await seated();
      const { world, id, view } = story;
      tamper(world, escrowOf(story), change);
      expect(await world.cron()).toMatchObject({ paused: 1 });
      expect(await view()).toMatchObject({ link: 'paused', decidedBy: 'mirror', pausedFor: cls });
      expect(await alertsIn(world.match(id))).toEqual([`critical break:${cls}`]);
      expect(findingsIn(world, world.matchName(id), 'break')).toContain(cls);
      await world.advance(500);
      expect(world.delivered.filter((alert) => alert.class === `break:${cls}`)).toHaveLength(1);
      // The next passes find the same, and neither repeat nor forget it.
      await world.advance(5_000);
      await world.cron();
      expect(await alertsIn(world.match(id))).toHaveLength(1);
    },
  );

  it('lamports are added raises an alert only, and only once', async () => {
    const story = await seated();
    const { world, id, view } = story;
    tamper(world, escrowOf(story), ({ lamports }) => ({ lamports: lamports + 7n }));
    expect(await world.cron()).toMatchObject({ paused: 0 });
    await world.advance(3_000);
    tamper(world, escrowOf(story), ({ lamports }) => ({ lamports: lamports + 7n }));
    expect(await world.cron()).toMatchObject({ paused: 0 });
    expect(await view()).toMatchObject({ link: 'online' });
    expect(await alertsIn(world.match(id))).toEqual(['warning surplus']);
    await start(story);
    await end(story);
    await settledExactly(story);
  });
});

describe('a paused match', () => {
  it('refuses every money action, signs nothing and sends nothing', async () => {
    const story = await seated();
    const { world, id, view } = story;
    tamper(world, escrowOf(story), withU64(ESCROW_TOTAL, 1n));
    await world.cron();
    let sent = 0;
    world.weather = (method) => {
      if (method === 'sendTransaction') sent += 1;
      return 'fine';
    };
    const before = attemptsIn(world, world.matchName(id));
    for (const refused of [await join(story, 'carol'), await start(story), await end(story)])
      expect(refused).toMatchObject({ status: 503, text: expect.stringContaining('match_paused') });
    await world.advance(20_000);
    world.evictAll();
    await world.advance(20_000);
    expect(sent).toBe(0);
    expect(attemptsIn(world, world.matchName(id))).toEqual(before);
    expect(await view()).toMatchObject({ link: 'paused' });
  });

  it('that was paused with a queued `start` sends nothing either, and goes on after the repair', async () => {
    const story = await seated();
    const { world, id, view } = story;
    world.chain.freeze();
    await world.until(async () => (await view()).link === 'queued', 'queued');
    expect(await start(story)).toMatchObject({ status: 200 });
    await world.match(id).pause('olga', 'looking');
    const attempts = attemptsIn(world, world.matchName(id)).length;
    world.chain.thaw();
    await world.advance(20_000);
    expect(attemptsIn(world, world.matchName(id))).toHaveLength(attempts);
    expect(await view()).toMatchObject({ link: 'paused', money: 'playing' });
    expect(await world.match(id).resume('olga', 'seen')).toMatchObject({ status: 200 });
    await end(story);
    await settledExactly(story);
  });

  it('goes back to paused on resume while the difference is there, and online once it is repaired', async () => {
    const story = await seated();
    const { world, id, view } = story;
    const repair = tamper(world, escrowOf(story), withU64(ESCROW_TOTAL, 1n));
    await world.cron();
    expect(await world.match(id).resume('olga', 'try')).toMatchObject({ status: 200 });
    expect((await view()).link).toBe('reconciling');
    await world.until(async () => (await view()).link === 'paused', 'paused again', 5_000);
    expect(await world.match(id).resume('olga', 'try')).toMatchObject({ status: 200 });
    repair();
    await world.until(async () => (await view()).link === 'online', 'online', 5_000);
    expect(await view()).toMatchObject({ pausedFor: null, decidedBy: 'chain' });
    await start(story);
    await end(story);
    await settledExactly(story);
  });

  it('keeps the operator and the reason of each act in its journal', async () => {
    const story = await seated();
    const { world, id } = story;
    await world.match(id).pause('olga', 'a complaint');
    await world.match(id).resume('piet', 'unfounded');
    const { entries } = await world.match(id).journal(1, 500);
    const acts = entries.filter(({ entry }) => entry.includes('operator.')).map(({ entry }) => entry);
    expect(acts[0]).toContain('"operator":"olga","reason":"a complaint"');
    expect(acts[1]).toContain('"operator":"piet","reason":"unfounded"');
  });
});

const deposits: readonly {
  name: string;
  cls: string;
  change: (account: ChainAccount) => Partial<ChainAccount>;
}[] = [
  { name: 'shows less', cls: 'amount_mismatch', change: withU64(DEPOSIT_AVAILABLE, 1n) },
  { name: 'shows more', cls: 'amount_mismatch', change: withU64(DEPOSIT_AVAILABLE, 2_000_000_000n) },
  {
    name: 'misses a lamport',
    cls: 'shortfall',
    change: ({ lamports }) => ({ lamports: lamports - 1n }),
  },
  { name: 'is gone', cls: 'account_closed', change: () => ({ lamports: 0n }) },
  { name: 'is noise', cls: 'undecodable', change: () => ({ data: new Uint8Array(128).fill(255) }) },
  {
    name: 'belongs to another program',
    cls: 'undecodable',
    change: () => ({ owner: 'MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr' }),
  },
];

describe('a deposit account that', () => {
  it.each(deposits)(
    '$name freezes and pauses the deposit, with a critical alert',
    async ({ cls, change }) => {
      const story = await opened();
      const { world } = story;
      await create(story);
      tamper(world, await depositOf(story, 'bob'), change);
      const bob = await world.deposit('bob');
      expect(await bob.reconcile(null, 'pass')).toMatchObject({ kind: 'paused', breaks: [cls] });
      expect(await bob.view()).toMatchObject({ money: 'frozen', link: 'paused' });
      expect(await alertsIn(bob)).toEqual([`critical break:${cls}`]);
      expect(await join(story, 'bob')).not.toMatchObject({ status: 200 });
      expect(await join(story, 'alice')).toMatchObject({ status: 200 });
    },
  );

  it('was sent lamports raises an alert only, and only once', async () => {
    const story = await opened();
    const { world } = story;
    const bob = await world.deposit('bob');
    for (let pass = 0; pass < 3; pass += 1) {
      tamper(world, await depositOf(story, 'bob'), ({ lamports }) => ({ lamports: lamports + 5n }));
      expect(await bob.reconcile(null, 'pass')).toMatchObject({ kind: 'clean' });
      await world.advance(1_000);
    }
    expect(await bob.view()).toMatchObject({ money: 'active', balances: { available: '1000000000' } });
    expect(await alertsIn(bob)).toEqual(['warning surplus']);
  });
});
