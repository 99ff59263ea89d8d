/// <reference types="@cloudflare/vitest-plugin/types" />
/** What the tests find in `env`. */
declare namespace Cloudflare {
  interface Env {
    readonly BENCHES: DurableObjectNamespace<import('./host.ts').BenchHost>;
  }
}
