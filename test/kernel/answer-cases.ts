/** Stored answers and refusals: who asks again is answered again, and who is refused leaves no more than an answer. */
import { expect, it } from 'vitest';
import { isSticky, refusalCodes, refusalStatus } from '../../machines/refusals.ts';
import { Bench } from './bench.ts';
import { ask, asked, close, work } from './events.ts';
import { besides, tablesOf, type WithStorage } from './storage.ts';

export function answerCases(withStorage: WithStorage): void {
  it('A repeat gets the same bytes, and writes nothing.', () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      const { kernel, committed } = bench.isolate();
      const first = kernel.commit(ask(bench, [work('a')]), asked('key'));
      kernel.commit(ask(bench), { id: 'another' });
      const before = await bench.dump();
      bench.clock.advance(1_000);
      const again = kernel.commit(ask(bench, [work('a')]), asked('key'));
      expect(first).toMatchObject({
        kind: 'committed',
        answer: { status: 200, text: '{"seq":1,"total":"1"}' },
      });
      expect(again).toEqual({ kind: 'repeated', answer: { status: 200, text: '{"seq":1,"total":"1"}' } });
      expect(await bench.dump()).toEqual(before);
      expect(committed).toHaveLength(2);
      const reborn = bench.isolate().kernel.commit(ask(bench), asked('key'));
      expect(reborn).toEqual(again);
      expect(await bench.dump()).toEqual(before);
    }));

  it('A repeat is answered also where the state no longer takes such an event.', () =>
    withStorage((storage) => {
      const bench = new Bench(storage);
      const { kernel } = bench.isolate();
      kernel.commit(ask(bench), asked('key'));
      kernel.commit(close(bench), { id: 'end' });
      expect(kernel.commit(ask(bench), asked('key'))).toMatchObject({ kind: 'repeated' });
      expect(kernel.commit(ask(bench), asked('other'))).toMatchObject({ refusal: { code: 'wrong_phase' } });
    }));

  it.each([
    ['a changed field', { amount: '2', note: null }, 'amount'],
    ['the first of two changed fields', { note: 'x', amount: '2' }, 'amount'],
    ['a missing field', { amount: '1' }, 'note'],
    ['a field too many', { amount: '1', note: null, extra: false }, 'extra'],
    ['null for a text', { amount: null, note: null }, 'amount'],
    ['a number for a text', { amount: 1, note: null }, 'amount'],
  ])('The same id with %s is a conflict that names it, and the original stands.', (_, request, field) =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      const { kernel } = bench.isolate();
      const original = { amount: '1', note: null };
      const first = kernel.commit(ask(bench), asked('key', original));
      const before = await bench.dump();
      const conflict = kernel.commit(ask(bench), asked('key', request));
      expect(conflict).toMatchObject({
        kind: 'refused',
        refusal: { code: 'idempotency_conflict', detail: field },
        answer: { status: 409 },
      });
      expect(await bench.dump()).toEqual(before);
      expect(kernel.commit(ask(bench), asked('key', original)).kind).toBe('repeated');
      expect(kernel.answers.read('key')).toEqual('answer' in first ? first.answer : null);
    }),
  );

  it('A final refusal writes its answer row and nothing else; a repeat gets the same bytes.', () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      const { kernel, committed } = bench.isolate();
      kernel.commit(ask(bench, [work('a')]), { id: 'first' });
      kernel.commit(close(bench), { id: 'second' });
      const before = await bench.dump();
      bench.stepped.restart();
      const refused = kernel.commit(ask(bench), asked('key'));
      expect(refused).toMatchObject({ kind: 'refused', refusal: { code: 'wrong_phase', detail: 'closed' } });
      expect(bench.stepped.written.map(({ rows }) => rows)).toEqual([1]);
      const after = await bench.dump();
      expect(besides(after, 'answer')).toEqual(besides(before, 'answer'));
      expect(after.tables.answer).toHaveLength(1);
      expect(committed).toHaveLength(2);
      const again = bench.isolate().kernel.commit(ask(bench), asked('key'));
      expect(again).toEqual({ kind: 'repeated', answer: 'answer' in refused ? refused.answer : null });
      const other = kernel.commit(ask(bench), asked('key', { amount: '2' }));
      expect(other).toMatchObject({ refusal: { code: 'idempotency_conflict', detail: 'amount' } });
    }));

  it('Of all refusals only the final ones of the object itself leave a trace, and that is one answer.', () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      const { kernel } = bench.isolate();
      kernel.commit(ask(bench), { id: 'first' });
      const before = await bench.dump();
      for (const code of refusalCodes) {
        const event = { type: 'refuse' as const, at: bench.clock.now(), code };
        const outcome = kernel.commit(event, asked(`key ${code}`));
        expect(outcome).toMatchObject({ kind: 'refused', answer: { status: refusalStatus(code) } });
        expect(kernel.answers.read(`key ${code}`), code).toEqual(
          isSticky(code) && 'answer' in outcome ? outcome.answer : null,
        );
      }
      const after = await bench.dump();
      expect(besides(after, 'answer')).toEqual(besides(before, 'answer'));
      expect(after.tables.answer).toHaveLength(refusalCodes.filter(isSticky).length);
    }));

  it.each([
    ['malformed', 'invalid_request'],
    ['of no known identity', 'unauthenticated'],
    ['forbidden', 'forbidden'],
    ['about an unknown match', 'match_not_found'],
    ['retryable', 'match_paused'],
    ['too fast', 'slow_down'],
    ['met by a newer release', 'snapshot_version_unknown'],
  ] as const)('A refusal of what is %s writes nothing at all.', (_, code) =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      const { kernel } = bench.isolate();
      kernel.commit(ask(bench), { id: 'first' });
      const before = await bench.dump();
      kernel.commit({ type: 'refuse', at: bench.clock.now(), code }, asked('key'));
      expect(await bench.dump()).toEqual(before);
      // So the same request may succeed later.
      expect(kernel.commit(ask(bench), asked('key')).kind).toBe('committed');
    }),
  );

  it('No refusal calls a blank object into being.', () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      const { kernel } = bench.isolate();
      for (const code of refusalCodes) {
        kernel.commit({ type: 'refuse', at: bench.clock.now(), code }, asked('key'));
      }
      expect(kernel.isBlank).toBe(true);
      expect(tablesOf(storage.sql)).toEqual([]);
      expect(await storage.alarmAt()).toBeNull();
    }));

  it('An event without a request has no answer to repeat, and leaves none.', () =>
    withStorage((storage) => {
      const bench = new Bench(storage);
      const { kernel } = bench.isolate();
      expect(kernel.commit(ask(bench), { id: 'own' })).toMatchObject({ kind: 'committed', answer: null });
      kernel.commit({ type: 'refuse', at: bench.clock.now(), code: 'match_full' }, { id: 'own' });
      expect(storage.sql.all('SELECT * FROM answer')).toEqual([]);
    }));

  it('An answer that a later event completes is what a repeat gets from then on.', () =>
    withStorage((storage) => {
      const bench = new Bench(storage);
      const { kernel } = bench.isolate();
      kernel.commit(ask(bench), asked('key'));
      kernel.commit(
        ask(bench, [{ type: 'record', row: 'answer', id: 'key', status: 409, body: { code: 'late' } }]),
        { id: 'decided' },
      );
      expect(kernel.commit(ask(bench), asked('key'))).toEqual({
        kind: 'repeated',
        answer: { status: 409, text: '{"code":"late"}' },
      });
    }));
}
