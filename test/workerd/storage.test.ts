/** What only the platform's SQLite does, and why amounts are text (platform facts: A1). */
import { env, runInDurableObject } from 'cloudflare:test';
import { expect, it } from 'vitest';
import { DurableSql } from '../../services/host/storage.ts';

it('An integer beyond 2^53 comes back as another one, and a bigint does not go in at all.', () =>
  runInDurableObject(env.BENCHES.getByName('storage/integers'), (_, { storage }) => {
    const sql = new DurableSql(storage);
    sql.run('CREATE TABLE sample (amount INTEGER, digits TEXT) STRICT');
    sql.run("INSERT INTO sample VALUES (9007199254740993, '9007199254740993')");
    expect(sql.all('SELECT * FROM sample')).toEqual([
      { amount: 9_007_199_254_740_992, digits: '9007199254740993' },
    ]);
    // SAFETY: the port's type forbids it; this is about what would happen if somebody went around the type.
    const lamports = 1n as unknown as number;
    expect(() => sql.run('INSERT INTO sample (amount) VALUES (?)', lamports)).toThrow();
  }));

it('Entries of an index are written rows too: what is looked up by its key needs none.', () =>
  runInDurableObject(env.BENCHES.getByName('storage/indexes'), (_, { storage }) => {
    const sql = new DurableSql(storage);
    sql.run('CREATE TABLE plain (name TEXT PRIMARY KEY) STRICT');
    sql.run('CREATE TABLE keyed (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID');
    expect(sql.run("INSERT INTO plain VALUES ('a')")).toBe(2);
    expect(sql.run("INSERT INTO keyed VALUES ('a')")).toBe(1);
  }));

it('The platform refuses transactions in SQL: the port is the only way to one.', () =>
  runInDurableObject(env.BENCHES.getByName('storage/begin'), (_, { storage }) => {
    const sql = new DurableSql(storage);
    expect(() => sql.run('BEGIN')).toThrow();
    expect(() => sql.run('SAVEPOINT here')).toThrow();
  }));
