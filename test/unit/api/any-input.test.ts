/** Whatever is sent to whichever route: an answer, or a coded problem below 500, and no object is asked out of turn. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CLIENT_KEY, MATCH_ID, problemOf, world } from './fixtures.ts';

const PATHS = [
  '/api/v1/matches',
  ...[
    '',
    '/join',
    '/join/intent',
    '/start',
    '/end',
    '/cancel',
    '/presence',
    '/sign',
    '/resolve',
    '/pause',
  ].map((what) => `/api/v1/matches/${MATCH_ID}${what}`),
  ...['/journal', '/alerts', '/reviews', '/live', '/resume', '/join/cancel'].map(
    (what) => `/api/v1/matches/${MATCH_ID}${what}`,
  ),
  '/api/v1/deposits',
  '/api/v1/withdrawals',
  ...['', '/sign', '/statement', '/balance'].map((what) => `/api/v1/deposits/me${what}`),
  ...['', '/statement', '/balance', '/journal', '/alerts', '/reviews', '/resolve'].map(
    (what) => `/api/v1/operator/deposits/bob${what}`,
  ),
];

const part = fc.oneof(
  fc.constantFrom(
    '..',
    '.',
    '%2e%2e',
    '%',
    '%ff',
    '%00',
    '%2F',
    'me',
    '',
    MATCH_ID,
    '__proto__',
    'constructor',
  ),
  fc.string({ unit: 'binary', maxLength: 80 }).map((text) => {
    try {
      return encodeURIComponent(text);
    } catch {
      return '%ED%A0%80';
    }
  }),
);
const path = fc.oneof(
  fc.constantFrom(...PATHS),
  part.map((id) => `/api/v1/matches/${id}/join`),
  part.map((id) => `/api/v1/operator/deposits/${id}/journal`),
  fc.array(part, { maxLength: 6 }).map((parts) => `/api/v1/${parts.join('/')}`),
);
const query = fc.oneof(
  fc.constant(''),
  fc.constantFrom('?from=1&from=x', '?seq=%', '?__proto__=1', '?limit=1e9', '?from=&limit=', '?seq[]=1'),
  fc.webQueryParameters().map((text) => `?${text}`),
);
const field = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(CLIENT_KEY, '1', '-1', 'alice', 'timeout', 'ab'.repeat(32), 'AQID', true, 1, null),
);
const names = [
  ...[
    'clientKey',
    'matchId',
    'entryFee',
    'paymentMethod',
    'lamports',
    'notAfter',
    'signature',
    'reason',
    'as',
  ],
  ...['action', 'transaction', 'userId', 'present', 'result', 'feeBreakdown', '__proto__', 'constructor'],
];
const valid = [
  { clientKey: CLIENT_KEY },
  { clientKey: CLIENT_KEY, lamports: '1' },
  { clientKey: CLIENT_KEY, reason: 'timeout' },
  { clientKey: CLIENT_KEY, action: 'ab'.repeat(32), transaction: 'AQID' },
  { clientKey: CLIENT_KEY, as: 'retry', reason: 'why' },
];
const body = fc.oneof(
  fc.constantFrom(...valid.map((value) => JSON.stringify(value))),
  fc.dictionary(fc.constantFrom(...names), field, { maxKeys: 8 }).map((value) => JSON.stringify(value)),
  fc.json({ maxDepth: 6 }),
  fc.string({ maxLength: 100 }),
  fc.constantFrom('', '{', 'null', `${'['.repeat(5_000)}${']'.repeat(5_000)}`, '{"a":1,"a":2}'),
);
const oddHeaders = fc.record(
  {
    'x-dev-user': fc.constantFrom('alice', 'me', '', '%', '%00', 'x'.repeat(70)),
    'x-dev-role': fc.constantFrom('player', 'operator', 'admin'),
    'x-dev-wallet': fc.constantFrom('', 'x', '1'.repeat(32), '2'.repeat(200)),
    'content-type': fc.constantFrom('application/json', 'text/plain', ''),
    upgrade: fc.constantFrom('websocket', 'h2c'),
    'sec-websocket-protocol': fc.constantFrom('money-match.v1', ''),
    origin: fc.constantFrom('null', 'http://127.0.0.1:8787', '%'),
  },
  { requiredKeys: [] },
);

const headers = fc.oneof(
  fc.constantFrom<Record<string, string>>({}, { 'x-dev-role': 'operator' }),
  oddHeaders,
);

it('any request at all gets an answer or a coded problem below 500', async () => {
  const anything = fc.record({ path, query, body, headers, method: fc.constantFrom('GET', 'POST', 'PUT') });
  const nearlyRight = fc.record({
    path: fc.constantFrom(...PATHS),
    query: fc.constant(''),
    body,
    headers: fc.constant<Record<string, string>>({ 'x-dev-role': 'operator' }),
    method: fc.constant('POST'),
  });
  const request = fc.oneof(anything, nearlyRight);
  const seen = new Set<unknown>();
  await fc.assert(
    fc.asyncProperty(request, async (sent) => {
      const response = await world().request(`${sent.path}${sent.query}`, {
        method: sent.method,
        headers: { 'x-dev-user': 'alice', 'content-type': 'application/json', ...sent.headers },
        ...(sent.method === 'GET' ? {} : { body: sent.body }),
      });
      expect(response.status).toBeLessThan(500);
      seen.add(response.status < 400 ? `${sent.method} answered` : (await problemOf(response)).code);
    }),
    { numRuns: 3_000 },
  );
  // The requests went deep enough to meet all kinds of answers.
  for (const kind of ['GET answered', 'POST answered', 'unauthenticated', 'forbidden', 'invalid_request'])
    expect(seen).toContain(kind);
});
