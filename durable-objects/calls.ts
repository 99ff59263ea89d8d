/**
 * Every instruction that a transaction ran, in the order of running: a program of anybody's may call the money program, and
 * what it does then is as true as what the transaction names itself.
 */
import type { InstructionPlace } from '../machines/match/events.ts';
import type { ObservedInstruction, ObservedTransaction } from './ports.ts';

export interface Call {
  /** As a fact's token spells it. */
  readonly place: InstructionPlace;
  readonly instruction: ObservedInstruction;
}

/** A program may not call itself through another: what runs within an instruction runs after it began, and before the next. */
export function callsIn({
  instructions,
  inner,
}: Pick<ObservedTransaction, 'instructions' | 'inner'>): Call[] {
  return instructions.flatMap((instruction, top) => [
    { place: top, instruction },
    ...inner
      .filter(({ of }) => of === top)
      .flatMap((within) => within.instructions)
      .map((called, k): Call => ({ place: `${top}.${k}`, instruction: called })),
  ]);
}
