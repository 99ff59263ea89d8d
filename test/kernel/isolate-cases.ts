/** Two isolates of one object, as they overlap for a moment at a deployment or a move (invariants: F21). */
import { expect, it } from 'vitest';
import { Bench, START } from './bench.ts';
import { ask, asked, close, timer, work } from './events.ts';
import type { WithStorage } from './storage.ts';

export function isolateCases(withStorage: WithStorage): void {
  it('Two isolates that take turns lose nothing and double nothing.', () =>
    withStorage((storage) => {
      const bench = new Bench(storage);
      const isolates = [bench.isolate(), bench.isolate(), bench.isolate()];
      for (const { kernel } of isolates) expect(kernel.isBlank).toBe(true);
      for (let turn = 0; turn < 30; turn += 1) {
        const isolate = isolates[(turn * turn) % 3];
        isolate?.kernel.commit(ask(bench, [work(`work ${turn}`)], `${turn}`), asked(`event ${turn}`));
      }
      const { kernel } = bench.isolate();
      expect(kernel.standing).toMatchObject({ seq: 30, context: { asked: 30, total: `${(29 * 30) / 2}` } });
      expect(kernel.journal.page(1, 100).entries.map(({ entry }) => JSON.parse(entry).id)).toEqual(
        Array.from({ length: 30 }, (_, turn) => `event ${turn}`),
      );
      expect(kernel.journal.firstBreak()).toBeNull();
      expect(storage.sql.all('SELECT count(*) AS rows FROM outbox')).toEqual([{ rows: 30 }]);
    }));

  it('The isolate that is behind re-reads before it writes, and tells its own listeners of the whole step.', () =>
    withStorage((storage) => {
      const bench = new Bench(storage);
      const [one, two] = [bench.isolate(), bench.isolate()];
      one.kernel.commit(ask(bench), { id: 'first' });
      expect(two.kernel.standing.seq).toBe(1);
      one.kernel.commit(ask(bench, [], '10'), { id: 'second' });
      one.kernel.commit(ask(bench, [], '100'), { id: 'third' });
      two.kernel.commit(ask(bench, [], '1000'), { id: 'fourth' });
      expect(two.kernel.standing).toMatchObject({ seq: 4, context: { total: '1111' } });
      expect(two.committed.map(({ before, after }) => [before.seq, after.seq])).toEqual([[1, 4]]);
    }));

  it('What the other isolate answered is repeated, what it ended is refused, and neither writes.', () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      const [one, two] = [bench.isolate(), bench.isolate()];
      one.kernel.commit(ask(bench), { id: 'first' });
      expect(two.kernel.standing.seq).toBe(1);
      one.kernel.commit(ask(bench), asked('key'));
      one.kernel.commit(close(bench), { id: 'closed' });
      const stored = await bench.dump();
      expect(two.kernel.commit(ask(bench), asked('key'))).toMatchObject({
        kind: 'repeated',
        answer: { text: '{"seq":2,"total":"2"}' },
      });
      expect(two.kernel.commit(ask(bench), { id: 'other' })).toMatchObject({
        refusal: { code: 'wrong_phase' },
      });
      expect(await bench.dump()).toEqual(stored);
      // Having read it, it also shows it.
      expect(two.kernel.standing).toEqual(one.kernel.standing);
      expect(two.committed.map(({ before, after }) => [before.seq, after.seq])).toEqual([[1, 3]]);
    }));

  it('An isolate that saw the object blank does not begin it a second time.', () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      const [one, two] = [bench.isolate(), bench.isolate()];
      expect([one.kernel.isBlank, two.kernel.isBlank]).toEqual([true, true]);
      const first = one.kernel.commit(ask(bench), asked('key'));
      const before = await bench.dump();
      expect(two.kernel.commit(ask(bench), asked('key'))).toEqual({
        kind: 'repeated',
        answer: 'answer' in first ? first.answer : null,
      });
      expect(await bench.dump()).toEqual(before);
      expect(two.kernel.commit(ask(bench), asked('other'))).toMatchObject({ standing: { seq: 2 } });
      expect(one.kernel.commit(ask(bench), { id: 'third' })).toMatchObject({ standing: { seq: 3 } });
    }));

  it('A lease that one isolate holds is held against the other.', () =>
    withStorage((storage) => {
      const bench = new Bench(storage);
      const [one, two] = [bench.isolate(), bench.isolate()];
      one.kernel.commit(ask(bench, [work('a'), work('b')]), { id: 'first' });
      const first = one.kernel.outbox.lease(START, 1);
      const second = two.kernel.outbox.lease(START, 5);
      expect([first, second].map((rows) => rows.map(({ key }) => key))).toEqual([['a'], ['b']]);
      expect(two.kernel.outbox.lease(START, 5)).toEqual([]);
    }));

  it('The alarm is set for what is due, whichever isolate set it last.', () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      const [one, two] = [bench.isolate(), bench.isolate()];
      const due = START + 50_000;
      two.kernel.commit(ask(bench, [timer('expire', due)]), { id: 'first' });
      one.kernel.commit(ask(bench, [timer('expire', null)]), { id: 'second' });
      expect(await storage.alarmAt()).toBeNull();
      // The second isolate once armed for this very instant; it must not believe that it still is.
      two.kernel.commit(ask(bench, [timer('expire', due)]), { id: 'third' });
      expect(await storage.alarmAt()).toBe(due);
    }));
}
