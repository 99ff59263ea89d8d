/** Who gives way to whom (design: section 6, Owner): only what stands in its own way is overtaken. */
import { describe, expect, it } from 'vitest';
import { ChainUnavailable } from '../../../durable-objects/ports.ts';
import { elderOf, Turns } from '../../../durable-objects/submission/turns.ts';
import type { OpenAction } from '../../../machines/actions/open-action.ts';

const action = (hash: string, order: number): OpenAction => ({
  hash,
  kind: 'withdraw',
  order,
  state: 'queued',
  userId: 'alice',
  attempts: 0,
  doomed: false,
});
const ELDER = action('elder', 1);
const YOUNGER = action('younger', 2);

/** The elder one has been tried so often; null: there is no work of it. */
function elderAfter(tries: number | null, turns: Turns): OpenAction | undefined {
  const outbox = { triesOf: () => tries };
  const records = { liveOffer: () => null, isAlerted: () => false };
  // SAFETY: of the two it uses these three only.
  const known = { outbox, records, turns } as unknown as Parameters<typeof elderOf>[3];
  return elderOf(YOUNGER, [ELDER, YOUNGER], () => true, known);
}

async function tried(turns: Turns, error: Error | null): Promise<void> {
  const work = error === null ? Promise.resolve() : Promise.reject(error);
  await turns.next('elder', () => work).catch(() => {});
}

describe('the older of two actions', () => {
  it('goes first, and is overtaken once it has failed again and again', () => {
    expect(elderAfter(0, new Turns())).toBe(ELDER);
    expect(elderAfter(4, new Turns())).toBe(ELDER);
    expect(elderAfter(5, new Turns())).toBeUndefined();
    expect(elderAfter(null, new Turns())).toBeUndefined();
  });

  it('is not overtaken however often the providers had no room for it: the younger one would have got that room', async () => {
    const turns = new Turns();
    await tried(turns, new ChainUnavailable('rate_limited', 'one', 'its budget is used up'));
    expect(elderAfter(19, turns)).toBe(ELDER);
    expect(elderAfter(null, turns)).toBeUndefined();
    await tried(turns, new ChainUnavailable('malformed', 'one', 'something else'));
    expect(elderAfter(19, turns)).toBeUndefined();
  });

  it('is judged by its tries again once one of them went through', async () => {
    const turns = new Turns();
    await tried(turns, new ChainUnavailable('rate_limited', 'one', 'its budget is used up'));
    await tried(turns, null);
    expect(elderAfter(5, turns)).toBeUndefined();
  });
});
