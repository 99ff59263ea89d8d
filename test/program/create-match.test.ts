import { Keypair } from '@solana/web3.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { NOW, SOL } from './chain.ts';
import type { Create } from './instructions.ts';
import { createMatch, withAccount } from './instructions.ts';
import {
  AT,
  accountDiscriminator,
  bumpOf,
  configAddress,
  escrowAddress,
  escrowSeeds,
  image,
  le,
  matchAddress,
  PROGRAM_ID,
  RENT,
  registryAddress,
  SIZE,
  u8,
  u64,
  utf8,
} from './interface.ts';
import type { World } from './world.ts';
import { FEE, MATCH_ID, newWorld, PAID, PLATFORM, paid, WALLET } from './world.ts';

/** Differs from MATCH_ID in its last five characters only, and so has the same address (H-14). */
const TWIN = `${MATCH_ID.slice(0, 31)}99999`;
const ENABLED_OF_GAME_0 = AT.registry.games + 224;

const other = Keypair.generate().publicKey;
let world: World;
beforeEach(() => {
  world = newWorld();
});

const create = (change: Partial<Create>, method = WALLET) =>
  world.chain.run(createMatch(paid(world, method, change)));
const free = (change: Partial<Create> = {}) =>
  world.chain.run(createMatch({ matchId: MATCH_ID, authority: world.coordinator, ...change }));

/** The bytes of a match that nobody has joined, without its prices. */
const emptyMatch = (parts: Record<number, Uint8Array>) =>
  Buffer.from(
    image(SIZE.match, {
      0: accountDiscriminator('Match'),
      8: utf8(MATCH_ID),
      48: utf8('1.0.0'),
      58: utf8('CLAIM'),
      736: u64(NOW),
      984: world.coordinator.toBytes(),
      ...parts,
    }),
  );

describe('create_match', () => {
  it('opens a paid match and its escrow, to the byte, for rent alone', () => {
    const { chain, coordinator } = world;
    const tournament = Uint8Array.from({ length: 16 }, (_, at) => at + 1);
    expect(create({ seed: 0x1_2345_6789n, tournament }, PLATFORM)).toBe('ok');
    const expected = emptyMatch({
      80: le(0x2345_6789, 4),
      1472: u64(FEE),
      1480: u64(4n * FEE),
      1488: u8(PAID),
      1489: u8(PLATFORM),
      1496: tournament,
    });
    expect(Buffer.from(chain.data(matchAddress(MATCH_ID)))).toEqual(expected);
    const escrow = image(SIZE.escrow, {
      0: accountDiscriminator('EscrowAccount'),
      8: matchAddress(MATCH_ID).toBytes(),
      40: u8(bumpOf(...escrowSeeds(MATCH_ID))),
      153: u8(255),
    });
    expect(Buffer.from(chain.data(escrowAddress(MATCH_ID)))).toEqual(Buffer.from(escrow));
    expect(chain.lamports(coordinator)).toBe(10n * SOL - RENT.match - RENT.escrow);
  });

  it('opens a free match without an escrow', () => {
    const { chain, coordinator } = world;
    expect(free()).toBe('ok');
    expect(Buffer.from(chain.data(matchAddress(MATCH_ID)))).toEqual(emptyMatch({ 80: le(1, 4) }));
    expect(chain.data(escrowAddress(MATCH_ID))).toHaveLength(0);
    expect(chain.lamports(coordinator)).toBe(10n * SOL - RENT.match);
  });

  it('stores the payment method of a free match as given', () => {
    expect(free({ method: 77, type: 0, fee: 0n })).toBe('ok');
    expect(world.chain.data(matchAddress(MATCH_ID))[AT.match.method]).toBe(77);
  });

  it('leaves an escrow that a free match asks for with nothing but its discriminator (H-25)', () => {
    expect(free({ withEscrow: true })).toBe('ok');
    const expected = image(SIZE.escrow, { 0: accountDiscriminator('EscrowAccount') });
    expect(Buffer.from(world.chain.data(escrowAddress(MATCH_ID)))).toEqual(Buffer.from(expected));
  });

  it('lets any signer create, and accepts fees outside the limits of the config (H-12)', () => {
    expect(create({ authority: world.chain.wallet(), fee: 1n })).toBe('ok');
  });

  it('refuses an id that is not 36 bytes long (6005)', () => {
    for (const matchId of ['', 'short', MATCH_ID.slice(0, 31), MATCH_ID.slice(1), `${MATCH_ID}0`]) {
      expect(free({ matchId })).toBe(6005);
    }
  });

  it('refuses a game that is unknown or disabled (6005)', () => {
    expect(free({ gameType: 1 })).toBe(6005);
    world.chain.tamper(registryAddress, ENABLED_OF_GAME_0, u8(0));
    expect(free()).toBe(6005);
  });

  it('refuses a fee without PAID, and PAID without a fee (6005)', () => {
    expect(create({ type: 0 })).toBe(6005);
    expect(create({ type: 2 })).toBe(6005);
    expect(free({ type: PAID })).toBe(6005);
    expect(free({ type: 2 })).toBe(6005);
  });

  it('refuses an unknown payment method for a paid match (6005)', () => {
    expect(create({ method: 2 })).toBe(6005);
  });

  it('refuses a prize pool beyond u64 (6029), and accepts the largest within', () => {
    const largest = (2n ** 64n - 1n) / 4n;
    expect(create({ fee: largest + 1n })).toBe(6029);
    expect(create({ fee: largest })).toBe('ok');
  });

  it('refuses a paid match without an escrow, or with one that exists already (6005)', () => {
    expect(create({ withEscrow: false })).toBe(6005);
    const { chain } = world;
    chain.set(
      escrowAddress(MATCH_ID),
      PROGRAM_ID,
      RENT.escrow,
      image(SIZE.escrow, { 0: accountDiscriminator('EscrowAccount') }),
    );
    expect(create({})).toBe(6005);
  });

  it('refuses in the published order: pause, type, method, pool, escrow', () => {
    const { chain } = world;
    const hopeless = { fee: 2n ** 63n, type: 0, method: 9, withEscrow: false };
    chain.tamper(configAddress, AT.config.isPaused, u8(1));
    expect(create(hopeless)).toBe(6036);
    chain.tamper(configAddress, AT.config.isPaused, u8(0));
    expect(create(hopeless)).toBe(6005);
    expect(create({ ...hopeless, type: PAID })).toBe(6005);
    expect(create({ ...hopeless, type: PAID, method: WALLET })).toBe(6029);
    expect(create({ fee: FEE, withEscrow: false })).toBe(6005);
  });

  it('a pause does not stop a free match', () => {
    world.chain.tamper(configAddress, AT.config.isPaused, u8(1));
    expect(free()).toBe('ok');
  });

  it('finds the address in use (system 0) for the same id, and for one with the same first 31 characters', () => {
    expect(create({})).toBe('ok');
    expect(create({})).toBe(0);
    expect(matchAddress(TWIN).equals(matchAddress(MATCH_ID))).toBe(true);
    expect(free({ matchId: TWIN })).toBe(0);
  });

  it('creates match and escrow at addresses that somebody sent lamports to', () => {
    const { chain, coordinator } = world;
    chain.fund(matchAddress(MATCH_ID), 1n);
    chain.fund(escrowAddress(MATCH_ID), RENT.escrow + 9n);
    expect(create({})).toBe('ok');
    expect(chain.lamports(matchAddress(MATCH_ID))).toBe(RENT.match);
    expect(chain.lamports(escrowAddress(MATCH_ID))).toBe(RENT.escrow + 9n);
    expect(chain.lamports(coordinator)).toBe(10n * SOL - RENT.match + 1n);
  });

  it('refuses a creator who cannot pay the rent (system 1)', () => {
    expect(create({ authority: world.chain.wallet(RENT.match + RENT.escrow - 1n) })).toBe(1);
    expect(world.chain.data(matchAddress(MATCH_ID))).toHaveLength(0);
  });
});

describe('the accounts of create_match', () => {
  const call = () => createMatch(paid(world, WALLET));

  it('must stand at their addresses (2006)', () => {
    const { chain } = world;
    expect(chain.run(withAccount(call(), 0, { pubkey: other }))).toBe(2006);
    expect(chain.run(withAccount(call(), 2, { pubkey: other }))).toBe(2006);
    for (const [index, key] of [
      [1, registryAddress],
      [3, configAddress],
    ] as const) {
      chain.set(other, PROGRAM_ID, SOL, chain.data(key));
      expect(chain.run(withAccount(call(), index, { pubkey: other }))).toBe(2006);
    }
  });

  it('must be what they are taken for (3007, 3002, 3012)', () => {
    const { chain } = world;
    expect(chain.run(withAccount(call(), 1, { pubkey: other }))).toBe(3007);
    expect(chain.run(withAccount(call(), 1, { pubkey: configAddress }))).toBe(3002);
    expect(chain.run(withAccount(call(), 3, { pubkey: other }))).toBe(3012);
    expect(chain.run(withAccount(call(), 3, { pubkey: registryAddress }))).toBe(3002);
    chain.set(escrowAddress(MATCH_ID), PROGRAM_ID, RENT.escrow, new Uint8Array(SIZE.escrow));
    expect(chain.run(call())).toBe(3002);
    chain.set(escrowAddress(MATCH_ID), other, RENT.escrow, new Uint8Array(SIZE.escrow));
    expect(chain.run(call())).toBe(3007);
  });

  it('must be writable where they are created or pay', () => {
    for (const index of [0, 2, 4]) {
      expect(world.chain.run(withAccount(call(), index, { isWritable: false }))).toBe('PrivilegeEscalation');
    }
    // An escrow that exists is not created, so there the framework's own check speaks.
    const escrow = image(SIZE.escrow, { 0: accountDiscriminator('EscrowAccount') });
    world.chain.set(escrowAddress(MATCH_ID), PROGRAM_ID, RENT.escrow, escrow);
    expect(world.chain.run(withAccount(call(), 2, { isWritable: false }))).toBe(2000);
  });
});
