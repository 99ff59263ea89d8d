/** Storage in a file, which another process could open: the object in it is the one that was left. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Bench, START } from '../../kernel/bench.ts';
import { ask, asked, everyEffect } from '../../kernel/events.ts';
import { NodeAlarm } from '../../support/node-alarm.ts';
import { NodeSql } from '../../support/node-sql.ts';

it('An object in a file is there again when the file is opened again, to the last byte.', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kernel-'));
  const path = join(folder, 'object.sqlite');
  try {
    const lives = [];
    for (const life of [1, 2]) {
      const sql = new NodeSql(path);
      const alarm = new NodeAlarm(sql);
      const bench = new Bench({ sql, alarm, alarmAt: async () => null });
      const { kernel } = bench.isolate();
      if (life === 1) kernel.commit(ask(bench, everyEffect(START, 'key')), asked('key'));
      lives.push({ standing: kernel.standing, dump: await bench.dump() });
      expect(kernel.commit(ask(bench), asked('key')).kind).toBe('repeated');
      sql.close();
    }
    expect(lives[1]).toEqual(lives[0]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('A closed storage takes nothing more.', () => {
  const sql = new NodeSql();
  sql.close();
  expect(() => sql.run('CREATE TABLE late (name TEXT)')).toThrow();
});

it('An integer that no number holds is refused, where workerd would round it.', () => {
  const sql = new NodeSql();
  sql.run('CREATE TABLE sample (amount INTEGER) STRICT');
  sql.run('INSERT INTO sample VALUES (9007199254740993)');
  expect(() => sql.all('SELECT amount FROM sample')).toThrow();
  sql.close();
});
