/** One commit: what is written, in what form, and that nothing of it can be changed unseen. */
import { expect, it } from 'vitest';
import { journalGenesis, journalHash } from '../../core/index.ts';
import { Bench, NAME, START } from './bench.ts';
import { ask, asked, close, everyEffect, sampleAction, sampleAttempt } from './events.ts';
import type { WithStorage } from './storage.ts';

export function commitCases(withStorage: WithStorage): void {
  it('A committed event appends one journal entry that the core hashes onto the head before it.', () =>
    withStorage((storage) => {
      const bench = new Bench(storage);
      const { kernel } = bench.isolate();
      expect(kernel.isBlank).toBe(true);
      kernel.commit(ask(bench), { id: 'first' });
      const { head } = kernel.standing;
      bench.clock.advance(5);
      kernel.commit(close(bench), { id: 'second' });
      const page = kernel.journal.page(1, 10);
      const entry = JSON.stringify({
        seq: 2,
        at: START + 5,
        id: 'second',
        event: { type: 'close', at: START + 5 },
        from: 'open',
        to: 'closed',
      });
      expect(page.entries.map(({ seq }) => seq)).toEqual([1, 2]);
      expect(page.entries[1]).toEqual({ seq: 2, entry, hash: journalHash(head, entry) });
      expect(kernel.standing.head).toBe(page.head);
    }));

  it("The chain begins at the object's name and the numbers have no gap.", () =>
    withStorage((storage) => {
      const bench = new Bench(storage);
      const { kernel } = bench.isolate();
      for (let count = 1; count <= 7; count += 1) kernel.commit(ask(bench), { id: `event ${count}` });
      const { genesis, entries, head } = kernel.journal.page(1, 100);
      expect(genesis).toBe(journalGenesis(NAME));
      expect(genesis).not.toBe(journalGenesis('bench/two'));
      expect(entries.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
      const chained = entries.reduce((before, { entry }) => journalHash(before, entry), genesis);
      expect(head).toBe(chained);
      expect(kernel.journal.firstBreak()).toBeNull();
    }));

  it('A commit swaps the state, tells of it once, and a new isolate wakes with the same.', () =>
    withStorage((storage) => {
      const bench = new Bench(storage);
      const { kernel, committed } = bench.isolate();
      const blank = kernel.standing;
      const outcome = kernel.commit(ask(bench, [], '18446744073709551615'), { id: 'first' });
      expect(outcome.kind).toBe('committed');
      expect(kernel.standing).toMatchObject({ seq: 1, value: 'open', context: { asked: 1 } });
      expect(kernel.standing.context.total).toBe('18446744073709551615');
      expect(committed).toEqual([{ before: blank, after: kernel.standing }]);
      expect(bench.isolate().kernel.standing).toEqual(kernel.standing);
    }));

  it('Every effect that a machine can ask for becomes its row.', () =>
    withStorage((storage) => {
      const bench = new Bench(storage);
      const { kernel } = bench.isolate();
      kernel.commit(ask(bench), asked('first'));
      kernel.commit(ask(bench, everyEffect(START, 'first')), { id: 'second' });
      const all = (sql: string) => storage.sql.all(sql);
      expect(all('SELECT hash, kind, state, detail, signer, signature FROM action')).toEqual([
        {
          hash: sampleAction.hash,
          kind: 'start',
          state: 'signed',
          detail: 'once',
          signer: 'coordinator',
          signature: 'over the hash',
        },
      ]);
      expect(kernel.records.action(sampleAction.hash)).toEqual(sampleAction);
      expect(kernel.records.liveAttempt(sampleAction.hash)).toEqual({
        ...sampleAttempt,
        state: 'sent',
        detail: null,
      });
      expect(kernel.records.holdState(sampleAction.hash)).toBe('open');
      expect(kernel.records.postings()).toEqual([{ account: 'available', delta: '18446744073709551615' }]);
      expect(all('SELECT kind, class, entity, detail, at FROM finding ORDER BY line')).toEqual([
        { kind: 'break', class: 'surplus', entity: 'escrow', detail: 'one too many', at: START },
        {
          kind: 'review',
          class: 'manual',
          entity: sampleAction.hash,
          detail: 'a person is asked',
          at: START,
        },
      ]);
      expect(kernel.records.alerts()).toMatchObject([{ id: 'surplus|escrow', message: 'look', at: START }]);
      expect(kernel.answers.read('first')).toEqual({ status: 200, text: '{"done":true}' });
      expect(all('SELECT key, task, due FROM outbox ORDER BY key')).toEqual([
        { key: 'alert:surplus|escrow', task: 'alert', due: START },
        { key: 'drive:a', task: 'drive', due: START + 5_000 },
        { key: 'hold:a', task: 'hold', due: START },
      ]);
      expect(all('SELECT name, due, event FROM timer')).toEqual([
        { name: 'expire:a', due: START + 9_000, event: '{"type":"close"}' },
      ]);
    }));

  it('A second alert of the same class and entity is counted on the one open alert.', () =>
    withStorage((storage) => {
      const bench = new Bench(storage);
      const { kernel } = bench.isolate();
      const alert = (message: string) =>
        ({
          type: 'record',
          row: 'alert',
          class: 'surplus',
          entity: 'escrow',
          severity: 'warning',
          message,
        }) as const;
      kernel.commit(ask(bench, [alert('one')]), { id: 'first' });
      kernel.commit(ask(bench, [alert('two')]), { id: 'second' });
      expect(storage.sql.all('SELECT message, times FROM alert')).toEqual([{ message: 'two', times: 2 }]);
    }));

  it('The first changed bit of any entry, and any changed hash, is found at that entry.', () =>
    withStorage((storage) => {
      const bench = new Bench(storage);
      const { kernel } = bench.isolate();
      for (let count = 1; count <= 4; count += 1) kernel.commit(ask(bench), { id: `event ${count}` });
      for (const { seq, entry, hash } of kernel.journal.page(1, 10).entries) {
        for (const at of [0, Math.floor(entry.length / 2), entry.length - 1]) {
          storage.sql.run('UPDATE journal SET entry = ? WHERE seq = ?', flipped(entry, at), seq);
          expect(kernel.journal.firstBreak()).toBe(seq);
        }
        storage.sql.run('UPDATE journal SET entry = ?, hash = ? WHERE seq = ?', entry, flipped(hash, 9), seq);
        expect(kernel.journal.firstBreak()).toBe(seq);
        storage.sql.run('UPDATE journal SET hash = ? WHERE seq = ?', hash, seq);
        expect(kernel.journal.firstBreak()).toBeNull();
      }
    }));

  it('An entry that was taken out of the journal is found where it is missing.', () =>
    withStorage((storage) => {
      const bench = new Bench(storage);
      const { kernel } = bench.isolate();
      for (let count = 1; count <= 5; count += 1) kernel.commit(ask(bench), { id: `event ${count}` });
      storage.sql.run('DELETE FROM journal WHERE seq = 3');
      expect(kernel.journal.firstBreak()).toBe(3);
      storage.sql.run('UPDATE journal SET seq = seq - 1 WHERE seq = 4');
      expect(kernel.journal.firstBreak()).toBe(3);
    }));

  it('A gap in the numbers is found also where the chain of hashes is whole.', () =>
    withStorage((storage) => {
      const bench = new Bench(storage);
      const { kernel } = bench.isolate();
      for (let count = 1; count <= 3; count += 1) kernel.commit(ask(bench), { id: `event ${count}` });
      storage.sql.run('UPDATE journal SET seq = 4 WHERE seq = 3');
      expect(kernel.journal.firstBreak()).toBe(3);
    }));

  it('A journal longer than a page is read and checked to its end.', () =>
    withStorage((storage) => {
      const bench = new Bench(storage);
      const { kernel } = bench.isolate();
      for (let count = 1; count <= 502; count += 1) kernel.commit(ask(bench), { id: `event ${count}` });
      expect(kernel.journal.page(1, 10_000).entries).toHaveLength(500);
      expect(kernel.journal.page(501, 10_000).entries.map(({ seq }) => seq)).toEqual([501, 502]);
      expect(kernel.journal.page(-5, -5).entries.map(({ seq }) => seq)).toEqual([1]);
      expect(kernel.journal.firstBreak()).toBeNull();
      storage.sql.run("UPDATE journal SET entry = entry || ' ' WHERE seq = 502");
      expect(kernel.journal.firstBreak()).toBe(502);
    }));

  it('A fault of the machine changes nothing, and the object goes on.', () =>
    withStorage(async (storage) => {
      const bench = new Bench(storage);
      const { kernel } = bench.isolate();
      kernel.commit(ask(bench), { id: 'first' });
      const before = await bench.dump();
      expect(() => kernel.commit({ type: 'fault', at: START }, asked('broken'))).toThrow(
        'a guard that throws',
      );
      expect(await bench.dump()).toEqual(before);
      expect(kernel.commit(ask(bench), { id: 'second' })).toMatchObject({ standing: { seq: 2 } });
    }));
}

/** The text with the lowest bit of one character changed. */
function flipped(text: string, at: number): string {
  const changed = String.fromCharCode(text.charCodeAt(at) ^ 1);
  return text.slice(0, at) + changed + text.slice(at + 1);
}
