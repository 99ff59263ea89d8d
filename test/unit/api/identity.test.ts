import { ed25519 } from '@noble/curves/ed25519';
import { describe, expect, it } from 'vitest';
import { base58Decode, base58Encode } from '../../../core/index.ts';
import { DevelopmentIdentity, developmentWallet } from '../../../services/api/identity.ts';
import { CLIENT_KEY, MATCH_ID, ORIGIN, problemOf, tools, world } from './fixtures.ts';

const ask = (headers: Record<string, string>, url = `${ORIGIN}/api/v1/deposits/me`) =>
  new DevelopmentIdentity().authenticate(new Request(url, { headers }));

describe('the development identity', () => {
  it('takes a user at their word, with a wallet that follows from the id', async () => {
    const caller = await ask({ 'x-dev-user': 'alice' });
    expect(caller).toEqual({ userId: 'alice', wallet: developmentWallet('alice'), role: 'player' });
    expect(base58Decode(developmentWallet('alice'))).toHaveLength(32);
    expect(developmentWallet('alice')).not.toBe(developmentWallet('bob'));
  });

  it('decodes an id that a header cannot carry as it is', async () => {
    expect(await ask({ 'x-dev-user': encodeURIComponent('zoë 🎲') })).toMatchObject({ userId: 'zoë 🎲' });
  });

  it('knows operators by their role', async () => {
    expect(await ask({ 'x-dev-user': 'olga', 'x-dev-role': 'operator' })).toMatchObject({ role: 'operator' });
  });

  it.each([
    ['nobody', {}],
    ['an empty id', { 'x-dev-user': '' }],
    ['an id of 65 bytes', { 'x-dev-user': 'x'.repeat(65) }],
    ['an id with NUL', { 'x-dev-user': 'a%00b' }],
    ['an id that is no percent-encoding', { 'x-dev-user': '%E0%A4%A' }],
    ['a role that does not exist', { 'x-dev-user': 'alice', 'x-dev-role': 'admin' }],
  ])('refuses %s', async (_what, headers) => {
    expect(await ask(headers)).toMatchObject({ code: 'unauthenticated', retryable: false });
  });

  it('takes the wallet that a request brings, where it is one that can sign', async () => {
    const wallet = base58Encode(ed25519.getPublicKey(new Uint8Array(32).fill(5)));
    expect(await ask({ 'x-dev-user': 'alice', 'x-dev-wallet': wallet })).toMatchObject({ wallet });
    const live = `${ORIGIN}/api/v1/matches/x/live?as=bob&wallet=${wallet}`;
    expect(await ask({ upgrade: 'websocket' }, live)).toMatchObject({ userId: 'bob', wallet });
    // From the address for an upgrade only: an address is logged, and may be somebody else's link.
    const link = await ask({ 'x-dev-user': 'alice' }, `${ORIGIN}/api/v1/deposits/me?wallet=${wallet}`);
    expect(link).toMatchObject({ wallet: developmentWallet('alice') });
  });

  it.each([
    ['nothing', ''],
    ['no base58', 'O0Il'.repeat(11)],
    ['31 bytes', base58Encode(new Uint8Array(31).fill(7))],
    ['a key of small order', base58Encode(new Uint8Array(32))],
    ['a key off the curve', base58Encode(new Uint8Array(32).with(0, 2))],
    ['a second spelling', base58Encode(new Uint8Array(32).fill(255).with(31, 127))],
    ['far too much', '2'.repeat(8_000)],
  ])('refuses a wallet of %s', async (_what, wallet) => {
    const refused = { code: 'unauthenticated', detail: expect.stringMatching(/^x-dev-wallet/) };
    expect(await ask({ 'x-dev-user': 'alice', 'x-dev-wallet': wallet })).toMatchObject(refused);
    const live = `${ORIGIN}/api/v1/matches/x/live?as=bob&wallet=${wallet}`;
    expect(await ask({ upgrade: 'websocket' }, live)).toMatchObject(refused);
  });

  it.each(['http://mirror.example.com/', 'http://192.168.1.2:8787/', 'http://127.0.0.1.nip.test/'])(
    'answers nobody who came to %s, for that is not this machine alone',
    async (url) => {
      expect(await ask({ 'x-dev-user': 'alice' }, url)).toMatchObject({ code: 'unauthenticated' });
    },
  );

  it('takes a name from the address for an upgrade only', async () => {
    const url = `${ORIGIN}/api/v1/matches/x/live?as=bob`;
    expect(await ask({ upgrade: 'websocket' }, url)).toMatchObject({ userId: 'bob' });
    expect(await ask({}, url)).toMatchObject({ code: 'unauthenticated' });
  });
});

describe('roles', () => {
  const operatorOnly: readonly [string, string, string][] = [
    ['GET', 'journal', ''],
    ['GET', 'alerts', ''],
    ['POST', 'pause', '{"reason":"looks odd"}'],
    ['POST', 'resume', '{"reason":"looked into it"}'],
    ['POST', 'resolve', `{"clientKey":"${CLIENT_KEY}","as":"void","reason":"nobody can play it"}`],
  ];
  const send = (
    api: ReturnType<typeof world>,
    [method, what, body]: readonly [string, string, string],
    role: string,
  ) =>
    api.request(`/api/v1/matches/${MATCH_ID}/${what}`, {
      method,
      headers: { 'x-dev-user': 'olga', 'x-dev-role': role, 'content-type': 'application/json' },
      ...(body === '' ? {} : { body }),
    });

  it.each(operatorOnly)('%s %s is for operators', async (...route) => {
    const api = world();
    expect(await problemOf(await send(api, route, 'player'))).toMatchObject({
      status: 403,
      code: 'forbidden',
    });
    expect(api.asked).toEqual([]);
    expect((await send(api, route, 'operator')).status).toBeLessThan(300);
    expect(api.asked.map(({ method }) => method)).toEqual([route[1]]);
  });

  it('an operator gives a reason, which the journal keeps', async () => {
    const api = world();
    await send(api, ['POST', 'pause', '{"reason":" looks odd "}'], 'operator');
    expect(api.asked[0]?.args).toEqual(['olga', 'looks odd']);
    const none = await send(api, ['POST', 'pause', '{"reason":"  "}'], 'operator');
    expect((await problemOf(none)).code).toBe('invalid_request');
  });

  it('a journal page is bounded', async () => {
    const api = world();
    await send(api, ['GET', 'journal?from=5&limit=7', ''], 'operator');
    expect(api.asked[0]?.args).toEqual([5, 7]);
    for (const query of ['limit=0', 'limit=201', 'from=-1', 'from=1e3', 'from=x']) {
      const response = await send(api, ['GET', `journal?${query}`, ''], 'operator');
      expect((await problemOf(response)).code).toBe('invalid_request');
    }
  });
});

describe('development routes', () => {
  const evict = tools({ evict: async (name) => name.startsWith('match/') });

  it('do not exist without their tools', async () => {
    const response = await world().post('/dev/evict', { matchId: MATCH_ID });
    expect((await problemOf(response)).code).toBe('route_not_found');
  });

  it('find the object of a match by its id', async () => {
    const response = await world({ development: evict }).post('/dev/evict', { matchId: MATCH_ID });
    expect(JSON.parse(await response.text()).evicted).toMatch(/^match\//);
  });

  it('refuse an object of no class, a stranger, and an amount that is none', async () => {
    const api = world({ development: evict });
    expect((await problemOf(await api.post('/dev/evict', { object: 'nobody/x' }))).code).toBe(
      'invalid_request',
    );
    const stranger = await api.post('/dev/evict', { matchId: MATCH_ID }, { 'x-dev-user': '' });
    expect((await problemOf(stranger)).code).toBe('unauthenticated');
    const amount = await api.post('/dev/fund', { userId: 'alice', lamports: '-5' });
    expect((await problemOf(amount)).code).toBe('invalid_request');
  });

  it('fund a player with the wallet that the identity gives them', async () => {
    const asked: unknown[] = [];
    const fund = tools({
      fund: async (...args) => {
        asked.push(args);
        return { signature: 'S', balances: null };
      },
    });
    await world({ development: fund }).post('/dev/fund', { userId: 'bob', lamports: '5' });
    const wallet = base58Encode(ed25519.getPublicKey(new Uint8Array(32).fill(5)));
    await world({ development: fund }).post('/dev/fund', { userId: 'eve', lamports: '6', wallet });
    expect(asked).toEqual([
      [{ userId: 'bob', wallet: developmentWallet('bob'), role: 'player' }, 5n],
      [{ userId: 'eve', wallet, role: 'player' }, 6n],
    ]);
    const none = { userId: 'eve', lamports: '6', wallet: base58Encode(new Uint8Array(32)) };
    const refused = await world({ development: fund }).post('/dev/fund', none);
    expect((await problemOf(refused)).code).toBe('invalid_request');
  });
});
