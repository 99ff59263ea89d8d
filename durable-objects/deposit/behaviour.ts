/** The deposit machine, as the kernel runs it. */
import type { DepositContext } from '../../machines/deposit/context.ts';
import type { DepositEvent } from '../../machines/deposit/events.ts';
import { DEPOSIT_MACHINE, depositMachine } from '../../machines/deposit/machine.ts';
import { depositVerdict } from '../../machines/deposit/rules.ts';
import type { Json } from '../../machines/effects.ts';
import { refusal } from '../../machines/refusals.ts';
import { type Behaviour, behaviour } from '../kernel/machine-port.ts';
import type { LinkState } from '../wire/views.ts';

export interface DepositValue {
  readonly money: 'active' | 'frozen';
  readonly link: LinkState;
}

export function depositValue(value: Json): DepositValue {
  // SAFETY: the deposit machine's value has exactly these two regions.
  return value as unknown as DepositValue;
}

export const depositBehaviour: Behaviour<DepositContext, DepositEvent> = behaviour(
  DEPOSIT_MACHINE,
  depositMachine,
  (state, event) => {
    const reason = depositVerdict(state.context, event);
    return (
      reason ?? refusal(depositValue(state.value).money === 'frozen' ? 'deposit_frozen' : 'event_ignored')
    );
  },
);
