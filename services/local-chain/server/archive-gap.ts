/** An endpoint without its archive: what it knows of transactions ends some blocks before the tip. */

import { ChainError, RPC_CODE } from '../errors.ts';
import { MAX_SIGNATURES_PAGE } from '../history.ts';
import type { ChainNode } from '../node.ts';
import type { Bend } from '../rpc/handle.ts';
import type { Json } from '../rpc/json.ts';
import type { Method } from '../rpc/params.ts';
import type { MetFault } from './fault-in-force.ts';
import { field, isList, numberIn } from './json-fields.ts';

type Gap = Extract<MetFault, { kind: 'archiveGap' }>;

const MESSAGES = {
  [RPC_CODE.historyNotAvailable]: 'Transaction history is not available from this node',
  [RPC_CODE.longTermStorageUnreachable]: 'Failed to query long-term storage; please try again',
  [RPC_CODE.slotSkippedOrMissing]: 'Slot was skipped, or missing due to ledger jump to recent snapshot',
} as const;

/** Instead of an answer that would need the archive. Without a code it is answered as if there were nothing there. */
function refuse({ code }: Gap): void {
  if (code !== undefined) throw new ChainError(code, MESSAGES[code]);
}

/** Whether something that names its slot is of a block that is kept; headers forgotten are older than any gap. */
function isKept({ keepsBlocks }: Gap, chain: ChainNode, value: unknown): boolean {
  const slot = numberIn(value, 'slot');
  const header = slot === undefined ? undefined : chain.headerAt(slot);
  return header !== undefined && chain.blockHeight - header.height < keepsBlocks;
}

function transaction(gap: Gap, real: Method): Method {
  return (chain, params) => {
    const answer = real(chain, params);
    if (isKept(gap, chain, answer)) return answer;
    refuse(gap);
    return null;
  };
}

function statuses(gap: Gap, real: Method): Method {
  return (chain, params) => {
    const answer = real(chain, params);
    const value = field(answer, 'value');
    if (!isList(value)) return answer;
    const kept = value.map((status): Json => (isKept(gap, chain, status) ? status : null));
    // Only a search goes to the archive: without it, null says no more than "not lately".
    const searched = field(params[1], 'searchTransactionHistory') === true;
    if (searched && kept.includes(null)) refuse(gap);
    return { context: field(answer, 'context') ?? null, value: kept };
  };
}

/** As Agave does it, a page that is not full is filled from the archive, unless it ends where it was to end. */
function signatures(gap: Gap, real: Method): Method {
  return (chain, params) => {
    const answer = real(chain, params);
    const all = isList(answer) ? answer : [];
    const kept = all.filter((entry) => isKept(gap, chain, entry));
    const full = kept.length >= (numberIn(params[1], 'limit') ?? MAX_SIGNATURES_PAGE);
    if (!full && !endsAt(gap, chain, field(params[1], 'until'))) refuse(gap);
    return kept;
  };
}

function endsAt(gap: Gap, chain: ChainNode, until: unknown): boolean {
  return typeof until === 'string' && isKept(gap, chain, chain.getTransaction(until, 'processed'));
}

/** The oldest block kept; where none is, the one to come. */
function firstAvailable({ keepsBlocks }: Gap, real: Method): Method {
  return (chain, params) => {
    const known = numberIn({ slot: real(chain, params) }, 'slot') ?? 0;
    if (keepsBlocks === 0) return chain.slot + 1;
    return Math.max(known, blocksBelow(chain, chain.slot, keepsBlocks - 1).slot);
  };
}

/** The block so many below that of a slot, or the oldest known. */
export function blocksBelow(chain: ChainNode, slot: number, blocks: number) {
  let header = chain.headerAt(slot) ?? chain.header('processed');
  for (let i = 0; i < blocks; i += 1) {
    const parent = chain.headerAt(header.parentSlot);
    if (parent === undefined || parent.height === header.height) return header;
    header = parent;
  }
  return header;
}

export function archiveGap(gap: Gap): Bend {
  return (name, real) => {
    if (name === 'getTransaction') return transaction(gap, real);
    if (name === 'getSignatureStatuses') return statuses(gap, real);
    if (name === 'getSignaturesForAddress') return signatures(gap, real);
    const lies = gap.firstAvailable === 'lying';
    const first = name === 'getFirstAvailableBlock' || name === 'minimumLedgerSlot';
    return first && !lies ? firstAvailable(gap, real) : real;
  };
}
