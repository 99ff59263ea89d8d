/** One bundle for all stacks of a run: it takes seconds of a core to make, and would come out the same each time. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { makeMirror } from '../../../services/dev/runnable.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of it. */
    readonly bundle: string;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'money-match-bundle-'));
  await makeMirror(folder);
  project.provide('bundle', folder);
  return () => rm(folder, { recursive: true, force: true });
}
