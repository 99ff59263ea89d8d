import { describe, expect, it } from 'vitest';
import { opened } from './story.ts';

describe('the monitor after an outage', () => {
  it('starts its windows afresh: the failures of the outage do not make it degraded again', async () => {
    const { world } = await opened();
    const before = (await world.health.journal(1, 500)).entries.length;
    world.weather = () => 'http-500';
    await world.until(async () => (await world.health.view()).state === 'down', 'down');
    world.weather = () => 'fine';
    await world.until(async () => (await world.health.view()).state === 'healthy', 'healthy');
    const { entries } = await world.health.journal(before + 1, 500);
    const states = entries.map(({ entry }) => String(JSON.parse(entry).to));
    expect(states.slice(states.indexOf('down'))).toEqual(['down', 'recovering', 'healthy']);
  });
});
