/** Which endpoint a request is for. */

import { DEFAULT_ENDPOINT, ENDPOINT_NAME } from './faults.ts';

/** Paths that are no endpoints. */
const CONTROL_PATHS: ReadonlySet<string> = new Set(['faults', 'health']);

/** The endpoint that a path names; `undefined` if it names none. */
export function endpointOf(url: string | undefined): string | undefined {
  const path = (url ?? '/').split('?')[0]?.slice(1) ?? '';
  if (path === '') return DEFAULT_ENDPOINT;
  return ENDPOINT_NAME.test(path) && !CONTROL_PATHS.has(path) ? path : undefined;
}
