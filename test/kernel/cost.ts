/** What one event costs in rows written, which is what is billed (design: section 13). */
import type { SteppedStorage, Written } from './storage.ts';

export const KERNEL_ROWS = 7;
export const ALL_ROWS = 12;

/** What the kernel itself writes for any event; the others are the records that the machine asks for. */
const KERNEL_TABLES = ['journal', 'snapshot', 'answer', 'outbox', 'timer'];

export interface Cost {
  readonly event: string;
  readonly kernel: number;
  readonly all: number;
}

/** Of what was written since the last `restart`. A set alarm is a row; the tables are made once, and counted apart. */
export function costOf(event: string, { written, alarmSets }: SteppedStorage): Cost {
  const rows = written.filter((each) => !isTable(each));
  const sum = (of: readonly Written[]) => of.reduce((total, each) => total + each.rows, alarmSets);
  const kernel = rows.filter(({ statement }) => KERNEL_TABLES.includes(tableOf(statement)));
  return { event, kernel: sum(kernel), all: sum(rows) };
}

export function isTable({ statement }: Written): boolean {
  return statement.startsWith('CREATE TABLE');
}

function tableOf(statement: string): string {
  const table = /^(?:INSERT (?:OR REPLACE )?INTO|UPDATE|DELETE FROM) (\w+)/.exec(statement)?.[1];
  if (table === undefined) throw new Error(`which table does this write? ${statement}`);
  return table;
}
