/** What runs on this machine because of a process, and whether it still does. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface RunningProcess {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** Every process but those that have ended and are only waiting for their parent to ask. */
async function everyProcess(): Promise<readonly RunningProcess[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,stat=,args='], { maxBuffer: 16 * 1024 * 1024 });
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, state = '', command = ''] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined || state.startsWith('Z')
      ? []
      : [{ pid: Number(pid), parent: Number(parent), command }];
  });
}

/** Children, and theirs. */
export async function descendantsOf(pid: number): Promise<readonly RunningProcess[]> {
  const all = await everyProcess();
  const found: RunningProcess[] = [];
  const parents = [pid];
  for (let parent = parents.pop(); parent !== undefined; parent = parents.pop()) {
    const children = all.filter((each) => each.parent === parent);
    found.push(...children);
    parents.push(...children.map((child) => child.pid));
  }
  return found;
}

/** Those that still run; one with the same number and another command is another process. */
export async function stillRunning(known: readonly RunningProcess[]): Promise<readonly RunningProcess[]> {
  const all = await everyProcess();
  return known.filter(({ pid, command }) => all.some((each) => each.pid === pid && each.command === command));
}
