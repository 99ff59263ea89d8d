/**
 * The steps at which a process can be cut (F17-F20): before and after each call of an object to the chain, to its keys or
 * to another object, and after each of its transactions. Between two of them nothing can be lost: it is one turn.
 */
import type { ChainPort, SignerPort } from '../../durable-objects/ports.ts';
import type { Life } from './homes.ts';

export interface Step {
  /** Name of the object. */
  readonly by: string;
  /** `before send`, `after send`, `stored`. */
  readonly what: string;
}

export type Watcher = ((step: Step) => void) | null;

/** What waits for somebody else; all other methods of the two ports are arithmetic. */
const CALLS: readonly string[] = [
  'accounts',
  'rentMinimum',
  'prepare',
  'offer',
  'countersign',
  'send',
  'status',
  'transaction',
  'finalizedHeight',
  'absence',
  'history',
  'custodyAuthority',
  'signHash',
] satisfies (keyof ChainPort | keyof SignerPort)[];

interface Caller {
  readonly name: string;
  readonly life: Life;
}

/** The port as one object has it: every call is two steps, and who dies at one of them goes no further. */
export function steppedPort<Port extends object>(port: Port, caller: Caller, watcher: () => Watcher): Port {
  return new Proxy(port, {
    get: (target, member) => {
      const value: unknown = Reflect.get(target, member);
      if (typeof value !== 'function') return value;
      const run = (...args: readonly unknown[]): unknown => Reflect.apply(value, target, args);
      if (!CALLS.includes(String(member))) return run;
      return (...args: readonly unknown[]) =>
        steps(String(member), async () => run(...args), caller, watcher);
    },
  });
}

/** Another object as one object has it. */
export function steppedPeer<Peer extends object>(peer: Peer, caller: Caller, watcher: () => Watcher): Peer {
  return new Proxy(peer, {
    get: (target, member) => {
      const value: unknown = Reflect.get(target, member);
      if (typeof value !== 'function') return value;
      return (...args: readonly unknown[]) =>
        steps(String(member), async () => Reflect.apply(value, target, args), caller, watcher);
    },
  });
}

async function steps(
  what: string,
  run: () => Promise<unknown>,
  { name, life }: Caller,
  watcher: () => Watcher,
): Promise<unknown> {
  const passes = (when: string): void => {
    watcher()?.({ by: name, what: `${when} ${what}` });
    life.check();
  };
  passes('before');
  const result = await run();
  passes('after');
  return result;
}
