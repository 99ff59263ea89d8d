/** The tables of a directory shard: anchors, pages of entries, and who has heard the newest verdict. */
import { expect, it } from 'vitest';
import { DirectoryStore } from '../../durable-objects/kernel/directory-store.ts';
import type { WithStorage } from './storage.ts';

const EPOCH = { generation: 2, counter: 7 };

function anchor(seq: number) {
  return { generation: 1, seq, head: `head ${seq}` };
}

export function directoryCases(withStorage: WithStorage): void {
  it('An anchor is where the object was seen last, and outlives the isolate that wrote it.', () =>
    withStorage(({ sql }) => {
      const store = new DirectoryStore(sql);
      expect(store.anchor('match/a')).toBeNull();
      store.put({ name: 'match/a', kind: 'match', active: true }, anchor(3));
      store.put({ name: 'match/a', kind: 'match', active: false }, anchor(4));
      expect(new DirectoryStore(sql).anchor('match/a')).toEqual(anchor(4));
      expect(store.list('', 9, false)).toEqual([{ name: 'match/a', kind: 'match', active: false }]);
    }));

  it('Entries are listed by name in pages, all of them or the active ones.', () =>
    withStorage(({ sql }) => {
      const store = new DirectoryStore(sql);
      for (const name of ['c', 'a', 'd', 'b']) {
        store.put({ name, kind: 'deposit', active: name !== 'b' }, anchor(1));
      }
      const names = (after: string, limit: number, activeOnly: boolean) =>
        store.list(after, limit, activeOnly).map((entry) => entry.name);
      expect(names('', 2, false)).toEqual(['a', 'b']);
      expect(names('b', 2, false)).toEqual(['c', 'd']);
      expect(names('d', 2, false)).toEqual([]);
      expect(names('', 9, true)).toEqual(['a', 'c', 'd']);
      expect(store.activeCount()).toBe(3);
    }));

  it('A verdict is told once to each active object, and a renewed entry has still heard it.', () =>
    withStorage(({ sql }) => {
      const store = new DirectoryStore(sql);
      for (const name of ['a', 'b', 'c']) {
        store.put({ name, kind: 'match', active: name !== 'c' }, anchor(1));
      }
      const untold = (epoch: typeof EPOCH) => store.untold(epoch, 9).map((entry) => entry.name);
      expect(untold(EPOCH)).toEqual(['a', 'b']);
      expect(store.untold(EPOCH, 1)).toHaveLength(1);
      store.told('a', EPOCH);
      store.put({ name: 'a', kind: 'match', active: true }, anchor(2));
      expect(untold(EPOCH)).toEqual(['b']);
      // Another generation with the same counter is another verdict.
      expect(untold({ generation: 3, counter: 7 })).toEqual(['a', 'b']);
    }));

  it('Whoever does not answer is told after all others, a bounded number of times, and afresh of the next verdict.', () =>
    withStorage(({ sql }) => {
      const store = new DirectoryStore(sql);
      for (const name of ['a', 'b', 'c']) store.put({ name, kind: 'match', active: true }, anchor(1));
      const untold = (epoch = EPOCH) => store.untold(epoch, 9).map(({ name, tries }) => `${name} ${tries}`);
      const miss = (name: string) => {
        const entry = store.untold(EPOCH, 9).find((one) => one.name === name);
        if (entry !== undefined) store.missed(entry, EPOCH);
      };
      miss('a');
      miss('a');
      miss('b');
      expect(untold()).toEqual(['c 0', 'b 1', 'a 2']);
      for (let time = 0; time < 10; time += 1) miss('a');
      expect(untold()).toEqual(['c 0', 'b 1']);
      const next = { ...EPOCH, counter: 8 };
      store.forgetMissed(next);
      expect(untold(next)).toEqual(['a 0', 'b 0', 'c 0']);
      expect(untold()).toEqual(['a 0', 'b 0', 'c 0']);
    }));

  it('What the shard keeps of the monitor is replaced, and gone again with a transaction that fails.', () =>
    withStorage(({ sql }) => {
      const store = new DirectoryStore(sql);
      expect(store.read('verdict')).toBeNull();
      store.write('verdict', 'one');
      store.write('verdict', 'two');
      const failing = () => {
        store.write('verdict', 'three');
        throw new Error('no');
      };
      expect(() => store.transaction(failing)).toThrow('no');
      expect(store.read('verdict')).toBe('two');
    }));
}
