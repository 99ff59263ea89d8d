/**
 * A story in which one object is cut off at its n-th step and comes back from its rows (F17-F20). The client is one that
 * never gives up: it asks again, under the same key, until it is answered for good by somebody who lived to say it.
 */
import type { Answer } from '../../durable-objects/wire/objects.ts';
import type { Step } from './steps.ts';
import type { World } from './world.ts';

/** What a story of one kind of action is told with. */
export interface Scene {
  readonly world: World;
  /** Names of the objects that may die: the action's owner, and whoever holds its money. */
  readonly mortals: readonly string[];
  /** From the request to the end of the action. */
  act(client: Client): Promise<void>;
  /** Exactly once on the chain, exact in ledger and purse, each action in one end state. */
  check(): Promise<void>;
}

export interface KindStory {
  readonly kind: string;
  /** Brings a world to just before the request. */
  prepare(): Promise<Scene>;
}

/** Who is cut off with the object whose step it is. */
export type Extent = 'alone' | 'with every other object';

export class Cut {
  readonly steps: Step[] = [];
  /** How many steps there were when the client had heard each of its answers. */
  readonly heard: number[] = [];
  deaths = 0;
  readonly #scene: Scene;
  readonly #at: number;
  readonly #extent: Extent;

  /** At 0 nobody dies. */
  constructor(scene: Scene, at = 0, extent: Extent = 'alone') {
    this.#scene = scene;
    this.#at = at;
    this.#extent = extent;
  }

  async play(): Promise<void> {
    const { world, mortals } = this.#scene;
    world.watcher = (step) => {
      if (!mortals.includes(step.by)) return;
      this.steps.push(step);
      if (this.steps.length === this.#at) this.#kill(step.by);
    };
    await this.#scene.act(new Client(this, world));
    world.watcher = null;
    await this.#scene.check();
  }

  #kill(name: string): void {
    this.deaths += 1;
    const { world } = this.#scene;
    if (this.#extent === 'alone') world.evict(name);
    else world.evictAll();
  }
}

export class Client {
  readonly #cut: Cut;
  readonly #world: World;

  constructor(cut: Cut, world: World) {
    this.#cut = cut;
    this.#world = world;
  }

  async insists(request: () => Promise<Answer>): Promise<void> {
    await this.#world.until(async () => {
      const answer = await this.once(request);
      return answer !== null && answer.status >= 200 && answer.status < 300 && answer.status !== 202;
    }, 'the request is answered');
    this.#cut.heard.push(this.#cut.steps.length);
  }

  /** Null where it was not heard: who died while it was asked did not answer. */
  async once(request: () => Promise<Answer>): Promise<Answer | null> {
    const { deaths } = this.#cut;
    const answer = await request().catch(() => null);
    return deaths === this.#cut.deaths ? answer : null;
  }
}

/**
 * The steps worth dying at, counted from 1: all of them, but of looks at the chain that are step for step as the one
 * before (a transaction waits 32 blocks for its finality, looked at all the time) the first only.
 */
export function pointsIn(steps: readonly Step[]): number[] {
  const looks: { readonly points: number[]; readonly text: string }[] = [];
  let look: number[] = [];
  const close = (): void => {
    const text = look.map((point) => `${steps[point - 1]?.by} ${steps[point - 1]?.what}`).join();
    looks.push({ points: look, text });
    look = [];
  };
  for (const [index, { what }] of steps.entries()) {
    if (what === 'before status') close();
    look.push(index + 1);
  }
  close();
  return looks.flatMap(({ points, text }, index) => (looks[index - 1]?.text === text ? [] : points));
}
