/**
 * Runs a command, and ends its whole process group as soon as whoever started it is gone, however that came about: a
 * killed test run or a crash must not leave a runtime behind. Started as the leader of a group of its own, with a pipe
 * as standard input that nobody writes to; it ends when its other end does.
 *
 *   node guard.ts <command> [arguments]
 */
import { spawn } from 'node:child_process';

const [command = '', ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });

// They reach the command too, as a member of the group; this process waits for its answer.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
// 0: every process of this group, this one included.
process.stdin.once('close', () => process.kill(0, 'SIGKILL')).resume();
child.once('error', () => process.exit(127));
child.once('exit', (code) => process.exit(code ?? 1));
