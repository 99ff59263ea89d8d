import { describe, expect, it } from 'vitest';
import { createBody, joinBody, MATCH_ID, ORIGIN, problemOf, world } from './fixtures.ts';

const JOIN = `/api/v1/matches/${MATCH_ID}/join`;
const raw = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', 'x-dev-user': 'alice', ...headers },
  body,
});

describe('a body', () => {
  it.each([
    ['a number where text is due', { ...createBody, entryFee: 100_000_000 }],
    ['a negative amount', { ...createBody, entryFee: '-1' }],
    ['a fraction', { ...createBody, entryFee: '1.5' }],
    ['an exponent', { ...createBody, entryFee: '1e9' }],
    ['a leading zero', { ...createBody, entryFee: '0100' }],
    ['more than a u64', { ...createBody, entryFee: '18446744073709551616' }],
    ['a huge amount', { ...createBody, entryFee: '9'.repeat(400) }],
    ['a field too many', { ...createBody, admin: true }],
    ['a field too few', { ...createBody, seed: undefined }],
    ['an upper-case match id', { ...createBody, matchId: 'AAAAAAAA-2222-4333-8444-555555555555' }],
    ['a client key of another version', { ...createBody, clientKey: '0192f0c0-0000-4000-8000-000000000001' }],
    ['a payment method that does not exist', { ...createBody, paymentMethod: 2 }],
    ['a list', [createBody]],
    ['null', null],
    ['text', 'create'],
  ])('with %s is refused before any object is asked', async (_what, body) => {
    const { asked, post } = world();
    const response = await post('/api/v1/matches', body);
    expect(await problemOf(response)).toEqual({ status: 400, code: 'invalid_request', retryable: false });
    expect(asked).toEqual([]);
  });

  it('is refused with the name of the field, so that a developer finds it', async () => {
    const response = await world().post('/api/v1/matches', { ...createBody, entryFee: '-1' });
    expect(JSON.parse(await response.text()).detail).toMatch(/^entryFee: /);
  });

  it.each([
    ['no JSON', 'entryFee=1'],
    ['half of JSON', '{"entryFee":'],
    ['bytes that are not UTF-8', new Uint8Array([0x22, 0xff, 0x22])],
    ['nothing', ''],
  ])('of %s is refused', async (_what, body) => {
    const response = await world().request(JOIN, raw(body));
    expect((await problemOf(response)).code).toBe('invalid_request');
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'sent as %s is refused, as a form of another site would be',
    async (type) => {
      const response = await world().request(JOIN, raw(JSON.stringify(joinBody), { 'content-type': type }));
      expect((await problemOf(response)).code).toBe('unsupported_media_type');
    },
  );

  it('of JSON with a charset is taken', async () => {
    const response = await world().request(
      JOIN,
      raw(JSON.stringify(joinBody), { 'content-type': 'Application/JSON; charset=utf-8' }),
    );
    expect(response.status).toBe(201);
  });

  it('of 1 MB is refused with 413 after no more than the allowed bytes were read', async () => {
    let pulled = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 4_096;
        if (pulled > 1_000_000) controller.close();
        else controller.enqueue(new Uint8Array(4_096).fill(0x20));
      },
    });
    const init: RequestInit & { duplex: 'half' } = {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-dev-user': 'alice' },
      body,
      duplex: 'half',
    };
    const response = await world().request(JOIN, init);
    expect(await problemOf(response)).toEqual({ status: 413, code: 'body_too_large', retryable: false });
    expect(pulled).toBeLessThan(40_000);
  });

  it('that announces 1 MB is refused without being read', async () => {
    const response = await world().request(JOIN, raw('{}', { 'content-length': '1000000' }));
    expect((await problemOf(response)).code).toBe('body_too_large');
  });
});

describe('an address', () => {
  it('that is no route is refused with a code', async () => {
    for (const path of ['/api/v1/nothing', '/api', '/dev/evict', '/nothing.html']) {
      const response = await world().request(path, { headers: { 'x-dev-user': 'alice' } });
      expect(await problemOf(response)).toEqual({ status: 404, code: 'route_not_found', retryable: false });
    }
  });

  it('asked with another method is refused with the methods that it takes', async () => {
    const response = await world().request(JOIN, { method: 'DELETE' });
    expect(response.headers.get('allow')).toBe('POST');
    expect(await problemOf(response)).toEqual({ status: 405, code: 'method_not_allowed', retryable: false });
  });
});

describe('the live socket', () => {
  const upgrade = (headers: Record<string, string> = {}) => ({
    headers: { upgrade: 'websocket', 'sec-websocket-protocol': 'money-match.v1', ...headers },
  });
  const LIVE = `/api/v1/matches/${MATCH_ID}/live`;

  it('opens for a viewer who exists', async () => {
    const seen: unknown[] = [];
    const api = world({
      live: async (...args) => {
        seen.push(args);
        return new Response('upgraded');
      },
    });
    expect(await (await api.request(`${LIVE}?as=bob`, upgrade())).text()).toBe('upgraded');
    expect(seen).toEqual([[expect.stringMatching(/^match\//), { userId: 'bob', role: 'player' }]]);
  });

  it.each([
    ['without an upgrade', `${LIVE}?as=bob`, {}, 'invalid_request'],
    ['without the protocol', `${LIVE}?as=bob`, { headers: { upgrade: 'websocket' } }, 'invalid_request'],
    ['of a stranger', LIVE, upgrade(), 'unauthenticated'],
    [
      'from the page of another site',
      `${LIVE}?as=bob`,
      upgrade({ origin: 'https://evil.test' }),
      'forbidden',
    ],
    ['from a page without an origin', `${LIVE}?as=bob`, upgrade({ origin: 'null' }), 'forbidden'],
  ])('%s stays shut', async (_what, path, init, code) => {
    expect((await problemOf(await world().request(path, init))).code).toBe(code);
  });

  it('opens for our own page', async () => {
    const response = await world().request(`${LIVE}?as=bob`, upgrade({ origin: ORIGIN }));
    expect(await response.text()).toBe('upgraded');
  });
});
