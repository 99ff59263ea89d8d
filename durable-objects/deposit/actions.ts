/** Bodies of a deposit's own actions, sealed by the core: fields and PDAs in the order that the formats fix. */
import type { Binding } from '../../machines/deposit/context.ts';
import { isSealed, type PendingAction, sealAction } from '../../machines/pending-action.ts';
import type { ChainPort } from '../ports.ts';

export interface TransferBody {
  readonly clientKey: string;
  readonly lamports: string;
  readonly notAfter: number;
}

export function transferAction(
  chain: ChainPort,
  kind: 'deposit' | 'withdraw',
  { userId, wallet, authority }: Binding,
  { clientKey, lamports, notAfter }: TransferBody,
): PendingAction {
  return sealAction({
    v: 1,
    kind,
    cluster: chain.cluster,
    programId: chain.programId,
    user: { id: userId, wallet },
    args: { lamports },
    seeds: seedsOf(chain, authority),
    clientKey,
    notAfter,
  });
}

/** On every load: the hash is that of the content, and the address that of the seeds (design: section 6; I19). */
export function isOurs(
  chain: ChainPort,
  action: PendingAction,
  { userId, wallet, authority }: Binding,
): boolean {
  return (
    isSealed(action) &&
    action.cluster === chain.cluster &&
    action.programId === chain.programId &&
    action.user?.id === userId &&
    action.user.wallet === wallet &&
    JSON.stringify(action.seeds) === JSON.stringify(seedsOf(chain, authority))
  );
}

function seedsOf(chain: ChainPort, authority: string): PendingAction['seeds'] {
  const { name, seeds, address, bump } = chain.pda('deposit', authority);
  return [{ name, seeds: [...seeds], address, bump }];
}
