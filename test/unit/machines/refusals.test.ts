/** The table of refusals: one meaning a code, statuses that say what a client should do, sticky only what is final. */
import { describe, expect, it } from 'vitest';
import { isRefusalCode, isSticky, refusal, refusalCodes, refusalStatus } from '../../../machines/refusals.ts';

describe('the table of refusals', () => {
  it('has one code and one message for each refusal', () => {
    expect(new Set(refusalCodes).size).toBe(refusalCodes.length);
    const messages = refusalCodes.map((code) => refusal(code).message);
    expect(new Set(messages).size).toBe(messages.length);
    for (const code of refusalCodes) expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
    for (const message of messages) expect(message).toMatch(/^[a-z].*[^.]$/);
  });

  it('gives each a status that agrees with whether it can be tried again', () => {
    for (const code of refusalCodes) {
      const status = refusalStatus(code);
      const { retryable } = refusal(code);
      expect(status, code).toBeGreaterThanOrEqual(400);
      expect(status, code).toBeLessThan(600);
      // The mirror's own trouble passes; a malformed, unauthorised or unknown request stays what it is.
      if (status >= 500) expect(retryable, code).toBe(true);
      if ([400, 401, 403, 404, 405, 413, 415, 422].includes(status)) expect(retryable, code).toBe(false);
    }
  });

  it('stores final refusals of a business rule, and nothing that is malformed, unauthorised, unknown or passing', () => {
    for (const code of refusalCodes) {
      if (!isSticky(code)) continue;
      expect(refusal(code).retryable, code).toBe(false);
      expect([409, 422, 429], code).toContain(refusalStatus(code));
    }
    for (const code of [
      'invalid_request',
      'unauthenticated',
      'forbidden',
      'match_not_found',
      'internal',
    ] as const)
      expect(isSticky(code), code).toBe(false);
    for (const code of [
      'match_paused',
      'not_ready',
      'chain_unreadable',
      'stake_capped',
      'too_many_joins',
    ] as const)
      expect(isSticky(code), code).toBe(false);
    for (const code of ['insufficient_funds', 'match_full', 'hold_released', 'user_limit_reached'] as const)
      expect(isSticky(code), code).toBe(true);
  });

  it('tells three ends of a hold apart', () => {
    const ends = ['hold_captured', 'hold_released', 'hold_expired'] as const;
    expect(new Set(ends.map((code) => refusal(code).message)).size).toBe(3);
  });

  it('carries a detail only where one is given', () => {
    expect(refusal('match_full')).toEqual({
      code: 'match_full',
      message: expect.any(String),
      retryable: false,
    });
    expect(refusal('entry_fee_mismatch', '5')).toHaveProperty('detail', '5');
  });

  it('knows its own codes and no names of the language', () => {
    for (const code of refusalCodes) expect(isRefusalCode(code)).toBe(true);
    for (const code of ['', 'toString', '__proto__', 'constructor', 'Match_full'])
      expect(isRefusalCode(code)).toBe(false);
  });
});
