/** Every step of a kind's story is a point at which a process is cut, alone and with every other object by turns. */
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Cut, type KindStory, pointsIn } from '../simulation/crash-play.ts';

/** EVERY=n plays each n-th point of every kind. */
const stride = Number(process.env.EVERY ?? 1);
/** Some hundred points of a kind, half a second each. */
const LIMIT_MS = 600_000;

export function everyCrashPointOf(stories: readonly KindStory[]): void {
  describe.each(stories)('a death in the life of a $kind', ({ prepare }) => {
    it(
      'at any step of it costs nobody anything',
      async () => {
        const clean = new Cut(await prepare());
        await clean.play();
        const points = pointsIn(clean.steps);
        expect(points.length).toBeGreaterThan(40);
        for (const [index, at] of points.entries()) {
          if (index % stride !== 0) continue;
          const extent = index % 2 === 0 ? 'alone' : 'with every other object';
          const where = `cut ${extent} at step ${at}, ${clean.steps[at - 1]?.what}`;
          const cut = new Cut(await prepare(), at, extent);
          await cut.play().catch((cause: unknown) => {
            throw new Error(where, { cause });
          });
          expect(cut.deaths, where).toBe(1);
          // A story is microtasks only, and a native SVM is freed in a task of its own: without one none ever is.
          await setImmediate();
        }
      },
      LIMIT_MS,
    );
  });
}
