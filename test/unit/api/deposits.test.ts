import { describe, expect, it } from 'vitest';
import type { DepositObject } from '../../../durable-objects/wire/objects.ts';
import {
  alice,
  balances,
  CLIENT_KEY,
  CLUSTER,
  depositView,
  only,
  PROGRAM,
  problemOf,
  recorder,
  world,
} from './fixtures.ts';

const objectOf = (userId: string): string => `deposit/${CLUSTER}/${PROGRAM}/authority-of-${userId}`;
const amount = { clientKey: CLIENT_KEY, lamports: '1000000000' };
const signature = { clientKey: CLIENT_KEY, action: 'ab'.repeat(32), transaction: 'AQID' };
const resolution = { clientKey: CLIENT_KEY, as: 'unfreeze', reason: 'looked into it' };

const as = (userId: string, role = 'player') => ({
  headers: { 'x-dev-user': encodeURIComponent(userId), 'x-dev-role': role },
});
const withoutDeposit = () => {
  const { peers } = recorder();
  return world({ peers: { ...peers, deposit: () => only<DepositObject>({ view: async () => null }) } });
};

describe("a player's own deposit", () => {
  it.each([
    ['deposit', '/api/v1/deposits', amount],
    ['withdraw', '/api/v1/withdrawals', { ...amount, notAfter: 1_800_000_000_000 }],
    ['sign', '/api/v1/deposits/me/sign', signature],
  ])('is handed %s, with the caller and the checked request', async (method, path, body) => {
    const { asked, post } = world();
    const response = await post(path, body);
    expect(response.status).toBe(201);
    expect(await response.text()).toBe('{"stored":"bytes",  "kept":true}');
    expect(asked).toEqual([
      { object: objectOf('alice'), method, args: [expect.objectContaining(alice), body] },
    ]);
  });

  it('is shown to its player, whatever they are called', async () => {
    const { request } = world();
    expect(await (await request('/api/v1/deposits/me', as('alice'))).json()).toEqual(depositView);
    const names: string[] = [];
    const { peers } = recorder();
    const deposit = (name: string) => {
      names.push(name);
      return peers.deposit(name);
    };
    await world({ peers: { ...peers, deposit } }).request('/api/v1/deposits/me', as('me'));
    expect(names).toEqual([objectOf('me')]);
  });

  it('has a statement in pages, and the balance at any entry', async () => {
    const { asked, request } = world();
    const page = await request('/api/v1/deposits/me/statement?from=5&limit=7', as('alice'));
    expect(await page.json()).toEqual({ entries: [], next: null });
    await request('/api/v1/deposits/me/statement', as('alice'));
    const balance = await request('/api/v1/deposits/me/balance?seq=3', as('alice'));
    expect(await balance.json()).toEqual({ seq: 3, balances });
    expect(asked.map(({ method, args }) => [method, ...args])).toEqual([
      ['statement', 5, 7],
      ['statement', 1, 100],
      ['balanceAt', 3],
    ]);
  });

  it.each([
    'statement?limit=0',
    'statement?limit=201',
    'statement?from=-1',
    'statement?from=1e3',
    'statement?from=9999999999999999',
    'balance',
    'balance?seq=',
    'balance?seq=-1',
    'balance?seq=0x10',
    'balance?seq=1.5',
  ])('refuses %s', async (query) => {
    const { asked, request } = world();
    const response = await request(`/api/v1/deposits/me/${query}`, as('alice'));
    expect(await problemOf(response)).toEqual({ status: 400, code: 'invalid_request', retryable: false });
    expect(asked).toEqual([]);
  });

  it('tells what became of a transfer, and of nothing else', async () => {
    const { request, asked } = world();
    const hash = 'ab'.repeat(32);
    expect((await request(`/api/v1/deposits/me/actions/${hash}`, as('alice'))).status).toBe(200);
    expect(asked.at(-1)).toMatchObject({ method: 'outcome', args: [hash] });
    for (const wrong of ['x', hash.toUpperCase(), `${hash}0`])
      expect((await problemOf(await request(`/api/v1/deposits/me/actions/${wrong}`, as('alice')))).code).toBe(
        'invalid_request',
      );
  });

  it('has a transfer taken back by the very hash', async () => {
    const { post, asked } = world();
    const hash = 'ab'.repeat(32);
    const body = { clientKey: CLIENT_KEY };
    await post(`/api/v1/deposits/me/actions/${hash}/cancel`, body);
    expect(asked).toEqual([
      {
        object: objectOf('alice'),
        method: 'takeBack',
        args: [expect.objectContaining({ userId: 'alice' }), hash, body],
      },
    ]);
    for (const [path, more] of [
      ['x', body],
      [`${hash}0`, body],
      [hash, {}],
      [hash, { ...body, reason: 'why' }],
    ] as const)
      expect((await problemOf(await post(`/api/v1/deposits/me/actions/${path}/cancel`, more))).code).toBe(
        'invalid_request',
      );
    expect(asked).toHaveLength(1);
  });

  it('has no balance at an entry that its journal does not have', async () => {
    const { peers } = recorder();
    const deposit = () => only<DepositObject>({ view: async () => depositView, balanceAt: async () => null });
    const api = world({ peers: { ...peers, deposit } });
    const response = await api.request('/api/v1/deposits/me/balance?seq=99', as('alice'));
    expect((await problemOf(response)).code).toBe('entry_not_found');
  });

  it.each(['me', 'me/statement', 'me/balance?seq=1'])('is unknown until it is there: %s', async (path) => {
    const { request } = withoutDeposit();
    const response = await request(`/api/v1/deposits/${path}`, as('alice'));
    expect(await problemOf(response)).toEqual({ status: 409, code: 'deposit_unknown', retryable: true });
  });

  it.each([
    ['no amount', '/api/v1/deposits', { clientKey: CLIENT_KEY }],
    ['nothing', '/api/v1/deposits', { ...amount, lamports: '0' }],
    ['less than nothing', '/api/v1/withdrawals', { ...amount, lamports: '-1' }],
    ['more than a u64', '/api/v1/withdrawals', { ...amount, lamports: '18446744073709551616' }],
    ['a float', '/api/v1/withdrawals', { ...amount, lamports: 1e9 }],
    ['somebody to pay', '/api/v1/withdrawals', { ...amount, to: 'mallory' }],
    ['another user', '/api/v1/deposits', { ...amount, userId: 'bob' }],
  ])('is asked for nothing where the request has %s', async (_what, path, body) => {
    const { asked, post } = world();
    expect((await problemOf(await post(path, body))).code).toBe('invalid_request');
    expect(asked).toEqual([]);
  });

  it.each(['/api/v1/deposits', '/api/v1/withdrawals', '/api/v1/deposits/me/sign'])(
    'is nobody’s without an identity: %s',
    async (path) => {
      const { asked, post } = world();
      const response = await post(path, amount, { 'x-dev-user': '' });
      expect((await problemOf(response)).code).toBe('unauthenticated');
      expect(asked).toEqual([]);
    },
  );
});

describe("another's deposit", () => {
  const routes: readonly [string, string, object | null][] = [
    ['GET', '', null],
    ['GET', '/statement', null],
    ['GET', '/balance?seq=1', null],
    ['GET', '/journal', null],
    ['GET', '/alerts', null],
    ['GET', '/reviews', null],
    ['POST', '/resolve', resolution],
  ];
  const send = (
    api: ReturnType<typeof world>,
    part: string,
    [method, path, body]: (typeof routes)[number],
    role: string,
  ) =>
    api.request(`/api/v1/operator/deposits/${part}${path}`, {
      method,
      headers: { ...as('olga', role).headers, 'content-type': 'application/json' },
      ...(body === null ? {} : { body: JSON.stringify(body) }),
    });

  it.each(routes)('is for operators: %s %s', async (...route) => {
    const api = world();
    expect(await problemOf(await send(api, 'bob', route, 'player'))).toMatchObject({ code: 'forbidden' });
    expect(api.asked).toEqual([]);
    const response = await send(api, 'bob', route, 'operator');
    expect(response.status).toBeLessThan(300);
    for (const { object } of api.asked) expect(object).toBe(objectOf('bob'));
  });

  it('is not reached where a player reaches their own', async () => {
    for (const part of ['bob', 'me/journal', 'me/alerts', 'me/resolve']) {
      const response = await world().request(`/api/v1/deposits/${part}`, as('olga', 'operator'));
      expect((await problemOf(response)).code).toBe('route_not_found');
    }
  });

  it.each(['me', 'bob/../carol', 'zoë 🎲', 'a+b', '100%', '%41', '?x=1#y', ' ', '\u0001'])(
    'is found by the very id: %s',
    async (userId) => {
      const api = world();
      const part = encodeURIComponent(userId);
      const response = await send(api, part, ['GET', '/alerts', null], 'operator');
      expect(response.status).toBe(200);
      expect(api.asked.map(({ object }) => object)).toEqual([objectOf(userId)]);
    },
  );

  it.each([
    ['65 bytes', 'x'.repeat(65)],
    ['65 bytes in fewer characters', encodeURIComponent('ü'.repeat(33))],
    ['NUL', 'a%00b'],
    ['half an encoding', '%E0%A4%A'],
    ['bytes that are not UTF-8', '%ff'],
    ['a surrogate', '%ED%A0%80'],
  ])('is not looked for under %s', async (_what, part) => {
    for (const route of routes) {
      const api = world();
      const response = await send(api, part, route, 'operator');
      expect((await problemOf(response)).code).toBe('invalid_request');
      expect(api.asked).toEqual([]);
    }
  });

  it.each(routes)('is unknown where there is none: %s %s', async (...route) => {
    const response = await send(withoutDeposit(), 'bob', route, 'operator');
    expect((await problemOf(response)).code).toBe('deposit_unknown');
  });

  it('is resolved with a reason, as the operator that asks', async () => {
    const api = world();
    await send(api, 'bob', ['POST', '/resolve', { ...resolution, reason: ' odd ' }], 'operator');
    expect(api.asked[0]?.args).toEqual([
      expect.objectContaining({ userId: 'olga', role: 'operator' }),
      { ...resolution, reason: 'odd' },
    ]);
    const adoption = { ...resolution, as: 'adopt', available: '7' };
    await send(api, 'bob', ['POST', '/resolve', adoption], 'operator');
    expect(api.asked[1]?.args[1]).toEqual(adoption);
    for (const bad of [
      { ...resolution, reason: ' ' },
      { ...resolution, as: 'void' },
      // The figure belongs to `adopt`, and to nothing else.
      { ...resolution, as: 'adopt' },
      { ...adoption, as: 'unfreeze' },
      { ...adoption, available: '-7' },
      {},
    ]) {
      const response = await send(world(), 'bob', ['POST', '/resolve', bad], 'operator');
      expect((await problemOf(response)).code).toBe('invalid_request');
    }
  });
});
