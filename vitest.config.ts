/**
 * Tests by what they run on. `node`: pure parts, the SVM, and the whole mirror under a virtual clock. `workerd`: the
 * objects in Cloudflare's runtime with its SQLite. `e2e`: real processes over HTTP and WebSocket, three files at a time:
 * each has a chain and a runtime of its own, and mostly waits for slots.
 * `outage`: every fault under every kind of action on real processes, and `outage-virtual` the same under the virtual
 * clock, a backlog and crash points; long, so `npm run test:outage` of its own.
 */
import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

/** Of the simulation, what takes a minute by itself: it goes with the long tests, or npm test would not end in ten. */
const LONG = 'test/simulation/{flapping,random-weather,crash-points}.test.ts';
const BUNDLE = 'test/e2e/support/bundle.ts';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'node',
          environment: 'node',
          include: ['test/{unit,model,program,conformance,simulation}/**/*.test.ts'],
          exclude: [LONG],
          testTimeout: 60_000,
          // On two cores the default is one, and npm test has to end within ten minutes.
          maxWorkers: 2,
          // No file changes what another has loaded: code that is warm already takes a third less.
          isolate: false,
        },
      },
      {
        plugins: [cloudflareTest({ wrangler: { configPath: './test/workerd/wrangler.toml' } })],
        test: { name: 'workerd', include: ['test/workerd/**/*.test.ts'], testTimeout: 30_000 },
      },
      {
        test: {
          name: 'outage',
          environment: 'node',
          include: ['test/outage/{matrix*,bench}.test.ts'],
          globalSetup: BUNDLE,
          testTimeout: 120_000,
          maxWorkers: 3,
        },
      },
      {
        test: {
          name: 'outage-virtual',
          environment: 'node',
          include: ['test/outage/{backlog,crash-points-*,simulated-matrix}.test.ts', LONG],
          testTimeout: 120_000,
          maxWorkers: 2,
          // After the real processes: these take both cores whole, and what waits for a slot beside them waits too long.
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'e2e',
          environment: 'node',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: BUNDLE,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 3,
          // After what takes both cores whole.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
