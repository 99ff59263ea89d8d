/** The page of rules names tests that exist: a case that is renamed or removed takes its row along. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const page = readFileSync(new URL('../../../docs/rules-and-tests.md', import.meta.url), 'utf8');
const named = [...page.matchAll(/`([\w/.-]+\.ts)`: "(.*?)" \|/g)].map(
  ([, file = '', name = '']) => [file.replace(/^sim\//, 'simulation/'), name] as const,
);

it('names a test in every row', () => {
  const rows = page
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (rule|fault|invariant) /.test(line));
  expect(rows.filter((row) => !/`[\w/.-]+\.ts`: ".+" \|$/.test(row))).toEqual([]);
  expect(named).toHaveLength(rows.length);
});

it.each(named)('%s has "%s"', (file, name) => {
  const source = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
  expect(source.replaceAll('\\', '')).toContain(name);
});
