/** The header by which a server says when it wants to be asked again (RFC 9110, section 10.2.3). */

/**
 * Longest wait that is honoured. A provider whose quota is used up for the day names hours; to be asked once a minute
 * costs it nothing, and a wrong or hostile header must not take it away for longer.
 */
export const MAX_RETRY_AFTER_MS = 60_000;

const SECONDS = /^\d{1,9}$/;
/** The one form that a server may send. `Date.parse` alone takes "-5" for a day in May 2001. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** Unix ms; null where there is none, or where it is in the past. Seconds or an HTTP date. */
export function retryAtOf(header: string | null, now: number): number | null {
  if (header === null) return null;
  const text = header.trim();
  const at = instantOf(text, now);
  // Also false for NaN: what names no instant asks for nothing.
  return at > now ? Math.min(at, now + MAX_RETRY_AFTER_MS) : null;
}

function instantOf(text: string, now: number): number {
  if (SECONDS.test(text)) return now + Number(text) * 1_000;
  return HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN;
}
