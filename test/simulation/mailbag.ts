/** What the mirror gave to a provider: every signature, the bytes of it, and how far the chain was when they were sent. */
import { signatureIn } from './network.ts';
import type { Weather, World } from './world.ts';

export interface Letter {
  readonly signature: string;
  readonly wire: string;
  /** Finalized block heights at which it was sent, again and again. */
  readonly heights: number[];
}

export class Mailbag {
  readonly #world: World;
  readonly #letters = new Map<string, Letter>();

  constructor(world: World) {
    this.#world = world;
  }

  get letters(): readonly Letter[] {
    return [...this.#letters.values()];
  }

  /** Nothing of it arrives; `as`: what its sender is told. All else goes where `beside` lets it. */
  holding(as: 'lost' | 'swallowed', beside: Weather = () => 'fine'): Weather {
    return (method, params, provider) => {
      if (method !== 'sendTransaction') return beside(method, params, provider);
      const signature = signatureIn(params);
      const letter = this.#letters.get(signature) ?? { signature, wire: String(params[0]), heights: [] };
      letter.heights.push(this.#world.chain.header('finalized').height);
      this.#letters.set(signature, letter);
      return as;
    };
  }

  /** What was sent at last arrives, by whatever way: the chain takes it or not. */
  deliver({ wire }: Letter): void {
    this.#world.chain.sendTransaction(new Uint8Array(Buffer.from(wire, 'base64')), { skipPreflight: true });
  }
}
