/** Transactions of the mirror: its instructions, then one Memo that names the action (design: section 6). */
import { type Keypair, type Message, TransactionInstruction, VersionedTransaction } from '@solana/web3.js';
import { base58Encode } from '../../core/index.ts';
import type { ObservedInstruction, TransactionPlan } from '../../durable-objects/ports.ts';
import { toBase64 } from './base64.ts';
import { SolanaError } from './errors.ts';
import type { InstructionBuilder } from './instructions.ts';
import { MEMO_PROGRAM, publicKey } from './keys.ts';
import { compileLegacy, MAX_TRANSACTION_BYTES, observedInstructions, wireSize } from './message.ts';
import { actionHashBytes, type Signers } from './signers.ts';

/** Stands in where only the shape counts: a blockhash is 32 bytes, whatever they are. */
const ANY_BLOCKHASH = '11111111111111111111111111111111';

/** The longest action is `end` with its `distribute` (design: section 4); more is a mistake of the caller. */
const MAX_PLANNED = 2;

export class TransactionBuilder {
  readonly #instructions: InstructionBuilder;

  constructor(instructions: InstructionBuilder) {
    this.#instructions = instructions;
  }

  /** Bytes on the wire, also of a transaction that is too large to be sent. Codes: those of `compile`. */
  size(plan: TransactionPlan): number {
    return wireSize(this.compile(plan, ANY_BLOCKHASH));
  }

  /** As the chain would show it. Codes: those of `compile`. */
  expected(plan: TransactionPlan): readonly ObservedInstruction[] {
    const observed = observedInstructions(this.compile(plan, ANY_BLOCKHASH));
    if (observed === null) throw new SolanaError('plan_invalid', 'the compiled message has a hole');
    return observed;
  }

  /** Codes: `plan_invalid`, `hash_invalid`, and those of `InstructionBuilder.build`. */
  compile(plan: TransactionPlan, blockhash: string): Message {
    if (plan.instructions.length === 0 || plan.instructions.length > MAX_PLANNED) {
      throw new SolanaError('plan_invalid', `${plan.instructions.length} instructions`);
    }
    // A custody signature without a join would be one that nobody can explain.
    if (plan.custodyOf !== null && !plan.instructions.some(({ kind }) => kind === 'join_match')) {
      throw new SolanaError('plan_invalid', 'custody signs joins only');
    }
    return compileLegacy(publicKey(plan.coordinator), blockhash, [
      ...plan.instructions.map((instruction) => this.#instructions.build(instruction, plan)),
      memoInstruction(base58Encode(actionHashBytes(plan.actionHash))),
    ]);
  }
}

/** The fee payer first, then the player's custody key. Codes: `unknown_coordinator`, `user_id_invalid`. */
export function signersOf(plan: TransactionPlan, signers: Signers): readonly Keypair[] {
  const coordinator = signers.coordinatorKeypair(plan.coordinator);
  return plan.custodyOf === null ? [coordinator] : [coordinator, signers.custody.keypair(plan.custodyOf)];
}

/** Signed and serialised. Code: `transaction_too_large`. */
export function signedWire(
  message: Message,
  keypairs: readonly Keypair[],
): { readonly signature: string; readonly bytes: string } {
  const size = wireSize(message);
  if (size > MAX_TRANSACTION_BYTES) throw new SolanaError('transaction_too_large', `${size} bytes`);
  const transaction = new VersionedTransaction(message);
  transaction.sign([...keypairs]);
  const [first] = transaction.signatures;
  if (first === undefined) throw new SolanaError('plan_invalid', 'nobody signs');
  return { signature: base58Encode(first), bytes: toBase64(transaction.serialize()) };
}

/** `text` as instruction data. No account signs it: the transaction's own signers already stand for it. */
export function memoInstruction(text: string): TransactionInstruction {
  const data = new TextEncoder().encode(text);
  // SAFETY: web3.js types `data` as its Buffer, but only reads it as bytes when it compiles the message.
  return new TransactionInstruction({ programId: MEMO_PROGRAM, keys: [], data: data as Buffer });
}
