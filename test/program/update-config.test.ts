import { beforeEach, describe, expect, it } from 'vitest';
import { NOW, SOL } from './chain.ts';
import type { ConfigChange } from './instructions.ts';
import { createMatch, pauseProgram, unpauseProgram, updateConfig, withAccount } from './instructions.ts';
import { AT, configAddress, le, PROGRAM_ID, registryAddress, u8, u64 } from './interface.ts';
import type { World } from './world.ts';
import { newWorld, paid, WALLET } from './world.ts';

const MAX = 100_000_000_000n;
let world: World;
beforeEach(() => {
  world = newWorld();
});

const update = (change: ConfigChange) => world.chain.run(updateConfig(world.treasury, change));
const config = () => Buffer.from(world.chain.data(configAddress));

describe('update_config', () => {
  it('writes every field that is given, stamps the account, and nothing else', () => {
    const next = world.chain.wallet();
    const expected = config();
    expected.set(next.toBytes(), AT.config.treasury);
    expected.set(le(600, 2), AT.config.feeBps);
    expected.set(u64(7n), AT.config.withdrawalFee);
    expected.set(u64(20_000n), AT.config.minEntryFee);
    expected.set(u64(30_000n), AT.config.maxEntryFee);
    expected.set(u8(2), AT.config.methods);
    expected.set(u64(NOW + 9n), AT.config.updated);
    world.chain.setTime(NOW + 9n);
    const change = { feeBps: 600, withdrawalFee: 7n, minEntryFee: 20_000n, maxEntryFee: 30_000n, methods: 2 };
    expect(update({ ...change, treasury: next })).toBe('ok');
    expect(config()).toEqual(expected);
  });

  it('leaves alone what is not given, and takes each field on its own', () => {
    const fields = [
      [{}, 0, new Uint8Array()],
      [{ feeBps: 10_000 }, AT.config.feeBps, le(10_000, 2)],
      [{ withdrawalFee: 2n ** 64n - 1n }, AT.config.withdrawalFee, u64(2n ** 64n - 1n)],
      [{ minEntryFee: MAX }, AT.config.minEntryFee, u64(MAX)],
      [{ maxEntryFee: MAX }, AT.config.maxEntryFee, u64(MAX)],
      [{ methods: 0 }, AT.config.methods, u8(0)],
    ] as const;
    for (const [change, offset, value] of fields) {
      const expected = config();
      expected.set(value, offset);
      expect(update(change)).toBe('ok');
      expect(config()).toEqual(expected);
    }
  });

  it('raises the fee to 600 and back to 500 bps', () => {
    for (const feeBps of [600, 500]) {
      expect(update({ feeBps })).toBe('ok');
      expect(config().readUInt16LE(AT.config.feeBps)).toBe(feeBps);
    }
  });

  it('belongs to the treasury alone: not to the authority of the config, nor to a stranger (6006)', () => {
    const { chain, admin } = world;
    for (const signer of [admin, chain.wallet()]) {
      expect(chain.run(updateConfig(signer, { feeBps: 10_001 }))).toBe(6006);
    }
    const next = chain.wallet();
    expect(update({ treasury: next })).toBe('ok');
    expect(update({ feeBps: 1 })).toBe(6006);
    expect(chain.run(updateConfig(next, { feeBps: 1 }))).toBe('ok');
  });

  it('refuses 10,001 bps, a minimum of 0 or above the maximum, a maximum below the minimum, and a third method (6037)', () => {
    const before = config();
    expect(update({ feeBps: 10_001 })).toBe(6037);
    expect(update({ minEntryFee: 0n })).toBe(6037);
    expect(update({ minEntryFee: MAX + 1n })).toBe(6037);
    expect(update({ maxEntryFee: 9_999n })).toBe(6037);
    expect(update({ methods: 4 })).toBe(6037);
    expect(update({ feeBps: 1, methods: 4 })).toBe(6037);
    expect(config()).toEqual(before);
  });

  it('holds the minimum against the old maximum: raising both above it takes two calls', () => {
    const [minEntryFee, maxEntryFee] = [MAX + 1n, MAX + 2n];
    expect(update({ minEntryFee, maxEntryFee })).toBe(6037);
    expect(update({ maxEntryFee })).toBe('ok');
    expect(update({ minEntryFee })).toBe('ok');
  });

  it('holds the maximum against the new minimum', () => {
    expect(update({ minEntryFee: 20_000n, maxEntryFee: 19_999n })).toBe(6037);
    expect(update({ minEntryFee: 20_000n, maxEntryFee: 20_000n })).toBe('ok');
  });

  it('works while the program is paused', () => {
    expect(world.chain.run(pauseProgram(world.treasury))).toBe('ok');
    expect(update({ feeBps: 600 })).toBe('ok');
  });
});

describe('pause_program and unpause_program', () => {
  it('set and clear one byte and stamp the account; both may be repeated', () => {
    const { chain, treasury } = world;
    const expected = config();
    let time = NOW;
    for (const [call, paused] of [
      [pauseProgram, 1],
      [pauseProgram, 1],
      [unpauseProgram, 0],
      [unpauseProgram, 0],
    ] as const) {
      time += 60n;
      chain.setTime(time);
      expected.set(u8(paused), AT.config.isPaused);
      expected.set(u64(time), AT.config.updated);
      expect(chain.run(call(treasury))).toBe('ok');
      expect(config()).toEqual(expected);
    }
  });

  it('stop paid matches until the pause is lifted', () => {
    const { chain, treasury } = world;
    expect(chain.run(pauseProgram(treasury))).toBe('ok');
    expect(chain.run(createMatch(paid(world, WALLET)))).toBe(6036);
    expect(chain.run(unpauseProgram(treasury))).toBe('ok');
    expect(chain.run(createMatch(paid(world, WALLET)))).toBe('ok');
  });

  it('belong to the treasury alone (6006)', () => {
    for (const call of [pauseProgram, unpauseProgram]) {
      expect(world.chain.run(call(world.admin))).toBe(6006);
    }
  });
});

describe('the accounts of the three', () => {
  it.each([
    ['update_config', (world: World) => updateConfig(world.treasury, {})],
    ['pause_program', (world: World) => pauseProgram(world.treasury)],
    ['unpause_program', (world: World) => unpauseProgram(world.treasury)],
  ])('of %s: the config must be at its address and writable, the signer need not be', (_, make) => {
    const { chain } = world;
    const call = make(world);
    expect(chain.run(withAccount(call, 0, { pubkey: chain.wallet(0n) }))).toBe(3012);
    expect(chain.run(withAccount(call, 0, { pubkey: registryAddress }))).toBe(3002);
    const copy = chain.wallet();
    chain.set(copy, PROGRAM_ID, SOL, chain.data(configAddress));
    expect(chain.run(withAccount(call, 0, { pubkey: copy }))).toBe(2006);
    expect(chain.run(withAccount(call, 0, { isWritable: false }))).toBe(2000);
    expect(chain.run(withAccount(call, 1, { isSigner: false }))).toBe(3010);
    expect(call.keys[1]?.isWritable).toBe(false);
    expect(chain.run(call)).toBe('ok');
  });
});
