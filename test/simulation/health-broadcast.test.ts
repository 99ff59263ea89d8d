/** How a verdict reaches the objects: told by the shards, pulled by whoever wakes, asked anew where a copy is old. */
import { describe, expect, it } from 'vitest';
import { DirectoryDO } from '../../durable-objects/DirectoryDO.ts';
import { DIRECTORY_SHARDS } from '../../durable-objects/names.ts';
import { mirrorSettings } from '../../durable-objects/settings.ts';
import type {
  ChainStanding,
  ChainVerdict,
  HealthObject,
  MatchObject,
  PeersPort,
} from '../../durable-objects/wire/objects.ts';
import { Bench, portOf } from '../kernel/bench.ts';
import { NodeAlarm } from '../support/node-alarm.ts';
import { NodeSql } from '../support/node-sql.ts';
import { Passing } from './passing.ts';
import { create, opened } from './story.ts';

const SECOND = 1_000;

function standing(counter: number, asOf: number): ChainStanding {
  const verdict: ChainVerdict = { level: 'degraded', epoch: { generation: 1, counter }, asOf };
  return { verdict, program: null, providers: [] };
}

/** A shard on its own, whose objects are told, or are silent until their call is given up, as the host does. */
class Shard {
  now = 1_800_000_000_000;
  readonly heard: string[] = [];
  readonly silent = new Set<string>();
  inHand = 0;
  mostInHand = 0;
  /** Calls to silent objects; the host gives them up. */
  readonly #hanging: (() => void)[] = [];
  readonly #alarm: NodeAlarm;
  readonly object: DirectoryDO;

  constructor() {
    const sql = new NodeSql();
    this.#alarm = new NodeAlarm(sql);
    const match = (name: string) =>
      portOf<MatchObject>('match', {
        chainVerdict: ({ epoch }) => this.#tell(`${name} ${epoch.counter}`, this.silent.has(name)),
      });
    this.object = new DirectoryDO({
      ...new Bench({ sql, alarm: this.#alarm, alarmAt: async () => this.#alarm.at }).world,
      name: 'directory/shard-1',
      settings: mirrorSettings(),
      clock: { now: () => this.now },
      peers: portOf<PeersPort>('peers', { match, health: () => portOf<HealthObject>('health', {}) }),
    });
  }

  async attach(count: number): Promise<void> {
    for (let number = 0; number < count; number += 1)
      await this.object.attach({ name: nameOf(number), kind: 'match', active: true, seq: 1, head: '' });
  }

  get alarmAt(): number | null {
    return this.#alarm.at;
  }

  /** Fires the alarm that is due; what hangs is given up once everything else has been done. */
  async fire(): Promise<void> {
    expect(this.#alarm.take(this.now)).toBe(true);
    let isOver = false;
    const alarm = this.object.alarm().then(() => {
      isOver = true;
    });
    while (!isOver) {
      await new Promise((resolve) => setImmediate(resolve));
      this.#hanging.shift()?.();
    }
    await alarm;
  }

  async #tell(text: string, isSilent: boolean): Promise<void> {
    this.inHand += 1;
    this.mostInHand = Math.max(this.mostInHand, this.inHand);
    try {
      if (isSilent)
        await new Promise<void>((_, reject) => this.#hanging.push(() => reject(new Error('late'))));
      else await new Promise((resolve) => setImmediate(resolve));
      this.heard.push(text);
    } finally {
      this.inHand -= 1;
    }
  }
}

function nameOf(number: number): string {
  return `match/${String(number).padStart(4, '0')}`;
}

describe('a shard', () => {
  it('tells 500 objects a few at a time, though one of them is silent, and gives that one up after a bound', async () => {
    const shard = new Shard();
    await shard.attach(500);
    shard.silent.add(nameOf(3));
    await shard.object.publish(standing(1, shard.now));
    await shard.fire();
    expect(shard.heard).toHaveLength(499);
    expect(shard.mostInHand).toBe(4);
    // Told again after longer and longer, and then no more: it pulls, as everybody does before acting.
    const waits: number[] = [];
    while (shard.alarmAt !== null) {
      waits.push((shard.alarmAt - shard.now) / SECOND);
      shard.now = shard.alarmAt;
      await shard.fire();
    }
    expect(waits).toEqual([1, 2, 4, 8, 16]);
    expect(shard.heard).toHaveLength(499);
    // The next verdict is told to it like to anybody.
    shard.silent.clear();
    await shard.object.publish(standing(2, shard.now));
    await shard.fire();
    expect(shard.heard.filter((text) => text.endsWith(' 2'))).toHaveLength(500);
  });

  it('tells all others in the same alarm, however many are silent, and the silent ones once they are back', async () => {
    const shard = new Shard();
    await shard.attach(40);
    for (let number = 0; number < 12; number += 1) shard.silent.add(nameOf(number));
    await shard.object.publish(standing(1, shard.now));
    await shard.fire();
    expect(shard.heard).toHaveLength(28);
    shard.silent.delete(nameOf(5));
    shard.now += SECOND;
    await shard.fire();
    expect(shard.heard.at(-1)).toBe(`${nameOf(5)} 1`);
  });

  it('takes the newest word on the providers with the same verdict, and never an older one', async () => {
    const shard = new Shard();
    const open = [{ name: 'a', breaker: 'open', until: 9, reason: 'rate limited' }] as const;
    await shard.object.publish(standing(1, shard.now));
    await shard.object.publish({ ...standing(1, shard.now), providers: open });
    expect((await shard.object.standing()).providers).toEqual(open);
    await shard.object.publish(standing(1, shard.now - 1));
    await shard.object.publish(standing(0, shard.now + 5));
    expect(await shard.object.standing()).toEqual({ ...standing(1, shard.now), providers: open });
  });
});

describe('a copy', () => {
  it('is asked for anew once it is older than 30 s, and served as it is where nobody answers', async () => {
    const { world } = await Passing.open('a', 'b');
    const shard = world.directory(5);
    const asOf = async () => (await shard.standing()).verdict?.asOf ?? 0;
    const publishing = (lost: boolean) => {
      world.peerWeather = ({ method, from }) =>
        method === 'publish' || (lost && from.startsWith('directory') && method === 'standing')
          ? 'lost'
          : 'fine';
    };
    publishing(true);
    await world.advance(60 * SECOND);
    const old = await asOf();
    expect(world.now - old).toBeGreaterThan(30 * SECOND);
    expect(await asOf()).toBe(old);
    publishing(false);
    expect(world.now - (await asOf())).toBeLessThanOrEqual(15 * SECOND);
  });
});

describe('an object that was not told', () => {
  it('pulls the verdict when it wakes', async () => {
    const story = await opened();
    const { world, id, view } = story;
    await create(story);
    world.peerWeather = ({ method }) => (method === 'chainVerdict' ? 'lost' : 'fine');
    world.chain.freeze();
    await world.until(async () => (await world.health.view()).state === 'down', 'down');
    world.evict(world.matchName(id));
    await world.match(id).create(world.caller('alice'), {
      clientKey: '01920000-0000-7000-8000-00000000000a',
      matchId: id,
      gameType: 0,
      seed: '1',
      entryFee: '100000000',
      paymentMethod: 1,
    });
    expect((await view()).link).toBe('queued');
  });
});

describe('a monitor that has fallen silent', () => {
  it('is revived by the cron', async () => {
    const { world } = await Passing.open('a', 'b');
    // Its alarm is lost for good (F23).
    const home = world.home(world.healthName);
    home.restore({ ...home.bookmark(), alarmAt: null });
    await world.advance(120 * SECOND);
    const silent = (await world.health.view()).asOf;
    expect(world.now - silent).toBeGreaterThanOrEqual(120 * SECOND);
    await world.cron();
    await world.advance(SECOND);
    expect(world.now - (await world.health.view()).asOf).toBeLessThanOrEqual(SECOND);
  });

  it('waits for no shard: one that cannot be reached hears from it again later', async () => {
    const passing = await Passing.open('a', 'b');
    const { world } = passing;
    world.peerWeather = ({ method, to }) =>
      method === 'publish' && to === 'directory/shard-2' ? 'lost' : 'fine';
    passing.slotMs = Number.POSITIVE_INFINITY;
    await world.until(async () => (await world.health.view()).state === 'down', 'down', 90 * SECOND);
    await world.advance(SECOND);
    const levels = new Map<number, string | undefined>();
    for (let shard = 0; shard < DIRECTORY_SHARDS; shard += 1)
      if (shard !== 2) levels.set(shard, (await world.directory(shard).standing()).verdict?.level);
    expect(new Set(levels.values())).toEqual(new Set(['down']));
    world.peerWeather = () => 'fine';
    await world.advance(16 * SECOND);
    expect((await world.directory(2).standing()).verdict?.level).toBe('down');
  });
});
