/** The monitor's window, held against what the objects have under way by their own rows (design: section 8). */
import { expect } from 'vitest';
import type { World } from './world.ts';

export class PermitWatch {
  /** Most that were under way at one look. */
  most = 0;
  /** Calls for a permit, granted or not. */
  asked = 0;
  readonly #world: World;
  readonly #owners: () => readonly string[];
  #window = Number.POSITIVE_INFINITY;
  #underWay = 0;

  constructor(world: World, owners: () => readonly string[]) {
    this.#world = world;
    this.#owners = owners;
    world.peerWeather = ({ method }) => {
      if (method === 'permit') this.asked += 1;
      return 'fine';
    };
  }

  /** A window that was halved by trouble takes nothing back: what is under way then only becomes less. */
  async look(): Promise<void> {
    const { level, replay } = await this.#world.health.view();
    const underWay = this.#owners().reduce((sum, name) => sum + this.#signed(name), 0);
    const hasShrunk = replay.window < this.#window;
    if (level !== 'online')
      expect(underWay).toBeLessThanOrEqual(
        hasShrunk ? Math.max(this.#underWay, replay.window) : replay.window,
      );
    this.#window = replay.window;
    this.#underWay = underWay;
    this.most = Math.max(this.most, underWay);
  }

  /** Signed, and not landed yet: what a permit is for. */
  #signed(name: string): number {
    const query = "SELECT count(*) AS signed FROM action WHERE state IN ('signed', 'sent')";
    return Number(this.#world.home(name).rows(query)[0]?.signed);
  }
}
