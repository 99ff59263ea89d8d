/** What is no request, by what it is in place of: a name for the test, and the thing itself. */
import { uuidV7 } from '../../../services/console/uuid.ts';

export const LAMPORTS = '100000000';
/** A match id that nobody uses. */
export const STRANGER_ID = '11111111-2222-4333-8444-555555555555';

/** In place of lamports as decimal text. */
export const badAmounts = [
  ['a number', 100_000_000],
  ['a number beyond 2^53', 2 ** 53 + 2],
  ['a negative number', -1],
  ['a float', 0.1],
  ['null', null],
  ['true', true],
  ['a list', [LAMPORTS]],
  ['an object', { lamports: LAMPORTS }],
  ['nothing', ''],
  ['a negative text', '-100000000'],
  ['a plus sign', '+100000000'],
  ['a fraction', '100000000.0'],
  ['an exponent', '1e8'],
  ['hexadecimal', '0x5f5e100'],
  ['a leading zero', '0100000000'],
  ['spaces', ' 100000000'],
  ['a line break', '100000000\n'],
  ['separators', '100_000_000'],
  ['digits of another script', '١٠٠٠٠٠٠٠٠'],
  ['full-width digits', '１００００００００'],
  ['not a number', 'NaN'],
  ['2^64', '18446744073709551616'],
  ['a thousand digits', '9'.repeat(1_000)],
] as const;

/** Changes to a request that creates a match. */
export const badFields = [
  ['a match id in capitals', { matchId: `A${STRANGER_ID.slice(1)}` }],
  ['a match id with a line break', { matchId: `${STRANGER_ID}\n` }],
  ['a match id that is a path', { matchId: '../../../../etc/passwd' }],
  ['a game that is no number', { gameType: '0' }],
  ['a game below 0', { gameType: -1 }],
  ['a game above 255', { gameType: 256 }],
  ['half a game', { gameType: 0.5 }],
  ['a payment method as text', { paymentMethod: '1' }],
  ['a payment method that nobody knows', { paymentMethod: 2 }],
  ['no client key', { clientKey: undefined }],
  ['a client key of another version', { clientKey: crypto.randomUUID() }],
  ['a client key in capitals', { clientKey: uuidV7().toUpperCase() }],
  ['an empty client key', { clientKey: '' }],
  ['a client key that is a number', { clientKey: 7 }],
  ['a field that nobody knows', { admin: true }],
  ['a field named __proto__', JSON.parse('{"__proto__": {"admin": true}}')],
  ['a field named constructor', { constructor: { prototype: { admin: true } } }],
] as const;

/** In place of Unix ms. */
export const badTimes = [
  ['negative', -1],
  ['zero', 0],
  ['a float', Date.now() + 0.5],
  ['beyond 2^53', 2 ** 53],
  ['a date as text', '2026-11-23T00:00:00Z'],
] as const;

/** A user id is 1-64 bytes of UTF-8 without NUL (design: section 2). */
export const badUserIds = [
  ['empty', ''],
  ['holding a NUL', 'bob\0'],
  ['of 65 bytes', 'b'.repeat(65)],
  ['of 33 letters in 66 bytes', 'é'.repeat(33)],
  ['half a surrogate pair', '\ud83d'],
  ['a pair the wrong way round', '\udc00\ud83d'],
  ['a number', 7],
] as const;

/** In place of shares by rank that sum to 10,000 basis points. */
export const badResults = [
  ['no result', []],
  ['eleven ranks', Array.from({ length: 11 }, () => ({ userId: 'alice', shareBps: 1 }))],
  ['a share of 0', [{ userId: 'alice', shareBps: 0 }]],
  ['a share of more than everything', [{ userId: 'alice', shareBps: 10_001 }]],
  ['a negative share', [{ userId: 'alice', shareBps: -10_000 }]],
  ['half a basis point', [{ userId: 'alice', shareBps: 0.5 }]],
  ['an unknown field', [{ userId: 'alice', shareBps: 10_000, prize: '1' }]],
] as const;

/** In place of a JSON object. */
export const badBodies = [
  ['nothing', ''],
  ['no JSON', 'entryFee=100000000'],
  ['half of JSON', '{"entryFee":'],
  ['JSON and more', '{} {}'],
  ['a comment', '{} // thanks'],
  ['a list', '[]'],
  ['null', 'null'],
  ['a text', '"join"'],
  ['bytes that are not UTF-8', new Uint8Array([0x7b, 0xff, 0x7d])],
  ['UTF-16', new Uint8Array(Buffer.from('\ufeff{}', 'utf16le'))],
  ['eight thousand lists in each other', `${'['.repeat(8_000)}${']'.repeat(8_000)}`],
  ['two thousand objects in each other', `${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}`],
] as const;

/** In place of an identity. */
export const badHeaders = [
  ['no name', {}],
  ['an empty name', { 'x-dev-user': '' }],
  ['a name with a NUL', { 'x-dev-user': 'bob%00' }],
  ['a name of 65 bytes', { 'x-dev-user': 'b'.repeat(65) }],
  ['a name of 66 bytes in 33 letters', { 'x-dev-user': encodeURIComponent('é'.repeat(33)) }],
  ['half a surrogate pair', { 'x-dev-user': '%ED%A0%BD' }],
  ['an escape that is none', { 'x-dev-user': '%' }],
  ['a role that nobody has', { 'x-dev-user': 'bob', 'x-dev-role': 'root' }],
  ['two roles', { 'x-dev-user': 'bob', 'x-dev-role': 'player, operator' }],
] as const;

/** Sent on a live socket. */
export const badFrames = [
  ['text', 'hello?'],
  ['half of JSON', '{"type":'],
  ['a frame of another type', '{"type":"join","entryFee":"100000000"}'],
  ['a frame of the server', '{"type":"delta","seq":99,"since":1,"changes":{"money":"settled"}}'],
  ['a ping with more in it', '{"type":"ping","admin":true}'],
  ['binary', new Uint8Array(64).fill(0xff)],
  ['1 MB', 'x'.repeat(1_000_000)],
  ['a thousand objects in each other', `${'{"a":'.repeat(600)}1${'}'.repeat(600)}`],
] as const;

/** In place of a client key. */
export const badKeys = [
  ['no client key', undefined],
  ['a client key of another version', crypto.randomUUID()],
  ['a client key in capitals', uuidV7().toUpperCase()],
  ['an empty client key', ''],
  ['a client key that is a number', 7],
] as const;

/** What an operator decides, by where it goes and what is wrong with it. */
export const badReasons = [
  ['a cancellation for a reason that nobody knows', 'cancel', { reason: 'because' }],
  ['a cancellation for a number', 'cancel', { reason: 0 }],
  ['a presence that is a text', 'presence', { userId: 'dave', present: 'false' }],
  ['a presence that is a number', 'presence', { userId: 'dave', present: 1 }],
  ['a resolution that nobody knows', 'resolve', { as: 'pay me', reason: 'because' }],
  ['a resolution without a reason', 'resolve', { as: 'void', reason: ' ' }],
  ['a resolution with a novel', 'resolve', { as: 'void', reason: 'x'.repeat(501) }],
  [
    'a resolution of a deposit that nobody knows',
    '/api/v1/operator/deposits/dave/resolve',
    { as: 'void', reason: 'because' },
  ],
  [
    'a resolution of a deposit without a reason',
    '/api/v1/operator/deposits/dave/resolve',
    { as: 'drop', reason: '' },
  ],
] as const;

/** In place of a transaction in base64. */
export const badTransactions = [
  ['a number', 7],
  ['null', null],
  ['bytes', [1, 2, 3]],
  ['nothing', ''],
  ['hexadecimal with a prefix', '0x00'],
  ['base64 of URLs', 'AQ-_'],
  ['base64 with a line break', 'AQID\n'],
  ['1,234 bytes', Buffer.alloc(1_234, 1).toString('base64')],
] as const;
