import { Keypair } from '@solana/web3.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { NOW, SOL, TestChain } from './chain.ts';
import type { Game } from './instructions.ts';
import { initializeConfig, initializeRegistry, registerGame, withAccount } from './instructions.ts';
import {
  AT,
  accountDiscriminator,
  configAddress,
  image,
  le,
  PROGRAM_ID,
  RENT,
  registryAddress,
  SIZE,
  u8,
  u64,
  utf8,
} from './interface.ts';
import { CLAIM } from './world.ts';

const other = Keypair.generate().publicKey;
let chain: TestChain;

beforeEach(() => {
  chain = new TestChain();
});

describe('initialize_config', () => {
  it('writes the published defaults, to the byte, and takes exactly the rent', () => {
    const [authority, treasury] = [chain.wallet(SOL), chain.wallet()];
    expect(chain.run(initializeConfig(authority, treasury))).toBe('ok');
    const price = Buffer.alloc(8);
    price.writeDoubleLE(0.01);
    const costs = Array.from({ length: 10 }, (_, model) => le((model + 1) * 100, 4));
    const expected = image(SIZE.config, {
      0: accountDiscriminator('ConfigAccount'),
      8: authority.toBytes(),
      40: price,
      48: u64(1000),
      56: u64(1000),
      64: le(10, 4),
      68: le(5, 4),
      72: u8(10),
      73: u64(100_000),
      81: u64(300),
      89: u8(2),
      90: le(100, 4),
      94: Buffer.concat(costs),
      134: u64(NOW / 604_800n),
      142: u64(604_800),
      150: treasury.toBytes(),
      182: le(500, 2),
      184: u64(5000),
      192: u64(10_000),
      200: u64(100_000_000_000n),
      208: le(250, 2),
      213: u8(3),
      219: u64(NOW),
      227: u64(NOW),
    });
    expect(Buffer.from(chain.data(configAddress))).toEqual(Buffer.from(expected));
    expect(chain.owner(configAddress)).toBe(PROGRAM_ID.toBase58());
    expect(chain.lamports(configAddress)).toBe(RENT.config);
    expect(chain.lamports(authority)).toBe(SOL - RENT.config);
  });

  it('belongs to the first caller: a second call finds the address in use (system 0) (H-27)', () => {
    expect(chain.run(initializeConfig(chain.wallet(), other))).toBe('ok');
    expect(chain.run(initializeConfig(chain.wallet(), other))).toBe(0);
  });

  it.each([
    ['less than the rent', RENT.config - 1n, 1n],
    ['one lamport', 1n, RENT.config - 1n],
    ['more than the rent', RENT.config + 5n, 0n],
  ])('an address that somebody sent %s to is topped up and created', (_, held, missing) => {
    const authority = chain.wallet(SOL);
    chain.fund(configAddress, held);
    expect(chain.run(initializeConfig(authority, other))).toBe('ok');
    expect(chain.lamports(authority)).toBe(SOL - missing);
    expect(chain.lamports(configAddress)).toBe(held + missing);
    expect(chain.data(configAddress)).toHaveLength(SIZE.config);
  });

  it('refuses another address (2006), a payer that is short (system 1) and read-only accounts', () => {
    const authority = chain.wallet();
    const call = initializeConfig(authority, other);
    expect(chain.run(withAccount(call, 0, { pubkey: registryAddress }))).toBe(2006);
    expect(chain.run(initializeConfig(chain.wallet(RENT.config - 1n), other))).toBe(1);
    expect(chain.run(withAccount(call, 0, { isWritable: false }))).toBe('PrivilegeEscalation');
    expect(chain.run(withAccount(call, 1, { isWritable: false }))).toBe('PrivilegeEscalation');
  });
});

describe('initialize_registry', () => {
  it('makes the first caller its authority, and is otherwise empty', () => {
    const authority = chain.wallet();
    expect(chain.run(initializeRegistry(authority))).toBe('ok');
    const expected = image(SIZE.registry, {
      0: accountDiscriminator('GameRegistry'),
      8: authority.toBytes(),
      4672: u64(NOW),
    });
    expect(Buffer.from(chain.data(registryAddress))).toEqual(Buffer.from(expected));
    expect(chain.run(initializeRegistry(chain.wallet()))).toBe(0);
  });

  it('refuses another address (2006)', () => {
    const call = initializeRegistry(chain.wallet());
    expect(chain.run(withAccount(call, 0, { pubkey: configAddress }))).toBe(2006);
  });
});

describe('register_game', () => {
  let authority = other;
  beforeEach(() => {
    authority = chain.wallet();
    expect(chain.run(initializeRegistry(authority))).toBe('ok');
  });
  const register = (change: Partial<Game>) => chain.run(registerGame(authority, { ...CLAIM, ...change }));

  it('appends an enabled entry and stamps the registry', () => {
    expect(register({})).toBe('ok');
    chain.setTime(NOW + 7n);
    const long = { id: 9, name: 'n'.repeat(20), url: 'u'.repeat(200), min: 10, max: 10, version: 255 };
    expect(register(long)).toBe('ok');
    const entry = (game: Game) =>
      image(231, {
        0: u8(game.id),
        1: utf8(game.name),
        21: u8(game.min),
        22: u8(game.max),
        23: utf8(game.url),
        223: u8(game.version),
        224: u8(1),
      });
    const expected = image(SIZE.registry, {
      0: accountDiscriminator('GameRegistry'),
      8: authority.toBytes(),
      40: u8(2),
      48: entry(CLAIM),
      279: entry(long),
      4672: u64(NOW + 7n),
    });
    expect(Buffer.from(chain.data(registryAddress))).toEqual(Buffer.from(expected));
  });

  it.each([
    ['an empty name', { name: '' }],
    ['a name of 21 bytes', { name: 'n'.repeat(21) }],
    ['an empty url', { url: '' }],
    ['a url of 201 bytes', { url: 'u'.repeat(201) }],
    ['no players', { min: 0 }],
    ['fewer players at most than at least', { min: 3, max: 2 }],
    ['eleven players', { max: 11 }],
  ])('refuses %s (6005)', (_, change) => {
    expect(register(change)).toBe(6005);
  });

  it('refuses a stranger before it looks at the arguments (6006)', () => {
    expect(chain.run(registerGame(chain.wallet(), { ...CLAIM, name: '' }))).toBe(6006);
  });

  it('refuses an id that is registered (6034), and the twenty-first game (6035), full before known', () => {
    for (let id = 0; id < 20; id += 1) {
      expect(register({ id })).toBe('ok');
      if (id < 19) expect(register({ id })).toBe(6034);
    }
    expect(register({ id: 20 })).toBe(6035);
    expect(register({ id: 0 })).toBe(6035);
    expect(chain.data(registryAddress)[AT.registry.count]).toBe(20);
  });

  it('refuses accounts that are not what they should be', () => {
    const call = registerGame(authority, CLAIM);
    chain.set(other, PROGRAM_ID, SOL, chain.data(registryAddress));
    expect(chain.run(withAccount(call, 0, { pubkey: other }))).toBe(2006);
    expect(chain.run(withAccount(call, 0, { pubkey: chain.wallet() }))).toBe(3007);
    expect(chain.run(withAccount(call, 0, { isWritable: false }))).toBe(2000);
    expect(chain.run(withAccount(call, 1, { isWritable: false }))).toBe(2000);
  });
});
