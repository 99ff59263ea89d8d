/** The deposit machine, as the kernel runs it. */
import type { DepositContext } from '../../machines/deposit/context.ts';
import type { DepositEvent } from '../../machines/deposit/events.ts';
import { DEPOSIT_MACHINE, depositMachine } from '../../machines/deposit/machine.ts';
import { depositVerdict } from '../../machines/deposit/rules.ts';
import { fromFirst } from '../../machines/deposit/upgrades.ts';
import type { Json } from '../../machines/effects.ts';
import { refusal } from '../../machines/refusals.ts';
import { type Behaviour, behaviour } from '../kernel/machine-port.ts';
import type { DepositView, LinkState } from '../wire/views.ts';

export interface DepositValue {
  readonly money: DepositView['money'];
  readonly link: LinkState;
}

export function depositValue(value: Json): DepositValue {
  // SAFETY: the deposit machine's value has exactly these two regions.
  return value as unknown as DepositValue;
}

export const depositBehaviour: Behaviour<DepositContext, DepositEvent> = behaviour(
  DEPOSIT_MACHINE,
  depositMachine,
  (state, event) => depositVerdict(state.context, event) ?? refusal('event_ignored'),
  [fromFirst],
);
