/** The `memo` text of getSignaturesForAddress, as Agave's `extract_and_fmt_memos` makes it. */

import type { Message } from './transaction.ts';

/** SPL Memo as deployed on mainnet: version 1, and the current one. Only their top-level instructions count. */
const MEMO_PROGRAMS: ReadonlySet<string> = new Set([
  'Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo',
  'MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr',
]);

function formatMemo(data: Uint8Array): string {
  try {
    return `[${data.length}] ${new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data)}`;
  } catch {
    return `[${data.length}] (unparseable)`;
  }
}

/** `"[n] text; [m] text"`, n being the length in bytes; `null` for a transaction without memo. */
export function memoOf(message: Message): string | null {
  const memos = message.instructions
    .filter((ix) => MEMO_PROGRAMS.has(message.staticKeys[ix.programIdIndex] ?? ''))
    .map((ix) => formatMemo(ix.data));
  return memos.length === 0 ? null : memos.join('; ');
}
