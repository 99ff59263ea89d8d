/**
 * Nonsense, mistakes and tricks, sent to the real Worker: each is refused with a code, and changes nothing. "Nothing"
 * is every row of every match and deposit, read from their files. The chain stands still meanwhile, so that nothing but
 * the requests could change any.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { uuidV7 } from '../../services/console/uuid.ts';
import type { Stack } from '../../services/dev/stack.ts';
import { type Asked, ask, problemOf } from './support/http.ts';
import { fundPlayers, startMirror, Table } from './support/mirror.ts';
import {
  badAmounts,
  badBodies,
  badFields,
  badFrames,
  badHeaders,
  badResults,
  badTimes,
  badUserIds,
  LAMPORTS,
  STRANGER_ID,
} from './support/nonsense.ts';
import { Listener, sendBytes } from './support/sockets.ts';
import { storedRows } from './support/storage.ts';

const INVALID = { status: 400, code: 'invalid_request', retryable: false };

let stack: Stack;
let table: Table;
let before: ReadonlyMap<string, readonly unknown[]>;

beforeAll(async () => {
  stack = await startMirror();
  table = new Table(stack);
  await fundPlayers(stack, ['alice', 'bob'], 1_000_000_000n);
  await table.create();
  await table.join('alice');
  await table.untilQuiet();
  await table.operator.develop('/dev/faults', { chain: 'frozen' });
  await table.until('the match has heard of it', ({ link }) => link === 'queued');
  before = storedRows(stack);
  expect(before.size).toBeGreaterThan(0);
});

afterAll(() => stack?.stop());

afterEach(async () => {
  expect(storedRows(stack)).toEqual(before);
  expect(await table.view()).toMatchObject({ link: 'queued', money: 'lobby' });
});

const create = (changes: object) => ({
  clientKey: uuidV7(),
  matchId: crypto.randomUUID(),
  gameType: 0,
  seed: '7',
  entryFee: LAMPORTS,
  paymentMethod: 1,
  ...changes,
});
const join = (changes: object) => ({
  clientKey: uuidV7(),
  entryFee: LAMPORTS,
  paymentMethod: 1,
  ...changes,
});
const pathTo = (what: string, matchId: string = table.matchId) => `/api/v1/matches/${matchId}/${what}`;
const refused = async (path: string, asked: Asked) =>
  problemOf(await ask(stack, path, { as: 'bob', ...asked }));

describe('an amount', () => {
  it.each(badAmounts)('that is %s is refused, in a new match and in a join', async (_what, entryFee) => {
    expect(await refused('/api/v1/matches', { json: create({ entryFee }) })).toEqual(INVALID);
    expect(await refused('/api/v1/matches', { json: create({ seed: entryFee }) })).toEqual(INVALID);
    expect(await refused(pathTo('join'), { json: join({ entryFee }) })).toEqual(INVALID);
  });

  it('of 2^53 + 1 lamports is read to the last digit', async () => {
    const told = await ask(stack, '/api/v1/matches', {
      as: 'bob',
      json: create({ entryFee: '9007199254740993' }),
    });
    expect(problemOf(told)).toEqual({ status: 422, code: 'entry_fee_out_of_range', retryable: false });
  });
});

describe('a field', () => {
  it.each(badFields)('that is %s is refused', async (_what, changes) => {
    const body = { ...create({}), ...changes };
    expect(await refused('/api/v1/matches', { json: body })).toEqual(INVALID);
  });

  it.each(badTimes)('notAfter that is %s is refused', async (_what, notAfter) => {
    expect(await refused(pathTo('join'), { json: join({ notAfter }) })).toEqual(INVALID);
  });

  it.each(badUserIds)('userId in a result, %s, is refused', async (_what, userId) => {
    const json = { clientKey: uuidV7(), result: [{ userId, shareBps: 10_000 }] };
    expect(await refused(pathTo('end'), { as: 'operator', role: 'operator', json })).toEqual(INVALID);
  });

  it.each(badResults)('result with %s is refused', async (_what, result) => {
    const json = { clientKey: uuidV7(), result };
    expect(await refused(pathTo('end'), { as: 'operator', role: 'operator', json })).toEqual(INVALID);
  });
});

describe('a body', () => {
  it.each(badBodies)('of %s is refused', async (_what, body) => {
    expect(await refused(pathTo('join'), { body })).toEqual(INVALID);
    expect(await refused('/dev/faults', { body })).toEqual(INVALID);
  });

  it('that names a field twice is refused, whichever of the two is right', async () => {
    const [right, wrong] = [`"entryFee":"${LAMPORTS}"`, '"entryFee":"1"'];
    for (const pair of [`${right},${wrong}`, `${wrong},${right}`, `${right},"entry\\u0046ee":"1"`]) {
      const body = `{"clientKey":"${uuidV7()}",${pair},"paymentMethod":1}`;
      expect(await refused(pathTo('join'), { body })).toEqual(INVALID);
    }
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
    'sent as "%s" is refused',
    async (type) => {
      const asked = { body: JSON.stringify(join({})), headers: { 'content-type': type } };
      const expected = { status: 415, code: 'unsupported_media_type', retryable: false };
      expect(await refused(pathTo('join'), asked)).toEqual(expected);
    },
  );

  const head = (lines: readonly string[]): string =>
    [
      `POST ${pathTo('join')} HTTP/1.1`,
      `host: ${new URL(stack.url).host}`,
      'content-type: application/json',
      'x-dev-user: bob',
      ...lines,
      '\r\n',
    ].join('\r\n');

  it.each([0, 0x10000])(
    'of 1 MB is refused when %d bytes of it are sent, and no more is read',
    async (sent) => {
      const bytes = head(['content-length: 1000000']) + ' '.repeat(sent);
      const heard = await sendBytes(stack.url, bytes, 'body_too_large');
      expect(heard).toMatch(/^HTTP\/1\.1 413 /);
      expect(heard).toContain('application/problem+json');
    },
  );

  it('that does not say how long it gets is refused as soon as it is too long', async () => {
    const chunk = `5000\r\n${' '.repeat(0x5000)}\r\n`;
    const heard = await sendBytes(stack.url, head(['transfer-encoding: chunked']) + chunk, 'body_too_large');
    expect(heard).toMatch(/^HTTP\/1\.1 413 /);
  });
});

describe('an address', () => {
  const NO_ROUTE = { status: 404, code: 'route_not_found', retryable: false };
  const NO_MATCH = { status: 404, code: 'match_not_found', retryable: false };

  it.each([
    '/api',
    '/api/v1/nothing',
    '/api/v2/matches',
    '/dev/nothing',
    '/nothing.html',
    '/api/v1/matches//join',
  ])('%s is no route', async (path) => {
    expect(await refused(path, {})).toEqual(NO_ROUTE);
  });

  it.each(['PUT', 'PATCH', 'DELETE'])('takes no %s', async (method) => {
    const told = await ask(stack, pathTo('join'), { as: 'bob', method });
    expect(problemOf(told)).toEqual({ status: 405, code: 'method_not_allowed', retryable: false });
    expect(told.headers.get('allow')).toBe('POST');
  });

  it('of a match that nobody created is not found, whatever is asked of it', async () => {
    expect(await refused(`/api/v1/matches/${STRANGER_ID}`, {})).toEqual(NO_MATCH);
    expect(await refused(pathTo('join', STRANGER_ID), { json: join({}) })).toEqual(NO_MATCH);
    const operator = { as: 'operator', role: 'operator' };
    const json = { clientKey: uuidV7() };
    expect(await refused(pathTo('start', STRANGER_ID), { ...operator, json })).toEqual(NO_MATCH);
    expect(await refused(pathTo('pause', STRANGER_ID), { ...operator, json: { reason: 'x' } })).toEqual(
      NO_MATCH,
    );
    expect(await refused(pathTo('journal', STRANGER_ID), operator)).toEqual(NO_MATCH);
  });

  it('of a match with the same first 31 characters is not this match (H-14)', async () => {
    const twin: string = `${table.matchId.slice(0, 31)}${table.matchId.endsWith('00000') ? '11111' : '00000'}`;
    expect(await refused(`/api/v1/matches/${twin}`, {})).toEqual(NO_MATCH);
    expect(await refused(pathTo('join', twin), { json: join({}) })).toEqual(NO_MATCH);
    const exists = { status: 409, code: 'match_exists', retryable: false };
    // Stored as the answer to its client key, like every final refusal: the one row that this test adds.
    expect(await refused('/api/v1/matches', { json: create({ matchId: twin }) })).toEqual(exists);
    before = storedRows(stack);
  });

  it.each(['x', `A${STRANGER_ID.slice(1)}`, `${STRANGER_ID}0`, '%00', '..%2f..%2f'])(
    'with the match id %s is malformed',
    async (id) => {
      expect(await refused(`/api/v1/matches/${id}`, {})).toEqual(INVALID);
    },
  );

  it.each(['from=-1', 'from=x', 'limit=0', 'limit=201', 'limit=1e2', 'from=9007199254740993'])(
    'of a page of the journal with %s is malformed',
    async (query) => {
      const asked = { as: 'operator', role: 'operator' };
      expect(await refused(`${pathTo('journal')}?${query}`, asked)).toEqual(INVALID);
    },
  );
});

describe('whoever asks', () => {
  const UNKNOWN = { status: 401, code: 'unauthenticated', retryable: false };
  const FORBIDDEN = { status: 403, code: 'forbidden', retryable: false };

  it.each(badHeaders)('with %s is nobody', async (_what, headers) => {
    for (const asked of [{ json: join({}) }, { method: 'GET' }] as const) {
      const path = asked.method === 'GET' ? `/api/v1/matches/${table.matchId}` : pathTo('join');
      expect(problemOf(await ask(stack, path, { ...asked, headers }))).toEqual(UNKNOWN);
    }
  });

  it('by another name of this machine is nobody', async () => {
    const bytes = `GET /api/v1/matches/${table.matchId} HTTP/1.1\r\nhost: evil.test\r\nx-dev-user: bob\r\n\r\n`;
    expect(await sendBytes(stack.url, bytes, '}')).toMatch(/^HTTP\/1\.1 401 /);
  });

  it('as a player may not do what is an operator’s', async () => {
    const reason = { json: { reason: 'because' } };
    expect(await refused(pathTo('pause'), reason)).toEqual(FORBIDDEN);
    expect(await refused(pathTo('resume'), reason)).toEqual(FORBIDDEN);
    expect(await refused(pathTo('journal'), {})).toEqual(FORBIDDEN);
    expect(await refused(pathTo('alerts'), {})).toEqual(FORBIDDEN);
  });

  it('as a player may not do what is the host’s', async () => {
    expect(await refused(pathTo('start'), { json: { clientKey: uuidV7() } })).toEqual(FORBIDDEN);
    const json = { clientKey: uuidV7(), result: [{ userId: 'bob', shareBps: 10_000 }] };
    expect(await refused(pathTo('end'), { json })).toEqual(FORBIDDEN);
  });

  it('looks like a player and is not: letters of another script have no seat', async () => {
    const path = '/api/v1/deposits/me';
    const cyrillic = encodeURIComponent('аlice');
    expect(await refused(path, { as: cyrillic })).toMatchObject({ code: 'deposit_unknown', retryable: true });
  });
});

describe('a live socket', () => {
  const open = (opening: object) => Listener.open(stack.url, table.matchId, { as: 'bob', ...opening });

  it.each([
    ['of nobody', { as: undefined }, 401],
    ['of a name with a NUL', { as: 'bob\0' }, 401],
    ['with a role that nobody has', { role: 'root' }, 401],
    ['without our protocol', { protocols: ['money-match.v2'] }, 400],
    ['from a page of another site', { headers: { origin: 'https://evil.test' } }, 403],
  ])('%s stays shut', async (_what, opening, status) => {
    await expect(open(opening)).rejects.toThrow(`${status}`);
  });

  it('to a match that nobody created stays shut', async () => {
    await expect(Listener.open(stack.url, STRANGER_ID, { as: 'bob' })).rejects.toThrow('404');
  });

  it.each(badFrames)('that says %s is told so, and stays open', async (_what, data) => {
    const listener = await open({});
    await listener.until('it is greeted', ({ view }) => view !== null);
    listener.send(data);
    await listener.until('it has its answer', ({ frames }) => frames.some(({ type }) => type === 'nack'));
    expect(listener.frames.at(-1)).toMatchObject({
      type: 'nack',
      id: null,
      code: 'bad_frame',
      retryable: false,
    });
    expect(listener.isOpen).toBe(true);
    await listener.close();
  });

  it('that goes on and on is closed, and others are not', async () => {
    const [loud, quiet] = await Promise.all([open({}), open({ as: 'alice' })]);
    for (let round = 0; round < 50; round++) loud.send(`junk ${round}`);
    expect(await loud.closed).toBe(1008);
    expect(loud.frames.filter(({ type }) => type === 'nack').length).toBeLessThanOrEqual(8);
    quiet.send('{"type":"ping"}');
    await quiet.until('the other is still heard', ({ texts }) => texts.includes('{"type":"pong"}'));
    await quiet.close();
  });
});
