/** The header by which a server says when it wants to be asked again (RFC 9110, section 10.2.3). */

/**
 * Longest wait that is honoured. A provider whose quota is used up for the day names hours; to be asked once a minute
 * costs it nothing, and a wrong or hostile header must not take it away for longer.
 */
export const MAX_RETRY_AFTER_MS = 60_000;

const SECONDS = /^\d{1,9}$/;

/** Unix ms; null where there is none, or where it is in the past. Seconds or an HTTP date. */
export function retryAtOf(header: string | null, now: number): number | null {
  if (header === null) return null;
  const text = header.trim();
  const at = SECONDS.test(text) ? now + Number(text) * 1_000 : Date.parse(text);
  // Also false for NaN: what is no date asks for nothing.
  return at > now ? Math.min(at, now + MAX_RETRY_AFTER_MS) : null;
}
