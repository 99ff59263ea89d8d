/** Tells a story as it happens, and holds its facts: the first that does not hold ends it. */
import type { MatchView } from '../../durable-objects/wire/views.ts';
import { Timeline } from '../console/timeline.ts';
import { DevError } from './errors.ts';

const POLL_MS = 25;

export type Print = (line: string) => void;

export class Narrator {
  readonly #print: Print;
  readonly #startedAt = performance.now();
  #facts = 0;
  #view: MatchView | null = null;

  constructor(print: Print) {
    this.#print = print;
  }

  get facts(): number {
    return this.#facts;
  }

  /** ms since the story began. */
  get elapsed(): number {
    return performance.now() - this.#startedAt;
  }

  step(text: string): void {
    this.#line(`▸ ${text}`);
  }

  /** Code: `fact_failed`. `found` is what to look at when it does not hold. */
  fact(text: string, holds: boolean, found?: unknown): void {
    this.#line(`${holds ? '  ✓' : '  ✗'} ${text}`);
    if (!holds) throw new DevError('fact_failed', `${text}\n  found: ${print(found)}`);
    this.#facts += 1;
  }

  /** A view from the live socket: what changed is told, once. */
  see(view: MatchView): void {
    if (this.#view !== null && view.seq <= this.#view.seq) return;
    const timeline = new Timeline();
    timeline.note(this.#view, view, 0);
    for (const { text } of timeline.entries.toReversed()) this.#line(`    ${text}`);
    this.#view = view;
  }

  /** Waits until the live view is as it should be; a fact of its own. Code: `fact_failed` after `ms`. */
  async until(text: string, ms: number, holds: (view: MatchView) => boolean): Promise<MatchView> {
    return await this.eventually(
      text,
      ms,
      async () => this.#view,
      (view) => view !== null && holds(view),
    ).then((view) => view ?? Promise.reject(new DevError('fact_failed', text)));
  }

  /** The same for anything that can be asked. What fails to answer is asked again. */
  async eventually<T>(
    text: string,
    ms: number,
    ask: () => Promise<T>,
    holds: (found: T) => boolean,
  ): Promise<T> {
    let found: unknown = 'no answer';
    for (const end = performance.now() + ms; performance.now() < end; await pause(POLL_MS)) {
      const answer = await ask().then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      );
      if ('value' in answer && holds(answer.value)) {
        this.fact(text, true);
        return answer.value;
      }
      found = 'value' in answer ? answer.value : answer.error;
    }
    this.fact(`${text} (waited ${ms} ms)`, false, found);
    throw new DevError('fact_failed', text);
  }

  #line(text: string): void {
    this.#print(`${(this.elapsed / 1_000).toFixed(2).padStart(7)} s  ${text}`);
  }
}

function print(found: unknown): string {
  if (found instanceof Error) return found.message;
  return JSON.stringify(found, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}` : value), 2);
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
