/**
 * Refunds that strangers make with a player's deposit among the payees (H-01, H-04): the ledger books what the program
 * did, by the rules of the program, and nothing that a list only says.
 */
import { TransactionInstruction } from '@solana/web3.js';
import { describe, expect, it } from 'vitest';
import { encodeInstruction } from '../../core/index.ts';
import type { Payee } from '../../durable-objects/ports.ts';
import { developmentTreasury } from '../../services/solana/dev-genesis.ts';
import { alertsIn } from './checks.ts';
import { create, join, onChain, opened, type Story, seatsFinal } from './story.ts';
import { Stranger } from './stranger.ts';
import { exact, SOL, viewOf } from './withdraw-story.ts';
import { matchId, type World } from './world.ts';

const STAKE = 1_000_000n;
const PLAYED = SOL - 100_000_000n;

interface Refund {
  readonly reason: number;
  readonly abandoned: number | null;
  readonly players: readonly number[];
  readonly payees: readonly [Payee, ...Payee[]];
}

function refund(
  world: World,
  id: string,
  { reason, abandoned, players, payees }: Refund,
): TransactionInstruction {
  const { lists } = world.solana;
  return new TransactionInstruction({
    programId: lists.programId,
    keys: lists.refundEscrow(id, developmentTreasury().publicKey.toBase58(), payees),
    data: Buffer.from(
      encodeInstruction({
        kind: 'refund_escrow',
        matchId: id,
        playerIndices: [...players],
        reason,
        abandonedPlayerIndex: abandoned,
      }),
    ),
  });
}

/** Bob has a stake in play, which a refund to his deposit is taken off; the stranger's match has two seats of theirs. */
async function arrived(paymentMethod: 0 | 1) {
  const story = await opened();
  const { world } = story;
  await create(story);
  await join(story, 'bob');
  await seatsFinal(story, 1);
  const stranger = await Stranger.arrive(world);
  const id = matchId();
  await stranger.lands([stranger.create(id, { entryFee: STAKE, paymentMethod })]);
  for (const name of ['x', 'y'])
    await stranger.lands([paymentMethod === 0 ? stranger.joinByWallet(id, name) : stranger.join(id, name)]);
  const bob: Payee = { payee: await world.port.custodyAuthority('bob'), platform: true };
  const own: Payee = { payee: stranger.address, platform: true };
  return { story, stranger, id, bob, own };
}

async function booked({ world }: Story, available: bigint): Promise<void> {
  await world.advance(3_000);
  expect(await onChain(world, 'bob')).toBe(available);
  await exact(world, 'bob', available);
}

describe('a refund of a stranger`s match', () => {
  it('to a player`s deposit is credited: it is a fact of the chain', async () => {
    const { story, stranger, id, bob, own } = await arrived(1);
    const list = { reason: 0, abandoned: null, players: [0, 1], payees: [own, bob] } as const;
    await stranger.lands([refund(story.world, id, list)]);
    await booked(story, PLAYED + STAKE);
  });

  it('that pays both seats to one deposit is credited twice, each place once', async () => {
    const { story, stranger, id, bob } = await arrived(1);
    const list = { reason: 0, abandoned: null, players: [0, 1], payees: [bob, bob] } as const;
    await stranger.lands([refund(story.world, id, list)]);
    await booked(story, PLAYED + 2n * STAKE);
    const { entries } = await (await story.world.deposit('bob')).statement(1, 50);
    const tokens = entries.map(({ token }) => token).filter((token) => token.startsWith('chain:'));
    expect(tokens.slice(-2).map((token) => token.split(':').slice(2).join(':'))).toEqual(['0:0', '0:1']);
  });

  it('out of a WALLET match that only names the deposit is no credit, and freezes nobody', async () => {
    const { story, stranger, id, bob } = await arrived(0);
    const list = { reason: 0, abandoned: null, players: [0, 1], payees: [bob, bob] } as const;
    await stranger.lands([refund(story.world, id, list)]);
    await booked(story, PLAYED);
  });

  it.each([1, 3, 4])(
    'for reason %i pays nothing for the seat that was abandoned, and the stake for the other',
    async (reason) => {
      const { story, stranger, id, bob } = await arrived(1);
      // What the escrow lacks for the fee (H-02).
      const { world } = story;
      const escrow = world.port.pda('escrow', world.port.pda('match', id).address).address;
      world.chain.airdrop(escrow, 50_000n);
      await world.advance(100);
      const list = { reason, abandoned: 1, players: [1, 0], payees: [bob, bob] } as const;
      await stranger.lands([refund(world, id, list)]);
      await booked(story, PLAYED + STAKE);
    },
  );

  it('for a reason that forfeits nothing pays the abandoned seat too', async () => {
    const { story, stranger, id, bob } = await arrived(1);
    const list = { reason: 0, abandoned: 1, players: [1, 0], payees: [bob, bob] } as const;
    await stranger.lands([refund(story.world, id, list)]);
    await booked(story, PLAYED + 2n * STAKE);
  });

  it('lowers the program`s in-play figure below the stakes: a person is warned once it has lasted (H-04)', async () => {
    const { story, stranger, id, bob, own } = await arrived(1);
    const { world } = story;
    const list = { reason: 0, abandoned: null, players: [0, 1], payees: [own, bob] } as const;
    await stranger.lands([refund(world, id, list)]);
    await booked(story, PLAYED + STAKE);
    expect((await viewOf(world, 'bob')).inPlay).toEqual({ derived: '100000000', onChain: '99000000' });
    const object = await world.deposit('bob');
    expect(await alertsIn(object)).toEqual([]);
    for (let pass = 0; pass < 3; pass += 1) {
      await world.advance(world.settings.timingMs / 2 + 100);
      await object.reconcile(null, `pass ${pass}`);
    }
    expect(await alertsIn(object)).toEqual(['warning in_play_short']);
    expect(await viewOf(world, 'bob')).toMatchObject({ money: 'active', link: 'online' });
  });
});
