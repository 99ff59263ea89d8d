/** The match program as built and vendored with this repository, ready to be put on a chain. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The program id of the interface that the mirror mirrors; `cargo xtask program` builds the ELF for it. */
export const MATCH_PROGRAM_ID = '7eWx3H8bXMif7SDyPS1j5LZw1yUGDNZY592WzEKNf696';

const VENDORED = fileURLToPath(
  new URL('../../core/match-program/artifact/match_program.so', import.meta.url),
);

export interface ChainProgram {
  readonly address: string;
  readonly elf: Uint8Array;
}

/** Where the ELF is read from: `MATCH_PROGRAM_SO`, or the vendored file. */
export function matchProgramPath(env: Readonly<Record<string, string | undefined>> = process.env): string {
  return env.MATCH_PROGRAM_SO ?? VENDORED;
}

/** Reads the match program. Throws if there is no such file. */
export function loadMatchProgram(path: string = matchProgramPath()): ChainProgram {
  return { address: MATCH_PROGRAM_ID, elf: readFileSync(path) };
}
