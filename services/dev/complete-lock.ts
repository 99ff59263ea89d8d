/**
 * `node services/dev/complete-lock.ts`: after `npm install` on a registry that carries packages of some platforms only.
 *
 * npm leaves optional packages that it could not find out of the lock file, and `npm ci` then refuses that very lock
 * (npm 11.19: a failed optional dependency stays in the tree that is compared). This names them in the lock, with the
 * version that their dependent asks for and the platform that their name says, so that `npm ci` passes wherever the
 * project is installed: packages of other platforms are skipped by it, and never asked for.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const LOCK = fileURLToPath(new URL('../../package-lock.json', import.meta.url));

interface Entry {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const OS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const CPU = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'];
/** As package names spell them, where that is not npm's own word. */
const SPELLED: Readonly<Record<string, string>> = {
  windows: 'win32',
  linuxmusl: 'linux',
  '64': 'x64',
  ppc64le: 'ppc64',
};

/** `os`, `cpu` and `libc` of a platform's package, from the words of its name; null where it names no platform. */
function platformOf(name: string): Record<string, string[]> | null {
  const words = name.split(/[/\-_.]/).map((word) => SPELLED[word] ?? word);
  const os = OS.filter((each) => words.includes(each));
  const cpu = CPU.filter((each) => words.includes(each));
  if (os.length === 0 && cpu.length === 0) return null;
  const libc = name.includes('musl') ? ['musl'] : name.includes('gnu') ? ['glibc'] : [];
  return {
    ...(os.length > 0 ? { os } : {}),
    ...(cpu.length > 0 ? { cpu } : {}),
    ...(libc.length > 0 && os.includes('linux') ? { libc } : {}),
  };
}

function complete(packages: Readonly<Record<string, Entry>>): Record<string, unknown> {
  const completed: Record<string, unknown> = { ...packages };
  for (const [location, entry] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const places = [`node_modules/${name}`, `${location}/node_modules/${name}`];
      if (places.some((place) => completed[place] !== undefined)) continue;
      const platform = platformOf(name);
      if (platform === null)
        throw new Error(`${name}, optional for ${location}, is missing and names no platform`);
      const kind = entry.dev === true ? { dev: true } : {};
      completed[`node_modules/${name}`] = { version, ...kind, optional: true, ...platform };
    }
  }
  return Object.fromEntries(Object.entries(completed).sort(([left], [right]) => (left < right ? -1 : 1)));
}

// SAFETY: a lock file of version 3, as npm writes it.
const lock = JSON.parse(readFileSync(LOCK, 'utf8')) as { packages: Record<string, Entry> };
const before = Object.keys(lock.packages).length;
const packages = complete(lock.packages);
writeFileSync(LOCK, `${JSON.stringify({ ...lock, packages }, null, 2)}\n`);
process.stdout.write(
  `${Object.keys(packages).length - before} packages of other platforms named in the lock file\n`,
);
