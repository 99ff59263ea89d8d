/** One story for each kind of action that a match owns, cut to what happens from its request to its end (crash-play.ts). */
import { expect } from 'vitest';
import { decodeInstruction, type MoneyInstruction } from '../../core/index.ts';
import { depositName } from '../../durable-objects/names.ts';
import { OLGA, refundedExactly } from './called-off.ts';
import { actionsIn, alertsIn, attemptsIn, effectsByMemo, journalHolds } from './checks.ts';
import type { Client, KindStory, Scene } from './crash-play.ts';
import { walletKeys } from './ids.ts';
import { depositsByThemselves, ownDeposit } from './own-deposits.ts';
import { BOTH, createdFinally, seated } from './seated.ts';
import { join, onChain, opened, played, type Story, settledExactly } from './story.ts';
import { Stranger } from './stranger.ts';
import { askedOf, createWalletMatch, fillWallet, signedBy, signedJoin, walletBalance } from './wallets.ts';
import { COORDINATOR, clientKey, walletOf } from './world.ts';

const FEE = '100000000';
const SOL = 1_000_000_000n;
const RESULT = [{ userId: 'bob', shareBps: 10_000 }];

/** Successful instructions of that kind that the chain's own history shows on the account. */
export async function landed(
  { world }: Pick<Story, 'world'>,
  address: string,
  kind: MoneyInstruction['kind'],
): Promise<number> {
  let times = 0;
  for (const { signature, failed } of await world.port.history(address, null)) {
    const observed = failed ? null : await world.port.transaction(signature, 'finalized');
    for (const { programId, data } of observed?.instructions ?? [])
      if (programId === world.port.programId && decodeInstruction(data).kind === kind) times += 1;
  }
  return times;
}

/** What holds of a match whatever died: one end for each action, one effect for each hash, no call for a person. */
async function whole({ world, id }: Story, kinds: readonly string[]): Promise<void> {
  const name = world.matchName(id);
  const ends = actionsIn(world, name).map(({ kind, state }) => `${kind} ${state}`);
  expect(ends.toSorted()).toEqual(kinds.map((kind) => `${kind} final`).toSorted());
  for (const { state } of attemptsIn(world, name)) expect(['final', 'dead']).toContain(state);
  expect([...effectsByMemo(world, id).values()].every((times) => times === 1)).toBe(true);
  expect(await journalHolds(world.match(id))).toBe(true);
  expect((await alertsIn(world.match(id))).filter((alert) => alert.startsWith('critical'))).toEqual([]);
}

async function scene(
  story: Story,
  users: readonly string[],
  parts: Pick<Scene, 'act' | 'check'>,
): Promise<Scene> {
  const { world, id } = story;
  // A name is in the world once somebody has asked for the object; a match, here, for the first time.
  world.match(id);
  const deposits = await Promise.all(users.map((user) => world.depositName(user)));
  return { world, mortals: [world.matchName(id), ...deposits], ...parts };
}

/** And who died with a message in hand says it again when its lease has run out. */
async function ended({ world, view }: Story): Promise<void> {
  await world.until(async () => (await view()).openActions.length === 0, 'nothing is open');
  await world.until(async () => (await view()).link === 'online', 'online');
  await world.advance(world.settings.leaseMs + 1_000);
}

function matchPda({ world, id }: Story): string {
  return world.port.pda('match', id).address;
}

const create: KindStory = {
  kind: 'create',
  prepare: async () => {
    const story = await opened();
    const { world, id, view } = story;
    const terms = { clientKey: clientKey(), matchId: id, gameType: 0, seed: '1', entryFee: FEE };
    return scene(story, [], {
      act: async (client) => {
        await client.insists(() =>
          world.match(id).create(world.caller('alice'), { ...terms, paymentMethod: 1 }),
        );
        await ended(story);
      },
      check: async () => {
        expect(await landed(story, matchPda(story), 'create_match')).toBe(1);
        expect(await view()).toMatchObject({ money: 'lobby', seats: [] });
        expect(await world.match(id).reconcile('after')).toMatchObject({ kind: 'clean' });
        await whole(story, ['create']);
      },
    });
  },
};

const platformJoin: KindStory = {
  kind: 'join',
  prepare: async () => {
    const story = await opened();
    const { world, view } = story;
    await createdFinally(story);
    const key = clientKey();
    return scene(story, ['bob'], {
      act: async (client) => {
        await client.insists(() => join(story, 'bob', key));
        await ended(story);
      },
      check: async () => {
        expect(await landed(story, matchPda(story), 'join_match')).toBe(1);
        expect((await view()).seats).toMatchObject([{ userId: 'bob', state: 'final' }]);
        expect(await onChain(world, 'bob')).toBe(900_000_000n);
        const balances = (await (await world.deposit('bob')).view())?.balances;
        expect(balances).toEqual({ available: '900000000', held: '0', withdrawing: '0', suspense: '0' });
        await whole(story, ['create', 'join']);
      },
    });
  },
};

/** The wallet signs whatever it is asked to, and sends it back until it hears that it was taken. */
async function signsUntilFinal(story: Story, user: string, client: Client): Promise<void> {
  const { world, id, view } = story;
  const keys = new Map<string, string>();
  await world.until(async () => {
    const request = await askedOf(story, user).catch(() => undefined);
    if (request !== undefined) {
      const { action, transaction } = request;
      const key = keys.get(transaction) ?? clientKey();
      keys.set(transaction, key);
      const signed = signedBy(walletKeys(user), transaction);
      await client.once(() =>
        world.match(id).sign(world.caller(user), { clientKey: key, action, transaction: signed }),
      );
    }
    return (await view()).seats[0]?.state === 'final';
  }, 'the seat is final');
  await ended(story);
}

const walletJoin: KindStory = {
  kind: 'join out of a wallet',
  prepare: async () => {
    const story = await opened();
    const { world, id, view } = story;
    await fillWallet(story, 'bob', SOL);
    await createWalletMatch(story);
    await ended(story);
    const request = await signedJoin(story, 'bob');
    return scene(story, ['bob'], {
      act: async (client) => {
        await client.insists(() => world.match(id).join(world.caller('bob'), request));
        await signsUntilFinal(story, 'bob', client);
      },
      check: async () => {
        expect(await landed(story, matchPda(story), 'join_match')).toBe(1);
        expect((await view()).seats).toMatchObject([{ userId: 'bob', state: 'final' }]);
        // The stake, and the fee of one transaction with two signatures.
        expect(walletBalance(story, 'bob')).toBe(SOL - BigInt(FEE) - 10_000n);
        const deposit = await (await world.deposit('bob')).view();
        expect(deposit).toMatchObject({ admissions: [], balances: { available: SOL.toString(), held: '0' } });
        await whole(story, ['create', 'join']);
      },
    });
  },
};

const ownJoin: KindStory = {
  kind: 'join out of an own deposit',
  prepare: async () => {
    const story = await opened();
    const { world, id, view } = story;
    await createdFinally(story);
    await depositsByThemselves(story, 'bob', SOL);
    const request = await signedJoin(story, 'bob', { paymentMethod: 1, depositOf: 'wallet' });
    const made = await scene(story, [], {
      act: async (client) => {
        await client.insists(() => world.match(id).join(world.caller('bob'), request));
        await signsUntilFinal(story, 'bob', client);
      },
      check: async () => {
        expect(await landed(story, matchPda(story), 'join_match')).toBe(1);
        expect((await view()).seats).toMatchObject([{ userId: 'bob', state: 'final' }]);
        expect(ownDeposit(story, 'bob')).toBe(SOL - BigInt(FEE));
        // The deposit of the custody key has no part in it.
        expect(await onChain(world, 'bob')).toBe(SOL);
        await whole(story, ['create', 'join']);
      },
    });
    return { ...made, mortals: [...made.mortals, depositName(world.port, walletOf('bob'))] };
  },
};

const start: KindStory = {
  kind: 'start',
  prepare: async () => {
    const story = await seated();
    const { world, id, view } = story;
    const key = clientKey();
    return scene(story, [], {
      act: async (client) => {
        await client.insists(() => world.match(id).start(world.caller('alice'), { clientKey: key }));
        await ended(story);
      },
      check: async () => {
        expect(await landed(story, matchPda(story), 'start_match')).toBe(1);
        expect((await view()).money).toBe('playing');
        expect(await world.match(id).reconcile('after')).toMatchObject({ kind: 'clean' });
        await whole(story, ['create', 'join', 'join', 'start']);
      },
    });
  },
};

const end: KindStory = {
  kind: 'end',
  prepare: async () => {
    const story = await opened();
    const { world, id } = story;
    await played(story);
    const request = { clientKey: clientKey(), result: RESULT };
    return scene(story, BOTH, {
      act: async (client) => {
        await client.insists(() => world.match(id).end(world.caller('alice'), request));
        await ended(story);
      },
      check: async () => {
        await settledExactly(story);
        for (const kind of ['end_match', 'distribute_prizes'] as const)
          expect(await landed(story, matchPda(story), kind)).toBe(1);
        await whole(story, ['create', 'join', 'join', 'start', 'end']);
      },
    });
  },
};

/** A distribution of its own, of a match that a tool beside the mirror has ended (H-16). */
const distribute: KindStory = {
  kind: 'distribute',
  prepare: async () => {
    const story = await opened();
    const { world, id, view } = story;
    await played(story);
    const stranger = await Stranger.arrive(world);
    await stranger.lands([stranger.end(id, COORDINATOR.publicKey.toBase58())], [COORDINATOR]);
    await world.advance(3_000);
    await world.cron();
    const request = { clientKey: clientKey(), as: 'settle', result: RESULT, reason: 'seen' } as const;
    return scene(story, BOTH, {
      act: async (client) => {
        await client.insists(() => world.match(id).resolve(OLGA, request));
        // A resume has no key: asked again, it is refused where it was done.
        await world.until(async () => {
          await client.once(() => world.match(id).resume('olga', 'settled by hand'));
          return (await view()).link !== 'paused';
        }, 'resumed');
        await world.until(async () => (await view()).money === 'settled', 'settled');
        await ended(story);
      },
      check: async () => {
        expect(await landed(story, matchPda(story), 'distribute_prizes')).toBe(1);
        expect(await onChain(world, 'alice')).toBe(900_000_000n);
        expect(await onChain(world, 'bob')).toBe(1_090_000_000n);
        const ends = actionsIn(world, world.matchName(id)).map(({ kind, state }) => `${kind} ${state}`);
        expect(ends.filter((end) => end.startsWith('distribute'))).toEqual(['distribute final']);
        expect([...effectsByMemo(world, id).values()].every((times) => times === 1)).toBe(true);
        for (const user of BOTH)
          expect(await (await world.deposit(user)).reconcile(null, 'after')).toMatchObject({ kind: 'clean' });
        expect(await world.match(id).reconcile('after')).toMatchObject({ kind: 'clean' });
      },
    });
  },
};

const refund: KindStory = {
  kind: 'refund',
  prepare: async () => {
    const story = await seated();
    const { world, id, view } = story;
    const request = { clientKey: clientKey(), reason: 'platform_fault' } as const;
    return scene(story, BOTH, {
      act: async (client) => {
        await client.insists(() => world.match(id).cancel(OLGA, request));
        await world.until(async () => (await view()).money === 'refunded', 'refunded');
        await ended(story);
      },
      check: async () => {
        await refundedExactly(story, BOTH);
        expect(await landed(story, matchPda(story), 'refund_escrow')).toBe(1);
        await whole(story, ['create', 'join', 'join', 'refund']);
      },
    });
  },
};

export const matchStories: readonly KindStory[] = [
  create,
  platformJoin,
  walletJoin,
  ownJoin,
  start,
  end,
  distribute,
  refund,
];
