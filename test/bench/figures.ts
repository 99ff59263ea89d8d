/** What a bench makes of its times: ratios of two things that were measured side by side, and never one alone. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';

/** One round: the same work done both ways, one right after the other. */
export interface Round {
  readonly ours: number;
  readonly beside: number;
}

export interface Comparison {
  readonly what: string;
  /** What it is held against. */
  readonly against: string;
  /** Of `ours` and `beside`: `ms`, `/s`. */
  readonly unit: string;
  readonly rounds: readonly Round[];
}

export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((left, right) => left - right);
  return { min: sorted[0] ?? Number.NaN, median: quantile(sorted, 0.5), max: sorted.at(-1) ?? Number.NaN };
}

/** The nearest rank of sorted values: a time that was really measured. */
export function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN;
}

export function percentile(values: readonly number[], part: number): number {
  return quantile(
    values.toSorted((left, right) => left - right),
    part,
  );
}

/** Markdown: one line a comparison, with the machine that it holds for. */
export function report(comparisons: readonly Comparison[]): string {
  const lines = comparisons.map(({ what, against, unit, rounds }) => {
    const [ours, beside] = [rounds.map((round) => round.ours), rounds.map((round) => round.beside)];
    const ratio = spreadOf(rounds.map((round) => round.ours / round.beside));
    const cells = [
      what,
      `${shown(spreadOf(ours).median)} ${unit}`,
      against,
      `${shown(spreadOf(beside).median)} ${unit}`,
      [ratio.min, ratio.median, ratio.max].map((value) => value.toFixed(2)).join(' / '),
      `${rounds.length}`,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '| measured | median | beside it | median | ratio: min / median / max | rounds |',
    '|---|---|---|---|---|---|',
    ...lines,
    '',
    machine(),
  ].join('\n');
}

function machine(): string {
  const all = cpus();
  const model = all[0]?.model ?? 'an unknown processor';
  return `Machine: ${all.length} x ${model}; Node ${process.versions.node}, workerd ${versionOf('workerd')}, wrangler ${versionOf('wrangler')}.`;
}

function versionOf(name: string): string {
  const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
  // SAFETY: every package's manifest has a version.
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}

function shown(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);
}
