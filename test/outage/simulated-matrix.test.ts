/**
 * Every fault at every point of a paid match, under the virtual clock: the fault begins at the named point, lasts well
 * past the verdict, and heals. Nothing is lost, nothing is doubled, the winner is paid to the lamport.
 */
import { describe, expect, it } from 'vitest';
import {
  create,
  end,
  join,
  opened,
  type Story,
  seatsFinal,
  settledExactly,
  start,
} from '../simulation/story.ts';
import type { Weather, World } from '../simulation/world.ts';

interface Fault {
  readonly name: string;
  begin(world: World): void;
  heal(world: World): void;
}

function weather(name: string, made: Weather): Fault {
  return {
    name,
    begin: (world) => {
      world.weather = made;
    },
    heal: (world) => {
      world.weather = () => 'fine';
    },
  };
}

const faults: readonly Fault[] = [
  { name: 'frozen', begin: (world) => world.chain.freeze(), heal: (world) => world.chain.thaw() },
  weather('erring', () => 'http-500'),
  weather('unreachable', () => 'lost'),
  weather('answering with a web page', () => 'html'),
  weather('executing with the reply lost', (method) =>
    method === 'sendTransaction' ? 'reply-lost' : 'fine',
  ),
  weather('refusing to send', (method) => (method === 'sendTransaction' ? 'http-500' : 'fine')),
  weather('hiding every status', (method) => (method === 'getSignatureStatuses' ? 'http-500' : 'fine')),
];

/** Long enough for every verdict and for a blockhash to expire (150 blocks) while the chain goes on. */
const OUTAGE_MS = 20_000;

/** A request that is refused for now is made again, as a client would. */
async function insist(story: Story, request: (story: Story) => Promise<{ status: number }>): Promise<void> {
  await story.world.until(async () => (await request(story)).status === 200, 'the request is accepted');
}

const points = [
  'before create',
  'while create is in flight',
  'before the joins',
  'between the joins',
  'before start',
  'before end',
  'after end',
] as const;

async function play(story: Story, fault: Fault, point: (typeof points)[number]): Promise<void> {
  const { world } = story;
  const passing = (here: (typeof points)[number]): void => {
    if (here === point) fault.begin(world);
  };
  passing('before create');
  await create(story);
  passing('while create is in flight');
  // Played provisionally only once `create` is final (design: section 3, rule 4).
  const isEarly = point === 'before create' || point === 'while create is in flight';
  if (!isEarly)
    await world.until(async () => (await story.view()).openActions.length === 0, 'create is final');
  passing('before the joins');
  expect(await join(story, 'alice')).toMatchObject({ status: 200 });
  passing('between the joins');
  expect(await join(story, 'bob')).toMatchObject({ status: 200 });
  if (isEarly) {
    await world.advance(OUTAGE_MS);
    fault.heal(world);
  }
  passing('before start');
  await insist(story, start);
  passing('before end');
  expect(await end(story)).toMatchObject({ status: 200 });
  passing('after end');
  await world.advance(OUTAGE_MS);
  world.evictAll();
  fault.heal(world);
  await seatsFinal(story, 2);
  await settledExactly(story);
}

describe.each(faults)('while Solana is $name', (fault) => {
  it.each(points)('from %s on, nothing is lost and nothing is doubled', async (point) => {
    await play(await opened(), fault, point);
  });
});
