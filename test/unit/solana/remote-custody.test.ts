import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { base58Encode, fromHex } from '../../../core/index.ts';
import { SignerUnavailable, type TransactionPlan } from '../../../durable-objects/ports.ts';
import { SolanaChain } from '../../../services/solana/chain.ts';
import { connect } from '../../../services/solana/connect.ts';
import { CACHED_ADDRESSES } from '../../../services/solana/custody.ts';
import { fundPlayer } from '../../../services/solana/dev-funding.ts';
import type { Fetch } from '../../../services/solana/json-rpc.ts';
import { RemoteCustody } from '../../../services/solana/remote-custody.ts';
import { ACTION_HASH, COORDINATOR, keypair, MATCH_ID, scripted, settings, withSlot } from './fixtures.ts';
import {
  addressOf,
  type Behaviour,
  honest,
  json,
  type SigningService,
  signatureOf,
  signingService,
  TOKEN,
} from './signing-service.ts';

const MESSAGE = fromHex(ACTION_HASH);
const ALICE = addressOf('alice');

let service: SigningService;
let custody: RemoteCustody;

const remote = (url: string, timeoutMs = 2_000, token = TOKEN) =>
  new RemoteCustody({ url, token, timeoutMs, fetch: (to, request) => fetch(to, request) });

beforeEach(async () => {
  service = await signingService();
  custody = remote(service.url);
});
afterEach(() => service.close());

/** Answers `/address` honestly, and `/sign` with this. */
const signsWith =
  (answer: object): Behaviour =>
  (request, response) =>
    request.path === '/v1/sign' ? json(response, answer) : honest(request, response);

const unavailable = (work: Promise<unknown>) => expect(work).rejects.toBeInstanceOf(SignerUnavailable);
const mismatch = (work: Promise<unknown>) => expect(work).rejects.toMatchObject({ code: 'custody_mismatch' });

describe('a signing service', () => {
  it('is asked in the documented form, and believed where it is honest', async () => {
    expect(await custody.address('alice')).toBe(ALICE);
    const signature = await custody.sign('alice', MESSAGE);
    expect(base58Encode(signature)).toBe(signatureOf('alice', MESSAGE));
    expect(service.heard.map(({ path, body }) => [path, body])).toEqual([
      ['/v1/address', { userId: 'alice' }],
      ['/v1/sign', { userId: 'alice', address: ALICE, message: Buffer.from(MESSAGE).toString('base64') }],
    ]);
    expect(service.heard.map(({ headers }) => headers.authorization)).toEqual(
      Array(2).fill(`Bearer ${TOKEN}`),
    );
  });

  it('is told any id that a user may have', async () => {
    const userId = '\u00fc\u{1f600}"\\/..';
    expect(await custody.address(userId)).toBe(addressOf(userId));
  });

  it('is not asked for an id that nobody can have', async () => {
    for (const userId of ['', 'a\0b', 'a\ud800', 'x'.repeat(65)]) {
      await expect(custody.sign(userId, MESSAGE)).rejects.toMatchObject({ code: 'user_id_invalid' });
    }
    expect(service.heard).toEqual([]);
  });

  it('is asked once for an address, and again only when so many others were', async () => {
    const fetch: Fetch = async (_, { body }) => {
      asked += 1;
      return Response.json({ address: addressOf(JSON.parse(body).userId) });
    };
    let asked = 0;
    const many = new RemoteCustody({ url: 'https://hsm.test', token: TOKEN, timeoutMs: 1_000, fetch });
    for (let n = 0; n < 3; n++) await many.address('alice');
    expect(asked).toBe(1);
    for (let n = 0; n < CACHED_ADDRESSES; n++) await many.address(`user-${n}`);
    await many.address('alice');
    expect(asked).toBe(CACHED_ADDRESSES + 2);
  }, 60_000);
});

describe('a signing service that does not answer is away', () => {
  it.each<[string, Behaviour]>([
    ['with an error', (_, response) => json(response, { error: 'down' }, 500)],
    ['with too many requests', (_, response) => json(response, {}, 429)],
    [
      'with another address, where the token would go',
      (_, response) => {
        response.writeHead(307, { location: 'http://127.0.0.1:1/address' }).end();
      },
    ],
    ['with nothing', (_, response) => void response.end()],
    ['with an empty answer', (_, response) => void response.writeHead(204).end()],
    ['with no JSON', (_, response) => void response.end('<html>')],
    ['with null', (_, response) => json(response, null)],
    ['with a number', (_, response) => json(response, { address: 7 })],
    ['with an address that is none', (_, response) => json(response, { address: 'O0Il' })],
    ['with bytes that are not UTF-8', (_, response) => void response.end(Buffer.from([0x22, 0xff, 0x22]))],
    [
      'and breaks off',
      (_, response) =>
        void response.writeHead(200, { 'content-length': '100' }).write('{', () => response.destroy()),
    ],
  ])('%s', async (_, behaviour) => {
    service.behave(behaviour);
    await unavailable(custody.address('alice'));
    service.behave(honest);
    expect(await custody.address('alice')).toBe(ALICE);
  });

  it('with another token', async () => {
    await unavailable(remote(service.url, 2_000, 'b'.repeat(20)).address('alice'));
  });

  it('in time, whether it is silent or drips', async () => {
    const slow = remote(service.url, 100);
    service.behave(() => {});
    await unavailable(slow.address('alice'));
    service.behave(async (_, response) => {
      response.writeHead(200);
      for (let n = 0; n < 50 && !response.destroyed; n++) {
        response.write(' ');
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    });
    const before = performance.now();
    await unavailable(slow.address('alice'));
    expect(performance.now() - before).toBeLessThan(1_000);
  });

  it('with more than two texts can be, and is not read to its end', async () => {
    let sent = 0;
    service.behave(async (_, response) => {
      response.writeHead(200);
      while (!response.destroyed && sent < 64 * 1024 * 1024) {
        sent += 65_536;
        if (!response.write(' '.repeat(65_536))) await new Promise((resolve) => setTimeout(resolve, 1));
      }
    });
    await unavailable(custody.address('alice'));
    expect(sent).toBeLessThan(32 * 1024 * 1024);
  });

  it('at all', async () => {
    const { url } = service;
    await service.close();
    await unavailable(remote(url).address('alice'));
  });

  it('while it signs', async () => {
    service.behave((request, response) =>
      request.path === '/v1/sign' ? json(response, {}, 503) : honest(request, response),
    );
    await unavailable(custody.sign('alice', MESSAGE));
  });

  it('and tells nobody its token', async () => {
    service.behave((_, response) => json(response, { error: TOKEN }, 500));
    const error = await custody.sign('alice', MESSAGE).catch((cause: unknown) => cause);
    expect(String(error)).not.toContain(TOKEN);
  });
});

describe('a signing service that lies is never believed', () => {
  it.each<[string, string]>([
    ['an address of small order', base58Encode(new Uint8Array(32))],
    ['an address off the curve', base58Encode(new Uint8Array(32).with(0, 2))],
  ])('about %s', async (_, address) => {
    service.behave((_request, response) => json(response, { address }));
    await mismatch(custody.address('alice'));
  });

  it.each<[string, object]>([
    ['by another key', { address: ALICE, signature: signatureOf('mallory', MESSAGE) }],
    ['over another message', { address: ALICE, signature: signatureOf('alice', fromHex('ff'.repeat(32))) }],
    [
      'by another key, as that key',
      { address: addressOf('mallory'), signature: signatureOf('mallory', MESSAGE) },
    ],
    ['of zeros', { address: ALICE, signature: base58Encode(new Uint8Array(64)) }],
    ['of a length that none has', { address: ALICE, signature: base58Encode(new Uint8Array(65).fill(1)) }],
  ])('with a signature %s', async (_, answer) => {
    service.behave(signsWith(answer));
    await mismatch(custody.sign('alice', MESSAGE));
  });

  it('with two first answers at the same time', async () => {
    let n = 0;
    service.behave((_, response) => json(response, { address: addressOf(`key-${n++}`) }));
    const both = await Promise.allSettled([custody.address('alice'), custody.address('alice')]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('with another address after the first, whatever it would sign with it', async () => {
    await custody.address('alice');
    service.behave(signsWith({ address: addressOf('alice-2'), signature: signatureOf('alice-2', MESSAGE) }));
    await mismatch(custody.sign('alice', MESSAGE));
    expect(await custody.address('alice')).toBe(ALICE);
  });
});

describe('the chain with a signing service', () => {
  const BLOCKHASH = keypair(50).publicKey.toBase58();
  const rpc = scripted(() => withSlot(77, { blockhash: BLOCKHASH, lastValidBlockHeight: 220 }));

  function chainOf(development = true) {
    const given = settings({
      custodySecret: undefined,
      custodySigner: { url: service.url, token: TOKEN, timeoutMs: 2_000 },
      development,
    });
    const both: Fetch = (url, request) =>
      url.startsWith(service.url) ? fetch(url, request) : rpc.fetch(url, request);
    const parts = connect(given, { fetch: both, now: Date.now });
    return { parts, chain: new SolanaChain(parts) };
  }

  const plan = (authority: string): TransactionPlan => ({
    actionHash: ACTION_HASH,
    coordinator: COORDINATOR.publicKey.toBase58(),
    custody: { userId: 'alice', authority },
    wallet: null,
    instructions: [
      { kind: 'join_match', matchId: MATCH_ID, userId: 'alice', source: { kind: 'deposit', authority } },
    ],
  });

  it('signs joins and intents with the key of the service', async () => {
    const { chain } = chainOf();
    expect(await chain.custodyAuthority('alice')).toBe(ALICE);
    const intent = await chain.signHash(ACTION_HASH, { custodyOf: 'alice' });
    expect(intent).toEqual({ signer: ALICE, signature: signatureOf('alice', MESSAGE) });
    expect(chain.verifyHash(ACTION_HASH, ALICE, intent.signature)).toBe(true);
    const { bytes } = await chain.prepare(plan(ALICE));
    const wire = Buffer.from(bytes, 'base64');
    const [count = 0] = wire;
    const message = wire.subarray(1 + 64 * count);
    expect(count).toBe(2);
    expect(base58Encode(wire.subarray(65, 129))).toBe(signatureOf('alice', message));
  });

  it('prepares nothing where the service is away, and sends nothing', async () => {
    const { chain } = chainOf();
    await chain.custodyAuthority('alice');
    service.behave((_, response) => json(response, {}, 503));
    await unavailable(chain.prepare(plan(ALICE)));
    await unavailable(chain.signHash(ACTION_HASH, { custodyOf: 'alice' }));
    expect(rpc.asked.some(({ method }) => method === 'sendTransaction')).toBe(false);
  });

  it('prepares nothing for a key that the service does not have for this user', async () => {
    const { chain } = chainOf();
    await mismatch(chain.prepare(plan(addressOf('bob'))));
  });

  it('gives no play money: the service may have real players', async () => {
    const { parts } = chainOf();
    const dev = { now: () => 0, sleep: async () => {} };
    await expect(fundPlayer(parts, dev, 'alice', 1n)).rejects.toMatchObject({ code: 'development_only' });
    expect(service.heard).toEqual([]);
  });
});
