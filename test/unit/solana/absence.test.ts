import { describe, expect, it } from 'vitest';
import { base58Encode } from '../../../core/index.ts';
import { createChain } from '../../../services/solana/chain.ts';
import { type Answer, type Asked, address, methods, scripted, settings, withSlot } from './fixtures.ts';

const SIGNATURE = base58Encode(new Uint8Array(64).fill(5));
const BLOCKHASH_SLOT = 500;
const ATTEMPT = { signature: SIGNATURE, blockhash: address(50), blockhashSlot: BLOCKHASH_SLOT };
const SEEN = { slot: 510, confirmations: null, err: null, confirmationStatus: 'finalized' };

interface Node {
  finalizedSlot: number;
  statusSlot: number;
  status: unknown;
  firstAvailable: number;
  /** Of the attempt's blockhash. */
  isValid?: boolean;
}

const ABSENT: Node = { finalizedSlot: 1_000, statusSlot: 1_032, status: null, firstAvailable: 0 };

function answer(node: Node, { method }: Asked): Answer {
  if (method === 'getEpochInfo') return { result: { absoluteSlot: node.finalizedSlot, blockHeight: 900 } };
  if (method === 'getSignatureStatuses') return withSlot(node.statusSlot, [node.status]);
  if (method === 'isBlockhashValid') return withSlot(node.statusSlot, node.isValid ?? false);
  return { result: node.firstAvailable };
}

function ask(nodes: Record<string, Node | 'down'>, changes: object = {}) {
  const { fetch, asked } = scripted((call) => {
    const node = nodes[call.host];
    return node === undefined || node === 'down' ? new Response('', { status: 503 }) : answer(node, call);
  });
  const absence = createChain(settings(changes), { fetch, now: Date.now }).absence(ATTEMPT);
  return absence.then((answers) => ({ answers, asked }));
}

const kinds = async (nodes: Record<string, Node | 'down'>, changes: object = {}) =>
  (await ask(nodes, changes)).answers.map(({ kind }) => kind);

const THREE = { providers: ['a', 'b', 'c'].map((name) => ({ name, url: `https://${name}.test/` })) };

describe('absence', () => {
  it('is reported for the finalized position that was read before the look-up', async () => {
    const { answers, asked } = await ask({ a: ABSENT, b: { ...ABSENT, finalizedSlot: 1_001 } });
    expect(answers).toEqual([
      { kind: 'absent', finalizedSlot: 1_000, finalizedHeight: 900 },
      { kind: 'absent', finalizedSlot: 1_001, finalizedHeight: 900 },
    ]);
    expect(methods(asked.filter(({ host }) => host === 'a'))).toEqual([
      'a:getEpochInfo',
      'a:getSignatureStatuses',
      'a:isBlockhashValid',
      'a:getFirstAvailableBlock',
    ]);
    expect(asked.find(({ method }) => method === 'getSignatureStatuses')?.params).toEqual([
      [SIGNATURE],
      { searchTransactionHistory: true },
    ]);
  });

  it('is unknown where the history begins after the blockhash', async () => {
    const pruned = { ...ABSENT, firstAvailable: BLOCKHASH_SLOT + 1 };
    expect(await kinds({ a: pruned, b: ABSENT })).toEqual(['absent', 'unknown']);
    expect(await kinds({ a: { ...ABSENT, firstAvailable: BLOCKHASH_SLOT }, b: ABSENT })).toEqual([
      'absent',
      'absent',
    ]);
  });

  it('is unknown where the look-up met a node behind the finalized position', async () => {
    expect(await kinds({ a: { ...ABSENT, statusSlot: 999 }, b: ABSENT })).toEqual(['absent', 'unknown']);
  });

  it('is none where the blockhash is still good at one of them, whatever height it was said to end at', async () => {
    const { answers, asked } = await ask({ a: ABSENT, b: { ...ABSENT, isValid: true } });
    expect(answers.map(({ kind }) => kind)).toEqual(['alive', 'absent']);
    const question = asked.find(({ method }) => method === 'isBlockhashValid');
    expect(question?.params).toEqual([ATTEMPT.blockhash, { commitment: 'processed' }]);
  });

  it('is unknown where a provider does not answer', async () => {
    const { answers } = await ask({ a: 'down', b: ABSENT });
    expect(answers.map(({ kind }) => kind)).toEqual(['absent', 'unknown']);
    expect(answers[1]).toMatchObject({ reason: 'a: unavailable: http 503' });
  });

  it('ends with the first provider that saw it, failed or not, however new its node is', async () => {
    const saw = { ...ABSENT, statusSlot: 10, status: { ...SEEN, err: 'AccountInUse' } };
    expect(await kinds({ a: ABSENT, b: saw })).toEqual(['present', 'absent']);
  });

  it('lets a third provider witness for one that is silent', async () => {
    expect(await kinds({ a: 'down', b: ABSENT, c: ABSENT }, THREE)).toEqual(['absent', 'absent']);
  });

  it('hears a third provider that saw it, though two have not', async () => {
    const saw = { ...ABSENT, status: SEEN };
    expect(await kinds({ a: ABSENT, b: ABSENT, c: saw }, THREE)).toEqual(['present', 'absent']);
  });

  it('needs one witness in development', async () => {
    const development = { development: true, absenceProviders: 1 };
    expect(await kinds({ a: ABSENT, b: ABSENT }, development)).toEqual(['absent']);
  });
});
