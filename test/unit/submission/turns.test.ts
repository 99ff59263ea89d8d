/** Who gives way to whom (design: section 6, Owner): only what stands in its own way is overtaken. */
import { describe, expect, it } from 'vitest';
import type { Worked } from '../../../durable-objects/kernel/workbench.ts';
import { ChainUnavailable } from '../../../durable-objects/ports.ts';
import { mirrorSettings } from '../../../durable-objects/settings.ts';
import { type Queue, Turns } from '../../../durable-objects/submission/turns.ts';
import type { OpenAction } from '../../../machines/actions/open-action.ts';

const LATER: Worked = { kind: 'again', inMs: 1_000 };
const settings = mirrorSettings();

const action = (hash: string, order: number): OpenAction => ({
  hash,
  kind: 'withdraw',
  order,
  state: 'queued',
  userId: 'alice',
  attempts: 0,
  doomed: false,
});

/** An elder and a younger action; what is known of the elder changes, and who is woken is told. */
class Bench {
  tries: number | null = 0;
  state: OpenAction['state'] = 'queued';
  readonly woken: string[] = [];
  readonly turns: Turns;

  constructor() {
    const outbox = {
      triesOf: (key: string) => (key === 'drive:elder' ? this.tries : 0),
      hurry: (key: string) => this.woken.push(key) > 0,
    };
    const records = { liveOffer: () => null, isAlerted: () => false };
    const kernel = { outbox, records, settle: (change: () => void) => change() };
    this.turns = new Turns(
      { settings, clock: { now: () => 0 } },
      {
        actions: () => [{ ...action('elder', 1), state: this.state }, action('younger', 2)],
        // SAFETY: of outbox and records it uses these only.
        kernel: () => kernel as unknown as ReturnType<Queue['kernel']>,
        mayStart: () => true,
      },
    );
  }

  get isOvertaken(): boolean {
    return this.turns.wait('younger') === null;
  }

  async fails(error: Error): Promise<void> {
    await expect(this.turns.take('elder', () => Promise.reject(error))).rejects.toBe(error);
  }
}

describe('the older of two actions', () => {
  it('goes first, and is overtaken once it has failed again and again', () => {
    const bench = new Bench();
    expect(bench.turns.wait('elder')).toBeNull();
    expect(bench.isOvertaken).toBe(false);
    bench.tries = 4;
    expect(bench.isOvertaken).toBe(false);
    bench.tries = 5;
    expect(bench.isOvertaken).toBe(true);
  });

  it('is overtaken where there is no work of it', () => {
    const bench = new Bench();
    bench.tries = null;
    expect(bench.isOvertaken).toBe(true);
  });

  it('is not overtaken however often the providers had no room: the younger one would have got that room', async () => {
    const bench = new Bench();
    await bench.fails(new ChainUnavailable('rate_limited', 'one', 'its budget is used up'));
    bench.tries = 19;
    expect(bench.isOvertaken).toBe(false);
    await bench.fails(new ChainUnavailable('malformed', 'one', 'something else'));
    expect(bench.isOvertaken).toBe(true);
  });

  it('is judged by its tries again once one of them went through', async () => {
    const bench = new Bench();
    await bench.fails(new ChainUnavailable('rate_limited', 'one', 'its budget is used up'));
    await bench.turns.take('elder', async () => LATER);
    bench.tries = 5;
    expect(bench.isOvertaken).toBe(true);
  });
});

describe('the younger of two actions', () => {
  it('is not worked before its turn, and looks again only seldom', async () => {
    const { turns } = new Bench();
    const unexpected = () => Promise.reject(new Error('before its turn'));
    expect(await turns.take('younger', unexpected)).toEqual({ kind: 'again', inMs: 10 * settings.pollMs });
  });

  it('is woken once the older one is signed, and not while that only waits', async () => {
    const bench = new Bench();
    await bench.turns.take('elder', async () => LATER);
    expect(bench.woken).toEqual([]);
    await bench.turns.take('elder', async () => {
      bench.state = 'signed';
      return LATER;
    });
    expect(bench.woken).toEqual(['drive:younger']);
  });

  it('wakes nobody who was free already: two that wait for something else do not wake each other for ever', async () => {
    const bench = new Bench();
    bench.tries = 5;
    await bench.turns.take('elder', async () => LATER);
    await bench.turns.take('younger', async () => LATER);
    expect(bench.woken).toEqual([]);
  });
});
