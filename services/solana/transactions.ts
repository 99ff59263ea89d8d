/** Transactions of the mirror: its instructions, then one Memo that names the action (design: section 6). */
import { type AccountMeta, type Message, TransactionInstruction } from '@solana/web3.js';
import { base58Encode } from '../../core/index.ts';
import type { ObservedInstruction, TransactionPlan } from '../../durable-objects/ports.ts';
import { toBase64 } from './base64.ts';
import { SolanaError } from './errors.ts';
import type { InstructionBuilder } from './instructions.ts';
import { MEMO_PROGRAM, publicKey } from './keys.ts';
import { compileLegacy, MAX_TRANSACTION_BYTES, observedInstructions, wireSize } from './message.ts';
import { checkPlan } from './plan-rules.ts';
import { actionHashBytes, type MessageSigner } from './signers.ts';
import { joinWire } from './wire.ts';

/** Stands in where only the shape counts: a blockhash is 32 bytes, whatever they are. */
const ANY_BLOCKHASH = '11111111111111111111111111111111';

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

  /** Before the network: what cannot be sent must not cost a call on every retry. Code: `transaction_too_large`. */
  checkSize(plan: TransactionPlan): void {
    const size = this.size(plan);
    if (size > MAX_TRANSACTION_BYTES) throw tooLarge(size);
  }

  /** Codes: `plan_invalid`, `hash_invalid`, and those of `InstructionBuilder.build`. */
  compile(plan: TransactionPlan, blockhash: string): Message {
    checkPlan(plan);
    const { coordinator, wallet } = plan;
    return compileLegacy(publicKey(wallet ?? coordinator), blockhash, [
      ...plan.instructions.map((instruction) => this.#instructions.build(instruction, plan)),
      // Where the wallet pays, this is all that the coordinator signs: so its key is worth nothing to the others.
      memoInstruction(base58Encode(actionHashBytes(plan.actionHash)), wallet === null ? null : coordinator),
    ]);
  }
}

/** A signature by whom it is, made elsewhere and checked there. */
export type GivenSignature = { readonly address: string; readonly signature: Uint8Array };

/**
 * Signed, in the order of the signers, and serialised. Nobody signs who is not asked for, nobody is missing. Codes:
 * `transaction_too_large`, `plan_invalid`, and those of the signers.
 */
export async function signedWire(
  message: Message,
  signers: readonly MessageSigner[],
  given: readonly GivenSignature[] = [],
): Promise<{ readonly signature: string; readonly bytes: string }> {
  const size = wireSize(message);
  if (size > MAX_TRANSACTION_BYTES) throw tooLarge(size);
  const required = message.accountKeys
    .slice(0, message.header.numRequiredSignatures)
    .map((key) => key.toBase58());
  const present = [...given, ...signers].map(({ address }) => address);
  if (present.length !== required.length || !required.every((address) => present.includes(address))) {
    throw new SolanaError('plan_invalid', `signed for by ${present.length}, required are ${required.length}`);
  }
  const bytes = message.serialize();
  const made = new Map(given.map(({ address, signature }) => [address, signature]));
  for (const signer of signers) made.set(signer.address, await signer.sign(bytes));
  const signatures = required.map((address) => made.get(address) ?? new Uint8Array());
  const [first] = signatures;
  if (first === undefined) throw new SolanaError('plan_invalid', 'nobody signs');
  return { signature: base58Encode(first), bytes: toBase64(joinWire({ signatures, message: bytes })) };
}

/** `text` as instruction data; who signs it as an account has signed the transaction for no other reason. */
export function memoInstruction(text: string, signer: string | null = null): TransactionInstruction {
  const data = new TextEncoder().encode(text);
  const keys: AccountMeta[] =
    signer === null ? [] : [{ pubkey: publicKey(signer), isSigner: true, isWritable: false }];
  // SAFETY: web3.js types `data` as its Buffer, but only reads it as bytes when it compiles the message.
  return new TransactionInstruction({ programId: MEMO_PROGRAM, keys, data: data as Buffer });
}

function tooLarge(size: number): SolanaError {
  return new SolanaError('transaction_too_large', `${size} bytes`);
}
