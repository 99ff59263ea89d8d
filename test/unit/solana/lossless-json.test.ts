import { expect, it } from 'vitest';
import { lamports } from '../../../services/solana/answers.ts';
import { parseLossless } from '../../../services/solana/lossless-json.ts';

it('keeps every digit of integers beyond 2^53', () => {
  const text = '{"lamports":9007199254740993,"rentEpoch":18446744073709551615,"slot":9007199254740991}';
  expect(parseLossless(text)).toEqual({
    lamports: 9_007_199_254_740_993n,
    rentEpoch: 18_446_744_073_709_551_615n,
    slot: 9_007_199_254_740_991,
  });
});

it('keeps floats, texts and nested values as they are', () => {
  const value = { a: [0.1, 1e300, '9007199254740993', null, true], b: { c: -1 } };
  expect(parseLossless(JSON.stringify(value))).toEqual(value);
});

it.each([
  ['5000', 5_000n],
  ['9007199254740993', 9_007_199_254_740_993n],
  ['18446744073709551615', 18_446_744_073_709_551_615n],
])('reads %s as lamports exactly', (text, amount) => {
  expect(lamports.parse(parseLossless(text))).toBe(amount);
});

it.each(['18446744073709551616', '-1', '0.5', '1e19', '9007199254740993.0', '"5"', 'null'])(
  'refuses %s as lamports',
  (text) => {
    expect(lamports.safeParse(parseLossless(text)).success).toBe(false);
  },
);
