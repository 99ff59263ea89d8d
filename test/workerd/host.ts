import { DurableObject } from 'cloudflare:workers';
export class BenchHost extends DurableObject {
  override async alarm(): Promise<void> {}
}
export default { fetch: () => new Response('x') };
