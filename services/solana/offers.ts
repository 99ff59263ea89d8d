/**
 * Transactions that a wallet signs first (design: section 6). The message is stored as it was offered, comes back under
 * the wallet's signature, and only then gets the custody signature and, last, the coordinator's. Whatever else comes back
 * is refused: neither key is ever put under bytes that the mirror did not make.
 */
import { Message } from '@solana/web3.js';
import { base58Decode, base58Encode, decodeInstruction, sha256, toHex } from '../../core/index.ts';
import type {
  PreparedOffer,
  PreparedTransaction,
  TransactionPlan,
  WalletFault,
} from '../../durable-objects/ports.ts';
import { toBase64 } from './base64.ts';
import { verifyByWallet } from './ed25519.ts';
import { SolanaError } from './errors.ts';
import { isTransfer } from './instructions.ts';
import { MEMO_PROGRAM, SYSTEM_PROGRAM } from './keys.ts';
import type { Signers } from './signers.ts';
import { signedWire } from './transactions.ts';
import { joinWire, SIGNATURE_BYTES, sameBytes, splitWire } from './wire.ts';

/** What a wallet is shown: nobody has signed it. */
export function offerOf(
  message: Message,
  wallet: string,
): Pick<PreparedOffer, 'id' | 'wallet' | 'transaction'> {
  const bytes = message.serialize();
  const signatures = Array.from({ length: message.header.numRequiredSignatures }, () => unsigned());
  return {
    id: toHex(sha256(bytes)),
    wallet,
    transaction: toBase64(joinWire({ signatures, message: bytes })),
  };
}

/** Other signatures in it are not looked at. Code: `offer_invalid`, where the offer itself is none. */
export function walletSignatureIn(
  offer: Pick<PreparedOffer, 'transaction' | 'wallet'>,
  returned: string,
): { readonly signature: string } | { readonly fault: WalletFault } {
  const offered = messageOf(offer);
  const wire = splitWire(returned);
  if (wire === null) return { fault: 'malformed' };
  if (!sameBytes(wire.message, offered.bytes)) return { fault: 'transaction_changed' };
  const [first] = wire.signatures;
  if (first === undefined || wire.signatures.length !== offered.message.header.numRequiredSignatures) {
    return { fault: 'malformed' };
  }
  const signature = base58Encode(first);
  const isGood = verifyByWallet(signature, offered.bytes, offer.wallet);
  return isGood ? { signature } : { fault: 'signature_invalid' };
}

/** Codes: `offer_invalid`, `signature_invalid`, `custody_mismatch`; `SignerUnavailable`. */
export async function countersigned(
  plan: Pick<TransactionPlan, 'coordinator' | 'custody'>,
  offer: PreparedOffer,
  walletSignature: string,
  { programId, signers }: { readonly programId: string; readonly signers: Signers },
): Promise<PreparedTransaction> {
  const { bytes, message } = messageOf(offer);
  if (toHex(sha256(bytes)) !== offer.id) throw invalid('another message than its id says');
  if (message.recentBlockhash !== offer.blockhash) throw invalid('another blockhash');
  checkUses(message, plan, offer.wallet, programId);
  if (!verifyByWallet(walletSignature, bytes, offer.wallet)) {
    throw new SolanaError('signature_invalid', 'not the signature of the wallet over this message');
  }
  const given = [{ address: offer.wallet, signature: base58Decode(walletSignature) }];
  const wire = await signedWire(message, await signers.of(plan), given);
  const { blockhash, lastValidBlockHeight, blockhashSlot, provider } = offer;
  return { ...wire, blockhash, lastValidBlockHeight, blockhashSlot, provider };
}

/** Unsigned, whole, and paid for by the wallet. Code: `offer_invalid`. */
function messageOf({ transaction, wallet }: Pick<PreparedOffer, 'transaction' | 'wallet'>): {
  readonly bytes: Uint8Array;
  readonly message: Message;
} {
  const wire = splitWire(transaction);
  if (wire === null) throw invalid('no transaction');
  const message = parsed(wire.message);
  if (!sameBytes(message.serialize(), wire.message)) throw invalid('not in the canonical form');
  if (wire.signatures.length !== message.header.numRequiredSignatures) throw invalid('signatures missing');
  if (!wire.signatures.every((signature) => sameBytes(signature, unsigned())))
    throw invalid('signed already');
  if (message.accountKeys[0]?.toBase58() !== wallet) throw invalid('the wallet does not pay');
  return { bytes: wire.message, message };
}

function parsed(bytes: Uint8Array): Message {
  try {
    return Message.from(bytes);
  } catch {
    throw invalid('no legacy message');
  }
}

/**
 * A signature counts for every instruction of the message. So the stored message is looked at once more, by itself: the
 * coordinator is in the memo and nowhere else, the custody key in the deposit of what the wallet gives it, and no more.
 */
function checkUses(
  message: Message,
  { coordinator, custody }: Pick<TransactionPlan, 'coordinator' | 'custody'>,
  wallet: string,
  programId: string,
): void {
  const keys = message.accountKeys.map((key) => key.toBase58());
  const coordinatorIndex = keys.indexOf(coordinator);
  if (coordinator === wallet || coordinatorIndex < 0) throw invalid('the coordinator has no part in it');
  if (message.isAccountWritable(coordinatorIndex)) throw invalid('the coordinator would pay');
  for (const { programIdIndex, accountKeyIndexes, data } of message.compiledInstructions) {
    const program = keys[programIdIndex];
    const accounts = accountKeyIndexes.map((index) => keys[index] ?? '');
    if (accounts.includes(coordinator) && program !== MEMO_PROGRAM.toBase58()) {
      throw invalid('the coordinator signs more than the memo');
    }
    if (custody === null || !accounts.includes(custody.authority)) continue;
    // The system program has other instructions: to create an account of that key would give the key away.
    const isGiven = program === SYSTEM_PROGRAM.toBase58() && accounts[0] === wallet && isTransfer(data);
    const isDeposit = program === programId && isDepositSol(data);
    if (!isGiven && !isDeposit) throw invalid('the custody key signs more than a deposit');
  }
}

function isDepositSol(data: Uint8Array): boolean {
  try {
    return decodeInstruction(data).kind === 'deposit_sol';
  } catch {
    return false;
  }
}

function unsigned(): Uint8Array {
  return new Uint8Array(SIGNATURE_BYTES);
}

function invalid(detail: string): SolanaError {
  return new SolanaError('offer_invalid', detail);
}
