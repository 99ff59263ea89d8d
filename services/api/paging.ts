/** Where a page begins and how long it is. */
import * as z from 'zod';
import { check } from './body.ts';
import type { Call } from './call.ts';

/** Entries of a page: at some 2 KB each, well below what one answer between objects may carry. */
const MAX_PAGE = 200;

/** Fifteen digits: exact as a number, and more than any journal will have. */
export const wholeText = z
  .string()
  .regex(/^\d{1,15}$/, 'a whole number')
  .transform(Number);
const pageQuery = z.object({
  from: wholeText.default(1),
  limit: wholeText.pipe(z.int().min(1).max(MAX_PAGE)).default(100),
});

/** Code: `invalid_request`. */
export function pageOf(call: Call): { readonly from: number; readonly limit: number } {
  return check(pageQuery, queryOf(call));
}

export function queryOf({ request }: Call): Record<string, string> {
  return Object.fromEntries(new URL(request.url).searchParams);
}
