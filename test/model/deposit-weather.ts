/** The verdict that follows the newest one a deposit has seen. */
import type { DepositContext } from '../../machines/deposit/context.ts';
import { type ChainEvent, type ChainLevel, chainEventType } from '../../machines/link.ts';
import { AT, epoch } from './requests.ts';

export function verdictOf({ link }: DepositContext, level: ChainLevel): ChainEvent {
  const { counter = 0, generation = 1 } = link.epoch ?? {};
  return { type: chainEventType(level), at: AT, healthEpoch: epoch(counter + 1, generation) };
}
