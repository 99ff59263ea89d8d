import { describe, expect, it } from 'vitest';
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
const endBody = { clientKey: createBody.clientKey, result: [{ userId: 'alice', shareBps: 10_000 }] };

describe('routes of a match', () => {
  it.each([
    ['create', '/api/v1/matches', createBody],
    ['join', `/api/v1/matches/${MATCH_ID}/join`, joinBody],
    ['start', `/api/v1/matches/${MATCH_ID}/start`, { clientKey: createBody.clientKey }],
    ['end', `/api/v1/matches/${MATCH_ID}/end`, endBody],
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

  it('that nobody foresaw answers with a code and leaks nothing', async () => {
    const response = await failing(new Error('secret 5Kd3N at http://10.0.0.1/'));
    const text = await response.clone().text();
    expect(await problemOf(response)).toEqual({ status: 500, code: 'internal', retryable: true });
    expect(text).not.toMatch(/secret|10\.0\.0\.1|stack/);
  });
});
