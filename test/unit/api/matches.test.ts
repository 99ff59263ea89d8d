import { describe, expect, it } from 'vitest';
import { SignerUnavailable } from '../../../durable-objects/ports.ts';
import type { MatchObject } from '../../../durable-objects/wire/objects.ts';
import {
  alice,
  CLUSTER,
  createBody,
  joinBody,
  MATCH_ID,
  only,
  PROGRAM,
  problemOf,
  recorder,
  TWIN_ID,
  view,
  world,
} from './fixtures.ts';

const OBJECT = `match/${CLUSTER}/${PROGRAM}/match-${MATCH_ID.slice(0, 31)}`;
const { clientKey } = createBody;
const signBody = { clientKey, action: 'ab'.repeat(32), transaction: 'AQID' };
const endBody = { clientKey: createBody.clientKey, result: [{ userId: 'alice', shareBps: 10_000 }] };

describe('routes of a match', () => {
  it.each([
    ['create', '/api/v1/matches', createBody],
    ['join', `/api/v1/matches/${MATCH_ID}/join`, joinBody],
    ['takeBack', `/api/v1/matches/${MATCH_ID}/join/cancel`, { clientKey }],
    ['takeBack', `/api/v1/matches/${MATCH_ID}/join/cancel`, { clientKey, action: 'ab'.repeat(32) }],
    ['start', `/api/v1/matches/${MATCH_ID}/start`, { clientKey: createBody.clientKey }],
    ['end', `/api/v1/matches/${MATCH_ID}/end`, endBody],
    ['cancel', `/api/v1/matches/${MATCH_ID}/cancel`, { clientKey, reason: 'timeout' }],
    ['presence', `/api/v1/matches/${MATCH_ID}/presence`, { clientKey, userId: 'bob', present: false }],
    ['joinIntent', `/api/v1/matches/${MATCH_ID}/join/intent`, { ...joinBody, notAfter: 1 }],
    ['sign', `/api/v1/matches/${MATCH_ID}/sign`, signBody],
  ])(
    'hand %s to the object of the match, with the caller and the checked request',
    async (method, path, body) => {
      const { asked, post } = world();
      await post(path, body);
      expect(asked).toEqual([{ object: OBJECT, method, args: [expect.objectContaining(alice), body] }]);
    },
  );

  it('send an answer of the object byte for byte', async () => {
    const response = await world().post('/api/v1/matches', createBody);
    expect(response.status).toBe(201);
    expect(await response.text()).toBe('{"stored":"bytes",  "kept":true}');
    expect(response.headers.get('content-type')).toBe('application/json');
  });

  it('send a refusal of the object as a problem, with its own words and the same bytes each time', async () => {
    const { peers } = recorder();
    const reason = { code: 'not_seated', message: 'as stored then', retryable: false, detail: 'carol' };
    const refused = { status: 409, text: JSON.stringify(reason) };
    const match = () => only<MatchObject>({ view: async () => view, join: async () => refused });
    const api = world({ peers: { ...peers, match } });
    const texts = new Set<string>();
    for (let n = 0; n < 2; n++) {
      const response = await api.post(`/api/v1/matches/${MATCH_ID}/join`, joinBody);
      texts.add(await response.clone().text());
      expect(await problemOf(response)).toEqual({ status: 409, code: 'not_seated', retryable: false });
    }
    expect([...texts].map((text) => JSON.parse(text))).toEqual([
      expect.objectContaining({ title: 'as stored then', detail: 'carol' }),
    ]);
  });

  it('read the view as the caller may see it', async () => {
    const viewers: unknown[] = [];
    const { peers } = recorder();
    const match = () =>
      only<MatchObject>({
        view: async (viewer) => {
          viewers.push(viewer);
          return view;
        },
      });
    const api = world({ peers: { ...peers, match } });
    const response = await api.request(`/api/v1/matches/${MATCH_ID}`, { headers: { 'x-dev-user': 'bob' } });
    expect(JSON.parse(await response.text())).toEqual(view);
    expect(viewers).toEqual([{ userId: 'bob', role: 'player' }]);
  });

  it('refuse a match that nobody created', async () => {
    const { peers } = recorder();
    const match = () => only<MatchObject>({ view: async () => null });
    const api = world({ peers: { ...peers, match } });
    const response = await api.post(`/api/v1/matches/${MATCH_ID}/join`, joinBody);
    expect(await problemOf(response)).toEqual({ status: 404, code: 'match_not_found', retryable: false });
  });

  it('never act on a match whose id only shares the first 31 characters, though it has the same object', async () => {
    const { asked, post } = world();
    const response = await post(`/api/v1/matches/${TWIN_ID}/join`, joinBody);
    expect(await problemOf(response)).toEqual({ status: 404, code: 'match_not_found', retryable: false });
    expect(asked).toEqual([]);
  });

  it('refuse an id that is no lower-case UUID before any object is asked', async () => {
    const { asked, post } = world();
    const response = await post(`/api/v1/matches/${MATCH_ID.toUpperCase().replace('1', 'A')}/join`, joinBody);
    expect((await problemOf(response)).code).toBe('invalid_request');
    expect(asked).toEqual([]);
  });
});

describe('a body of a match that is refused before any object is asked', () => {
  it.each<[string, string, object]>([
    ['a reason that only an abandonment has', 'cancel', { clientKey, reason: 'player_abandonment' }],
    ['a join that is no hash', 'join/cancel', { clientKey, action: 'x' }],
    ['a join of somebody', 'join/cancel', { clientKey, userId: 'bob' }],
    ['a reason by its number', 'cancel', { clientKey, reason: 0 }],
    ['a presence of nobody', 'presence', { clientKey, userId: '', present: true }],
    ['a presence that is neither', 'presence', { clientKey, userId: 'bob', present: 'yes' }],
    ['a transaction that is too long', 'sign', { ...signBody, transaction: 'A'.repeat(1_645) }],
    ['a transaction that is not base64', 'sign', { ...signBody, transaction: 'a b' }],
    ['an action that is no hash', 'sign', { ...signBody, action: 'AB'.repeat(32) }],
    ['a signature that is none', 'join', { ...joinBody, signature: '0'.repeat(88) }],
    ['an intent in the past of all time', 'join/intent', { ...joinBody, notAfter: -1 }],
  ])('%s', async (_what, path, body) => {
    const { asked, post } = world();
    const response = await post(`/api/v1/matches/${MATCH_ID}/${path}`, body);
    expect(await problemOf(response)).toEqual({ status: 400, code: 'invalid_request', retryable: false });
    expect(asked).toEqual([]);
  });
});

describe('a platform failure', () => {
  const failing = (error: Error) => {
    const { peers } = recorder();
    const match = () => only<MatchObject>({ create: () => Promise.reject(error) });
    return world({ peers: { ...peers, match } }).post('/api/v1/matches', createBody);
  };

  it('that is overload tells the client to slow down, and when to come again', async () => {
    const response = await failing(Object.assign(new Error('busy'), { overloaded: true, retryable: true }));
    expect(response.headers.get('retry-after')).toBe('1');
    expect(await problemOf(response)).toEqual({ status: 429, code: 'slow_down', retryable: true });
  });

  it('that may pass is retryable', async () => {
    const response = await failing(Object.assign(new Error('moved'), { retryable: true }));
    expect(await problemOf(response)).toEqual({ status: 503, code: 'not_ready', retryable: true });
  });

  it('of the signing service is retryable', async () => {
    const response = await failing(new SignerUnavailable('sign: 5000 ms'));
    expect(await problemOf(response)).toEqual({ status: 503, code: 'signer_unavailable', retryable: true });
  });

  it('that nobody foresaw answers with a code and leaks nothing', async () => {
    const response = await failing(new Error('secret 5Kd3N at http://10.0.0.1/'));
    const text = await response.clone().text();
    expect(await problemOf(response)).toEqual({ status: 500, code: 'internal', retryable: true });
    expect(text).not.toMatch(/secret|10\.0\.0\.1|stack/);
  });
});
