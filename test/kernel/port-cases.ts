/** What the kernel relies on in its storage port, asked of both bindings. */
import { expect, it } from 'vitest';
import type { SqlPort } from '../../durable-objects/ports.ts';
import { START } from './bench.ts';
import type { WithStorage } from './storage.ts';

const U64_MAX = '18446744073709551615';

function tableIn(sql: SqlPort): void {
  sql.run('CREATE TABLE sample (name TEXT PRIMARY KEY, value TEXT) STRICT, WITHOUT ROWID');
}

function namesIn(sql: SqlPort): string[] {
  return sql.all<{ name: string }>('SELECT name FROM sample ORDER BY name').map(({ name }) => name);
}

export function portCases(withStorage: WithStorage): void {
  it('What throws in a transaction takes back rows, tables and the alarm.', () =>
    withStorage(async ({ sql, alarm, alarmAt }) => {
      tableIn(sql);
      alarm.set(START);
      const body = () => {
        sql.run("INSERT INTO sample (name) VALUES ('a')");
        sql.run('CREATE TABLE other (name TEXT) STRICT');
        alarm.set(START + 1);
        throw new Error('no');
      };
      expect(() => sql.transaction(body)).toThrow('no');
      expect(namesIn(sql)).toEqual([]);
      expect(sql.all("SELECT name FROM sqlite_master WHERE name = 'other'")).toEqual([]);
      expect(await alarmAt()).toBe(START);
      const clearing = () => {
        alarm.set(null);
        throw new Error('no');
      };
      expect(() => sql.transaction(clearing)).toThrow('no');
      expect(await alarmAt()).toBe(START);
    }));

  it('A transaction within another takes back only its own part.', () =>
    withStorage(async ({ sql, alarm, alarmAt }) => {
      tableIn(sql);
      const answer = sql.transaction(() => {
        sql.run("INSERT INTO sample (name) VALUES ('outer')");
        alarm.set(START);
        const inner = () => {
          sql.run("INSERT INTO sample (name) VALUES ('inner')");
          alarm.set(START + 1);
          throw new Error('no');
        };
        expect(() => sql.transaction(inner)).toThrow('no');
        sql.transaction(() => sql.run("INSERT INTO sample (name) VALUES ('second')"));
        return 'done';
      });
      expect(answer).toBe('done');
      expect(namesIn(sql)).toEqual(['outer', 'second']);
      expect(await alarmAt()).toBe(START);
    }));

  it('An async body is refused, and not even what ran before its first await is kept.', () =>
    withStorage(async ({ sql, alarm, alarmAt }) => {
      tableIn(sql);
      const body = async () => {
        sql.run("INSERT INTO sample (name) VALUES ('a')");
        alarm.set(START);
        await Promise.resolve();
      };
      expect(() => sql.transaction(body)).toThrow(expect.objectContaining({ code: 'async_transaction' }));
      await Promise.resolve();
      expect(namesIn(sql)).toEqual([]);
      expect(await alarmAt()).toBeNull();
    }));

  it('A u64 as text, a text of any kind and bytes come back as they went in.', () =>
    withStorage(({ sql }) => {
      sql.run('CREATE TABLE kept (amount TEXT, words TEXT, bytes BLOB, count INTEGER, none TEXT) STRICT');
      const words = 'é 𝄞 \u2028 \' " \\ %';
      const bytes = Uint8Array.of(0, 255, 1);
      sql.run(
        'INSERT INTO kept VALUES (?, ?, ?, ?, ?)',
        U64_MAX,
        words,
        bytes,
        Number.MAX_SAFE_INTEGER,
        null,
      );
      const [row] = sql.all('SELECT * FROM kept');
      expect(row).toEqual({ amount: U64_MAX, words, bytes, count: Number.MAX_SAFE_INTEGER, none: null });
      expect(row?.bytes).toBeInstanceOf(Uint8Array);
    }));

  it('A STRICT column takes no value of another kind.', () =>
    withStorage(({ sql }) => {
      sql.run('CREATE TABLE strict (count INTEGER NOT NULL) STRICT');
      expect(() => sql.run("INSERT INTO strict VALUES ('many')")).toThrow();
      expect(() => sql.run('INSERT INTO strict VALUES (?)', 0.5)).toThrow();
      expect(() => sql.run('INSERT INTO strict VALUES (?)', null)).toThrow();
      expect(sql.all('SELECT * FROM strict')).toEqual([]);
    }));

  it('A change answers how many rows it wrote: none for what was there, one for a replacement.', () =>
    withStorage(({ sql }) => {
      tableIn(sql);
      expect(sql.run("INSERT INTO sample VALUES ('a', '1'), ('b', '1')")).toBe(2);
      expect(sql.run("INSERT OR IGNORE INTO sample VALUES ('a', '2')")).toBe(0);
      expect(sql.run("INSERT OR REPLACE INTO sample VALUES ('a', '3')")).toBe(1);
      expect(sql.run("UPDATE sample SET value = '4' WHERE name = 'c'")).toBe(0);
      expect(sql.run("UPDATE sample SET value = '4'")).toBe(2);
      expect(sql.run("DELETE FROM sample WHERE name = 'a'")).toBe(1);
      expect(sql.run("DELETE FROM sample WHERE name = 'a'")).toBe(0);
    }));
}
