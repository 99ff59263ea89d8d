/**
 * Nonsense and tricks for everything that moves money without a match being played: signatures, intents, cancellations,
 * deposits, withdrawals, and what operators decide. Each is refused with a code, and changes nothing. "Nothing" is every
 * row of every match and deposit, read from their files, but what the mirror still tries while the chain stands still.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { developmentWallet } from '../../services/api/identity.ts';
import { uuidV7 } from '../../services/console/uuid.ts';
import { MirrorClient } from '../../services/dev/mirror-client.ts';
import { type Asked, ask, problemOf } from './support/http.ts';
import {
  badAmounts,
  badBodies,
  badKeys,
  badReasons,
  badResults,
  badTimes,
  badTransactions,
  badUserIds,
  LAMPORTS,
  STRANGER_ID,
} from './support/nonsense.ts';
import { Offers } from './support/offers.ts';
import { ACTION, OPERATOR, routes, StillWorld } from './support/still-world.ts';

const INVALID = { status: 400, code: 'invalid_request', retryable: false };
const FORBIDDEN = { status: 403, code: 'forbidden', retryable: false };

let world: StillWorld;

beforeAll(async () => {
  world = await StillWorld.start();
});

afterAll(() => world?.stop());

afterEach(() => world.expectSame());

const pathTo = (what: string, matchId?: string) => world.pathTo(what, matchId);
const refused = async (path: string, asked: Asked) =>
  problemOf(await ask(world.stack, path, { as: 'dave', ...asked }));

describe.each(routes)('%s', (_what, path, body, who) => {
  it.each(badBodies)('with a body of %s is refused', async (_kind, text) => {
    expect(await refused(path(world), { ...who, body: text })).toEqual(INVALID);
  });

  it.each(badKeys)('with %s is refused', async (_kind, clientKey) => {
    expect(await refused(path(world), { ...who, json: { clientKey, ...body } })).toEqual(INVALID);
  });

  it('with a field that nobody knows, or one too few, is refused', async () => {
    const clientKey = uuidV7();
    expect(await refused(path(world), { ...who, json: { clientKey, ...body, admin: true } })).toEqual(
      INVALID,
    );
    for (const name of Object.keys(body)) {
      const rest = Object.fromEntries(Object.entries(body).filter(([field]) => field !== name));
      expect(await refused(path(world), { ...who, json: { clientKey, ...rest } })).toEqual(INVALID);
    }
  });

  it.each(['text/plain', ''])('sent as "%s" is refused', async (type) => {
    const asked = {
      body: JSON.stringify({ clientKey: uuidV7(), ...body }),
      headers: { 'content-type': type },
    };
    const expected = { status: 415, code: 'unsupported_media_type', retryable: false };
    expect(await refused(path(world), { ...who, ...asked })).toEqual(expected);
  });

  it('of 17 kB is refused', async () => {
    const json = { clientKey: uuidV7(), ...body, more: 'x'.repeat(17 * 1_024) };
    const expected = { status: 413, code: 'body_too_large', retryable: false };
    expect(await refused(path(world), { ...who, json })).toEqual(expected);
  });

  it('by nobody is refused', async () => {
    const told = await ask(world.stack, path(world), { json: { clientKey: uuidV7(), ...body } });
    expect(problemOf(told)).toEqual({ status: 401, code: 'unauthenticated', retryable: false });
  });
});

describe('an amount', () => {
  it.each([...badAmounts, ['no lamports', '0'] as const])(
    'that is %s is neither deposited nor withdrawn',
    async (_what, lamports) => {
      for (const path of ['/api/v1/deposits', '/api/v1/withdrawals']) {
        expect(await refused(path, { json: { clientKey: uuidV7(), lamports } })).toEqual(INVALID);
      }
    },
  );

  it.each(badAmounts)('that is %s is no fee of an intent, and no pool that was shown', async (_what, bad) => {
    const own = { clientKey: uuidV7(), entryFee: LAMPORTS, paymentMethod: 1 };
    expect(await refused(pathTo('join/intent'), { json: { ...own, entryFee: bad } })).toEqual(INVALID);
    const feeBreakdown = { totalEntry: LAMPORTS, platformFee: bad, netPool: LAMPORTS };
    expect(await refused(pathTo('join'), { json: { ...own, feeBreakdown } })).toEqual(INVALID);
  });

  it.each(['1000000000', '9007199254740993', '18446744073709551615'])(
    'of %s lamports is more than there is, read to the last digit',
    async (lamports) => {
      const json = { clientKey: uuidV7(), lamports };
      const expected = { status: 409, code: 'insufficient_funds', retryable: false };
      expect(await refused('/api/v1/withdrawals', { json })).toEqual(expected);
      world.expectAnswersOnly();
    },
  );

  it.each(badTimes)('with notAfter %s is refused', async (_what, notAfter) => {
    for (const path of ['/api/v1/deposits', '/api/v1/withdrawals']) {
      const json = { clientKey: uuidV7(), lamports: LAMPORTS, notAfter };
      expect(await refused(path, { json })).toEqual(INVALID);
    }
  });

  it.each([
    ['the past', -60_000],
    ['next year', 365 * 24 * 3_600_000],
  ])('with notAfter in %s is refused', async (_what, ahead) => {
    const expected = { status: 422, code: 'not_after_out_of_range', retryable: false };
    for (const path of ['/api/v1/deposits', '/api/v1/withdrawals']) {
      const json = { clientKey: uuidV7(), lamports: LAMPORTS, notAfter: Date.now() + ahead };
      expect(await refused(path, { json })).toEqual(expected);
    }
    world.expectAnswersOnly();
  });
});

describe('a transaction that comes back', () => {
  it.each(Offers.spoilt)('%s is not countersigned', async (_what, spoil, code) => {
    for (const { path, offer } of world.offers.open) {
      const json = { clientKey: uuidV7(), action: offer.action, transaction: spoil(world.offers, offer) };
      const { status, code: found } = await refused(path, { ...world.offers.asAlice, json });
      expect({ status, code: found }).toEqual({ status: code === 'invalid_request' ? 400 : 422, code });
    }
  });

  it.each(badTransactions)('as %s is refused', async (_what, transaction) => {
    for (const { path, offer } of world.offers.open) {
      const json = { clientKey: uuidV7(), action: offer.action, transaction };
      expect(await refused(path, { ...world.offers.asAlice, json })).toEqual(INVALID);
    }
  });

  it.each([
    ['in capitals', ACTION.toUpperCase()],
    ['cut short', ACTION.slice(2)],
    ['with a line break', `${ACTION}\n`],
    ['a number', 7],
  ])('for an action %s is refused', async (_what, action) => {
    for (const { path } of world.offers.open) {
      const json = { clientKey: uuidV7(), action, transaction: 'AQID' };
      expect(await refused(path, { ...world.offers.asAlice, json })).toEqual(INVALID);
    }
  });

  it('for an action that nobody was asked to sign is refused for now', async () => {
    const expected = { status: 409, code: 'sign_request_gone', retryable: true };
    for (const { path } of world.offers.open) {
      const json = { clientKey: uuidV7(), action: ACTION, transaction: 'AQID' };
      expect(await refused(path, { ...world.offers.asAlice, json })).toEqual(expected);
    }
  });

  it('for another player’s action is refused, though it is signed as it should be', async () => {
    for (const { path, offer, isMatch } of world.offers.open) {
      const json = { clientKey: uuidV7(), action: offer.action, transaction: world.offers.signed(offer) };
      // A deposit is the caller's own: dave has one, and in it there is no such action.
      const expected = isMatch ? FORBIDDEN : { status: 409, code: 'sign_request_gone', retryable: true };
      expect(await refused(path, { as: 'dave', json })).toEqual(expected);
    }
  });
});

describe('an intent', () => {
  const join = (more: object) => ({ clientKey: uuidV7(), entryFee: LAMPORTS, paymentMethod: 0, ...more });
  const inAnHour = () => Date.now() + 3_600_000;

  it.each([
    ['of another key', () => world.offers.stranger.signHash(ACTION)],
    ['over another action', () => world.offers.wallet.signHash(ACTION)],
  ])('with a signature %s is refused', async (_what, signature) => {
    const json = join({ notAfter: inAnHour(), signature: signature() });
    const path = pathTo('join', world.offers.table.matchId);
    const { status, code } = await refused(path, { ...world.offers.asBob, json });
    expect({ status, code }).toEqual({ status: 422, code: 'signature_invalid' });
  });

  it.each([
    ['a number', 7],
    ['hexadecimal', 'ab'.repeat(64)],
    ['too short', '1'.repeat(63)],
    ['too long', '2'.repeat(91)],
  ])('whose signature is %s is refused', async (_what, signature) => {
    const json = join({ notAfter: inAnHour(), signature });
    const path = pathTo('join', world.offers.table.matchId);
    expect(await refused(path, { ...world.offers.asBob, json })).toEqual(INVALID);
  });

  it('for a match that nobody created is not found', async () => {
    const expected = { status: 404, code: 'match_not_found', retryable: false };
    for (const what of ['join/intent', 'sign', 'cancel', 'presence', 'resolve']) {
      const [, , body, who] = routes.find(([name]) => what.endsWith(name)) ?? expect.unreachable();
      const json = { clientKey: uuidV7(), ...body };
      expect(await refused(pathTo(what, STRANGER_ID), { ...who, json })).toEqual(expected);
    }
  });
});

describe('what is not the caller’s to decide', () => {
  it('is refused: a stranger calls nothing off, a rival reports nobody, a player resolves nothing', async () => {
    for (const [what, body] of [
      ['cancel', { reason: 'platform_fault' }],
      ['presence', { userId: 'operator', present: false }],
      ['resolve', { as: 'void', reason: 'because' }],
    ] as const) {
      const json = { clientKey: uuidV7(), ...body };
      expect(await refused(pathTo(what), { as: 'dave', json })).toEqual(FORBIDDEN);
    }
    for (const what of ['', '/statement', '/balance?seq=1', '/journal', '/alerts']) {
      expect(await refused(`/api/v1/operator/deposits/dave${what}`, {})).toEqual(FORBIDDEN);
    }
  });

  it.each(badReasons)('with %s is refused', async (_what, path, body) => {
    const json = { clientKey: uuidV7(), ...body };
    const to = path.startsWith('/') ? path : pathTo(path);
    expect(await refused(to, { ...OPERATOR, json })).toEqual(INVALID);
  });

  it.each(badResults)('with a result of %s is refused', async (_what, result) => {
    const json = { clientKey: uuidV7(), as: 'settle', reason: 'because', result };
    expect(await refused(pathTo('resolve'), { ...OPERATOR, json })).toEqual(INVALID);
  });

  it.each(badUserIds)('about a user %s is refused', async (_what, userId) => {
    const json = { clientKey: uuidV7(), userId, present: true };
    expect(await refused(pathTo('presence'), { ...OPERATOR, json })).toEqual(INVALID);
  });
});

describe('a user in an address', () => {
  it.each(['%00', '%', '%ED%A0%BD', 'b'.repeat(65), encodeURIComponent('é'.repeat(33))])(
    'spelled %s is refused',
    async (user) => {
      expect(await refused(`/api/v1/operator/deposits/${user}`, OPERATOR)).toEqual(INVALID);
    },
  );

  it.each(['аdave', 'DAVE', 'dave ', 'd%61ve2', '💰', 'me'].map(encodeURIComponent))(
    'spelled %s is nobody who has a deposit here',
    async (user) => {
      const expected = { status: 409, code: 'deposit_unknown', retryable: true };
      expect(await refused(`/api/v1/operator/deposits/${user}`, OPERATOR)).toEqual(expected);
    },
  );

  it.each(['balance', 'balance?seq=', 'balance?seq=-1', 'balance?seq=1e3'])(
    'with %s has no balances',
    async (what) => {
      expect(await refused(`/api/v1/deposits/me/${what}`, {})).toEqual(INVALID);
      expect(await refused(`/api/v1/operator/deposits/dave/${what}`, OPERATOR)).toEqual(INVALID);
    },
  );

  it('has no balances of the future', async () => {
    const expected = { status: 404, code: 'entry_not_found', retryable: false };
    expect(await refused('/api/v1/deposits/me/balance?seq=999999', {})).toEqual(expected);
  });

  it.each(['limit=0', 'limit=201', 'from=-1', 'from=0x1'])('with %s has no statement', async (query) => {
    expect(await refused(`/api/v1/deposits/me/statement?${query}`, {})).toEqual(INVALID);
  });
});

describe('a wallet', () => {
  it.each([
    ['of small order', '11111111111111111111111111111111'],
    ['off the curve', developmentWallet('off the curve 2')],
    ['that is no base58', '0OIl'],
    ['of 33 bytes', '1'.repeat(33)],
    ['empty', ''],
  ])('%s is nobody’s', async (_what, wallet) => {
    const expected = { status: 401, code: 'unauthenticated', retryable: false };
    const headers = { 'x-dev-wallet': wallet };
    expect(await refused('/api/v1/deposits/me', { headers })).toEqual(expected);
  });

  it('that is not the one the user is bound to withdraws nothing', async () => {
    const other = new MirrorClient(world.stack.url, 'dave', 'player', world.offers.stranger.address);
    const reply = await other.post('/api/v1/withdrawals', { lamports: '1' });
    expect(reply.status).toBe(409);
    expect(JSON.parse(reply.text)).toMatchObject({ code: 'binding_mismatch', retryable: false });
    world.expectAnswersOnly();
  });
});
