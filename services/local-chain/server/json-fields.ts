/** Careful looks into JSON of unknown shape: requests may be anything. */

import type { Json } from '../rpc/json.ts';

/** Wrapped, since `undefined` must mean "no JSON" and JSON has values that are falsy. */
export function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** A field of an object; what it holds has the type of JSON where the object has. */
export function field(value: Json, name: string): Json | undefined;
export function field(value: unknown, name: string): unknown;
export function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value ? Reflect.get(value, name) : undefined;
}

export function numberIn(value: unknown, name: string): number | undefined {
  const found = field(value, name);
  return typeof found === 'number' ? found : undefined;
}

/** Array.isArray alone does not recognise a read-only array. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
