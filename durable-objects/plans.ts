/**
 * Transactions as the mirror decides them, before `services/solana` turns them into accounts and bytes. Plain data: no
 * key and no platform's type.
 */

/** One instruction as the mirror decided it; `services/solana` turns it into accounts and bytes. */
export type InstructionPlan =
  | {
      readonly kind: 'create_match';
      readonly matchId: string;
      readonly gameType: number;
      readonly seed: bigint;
      readonly entryFee: bigint;
      readonly paymentMethod: number;
      readonly matchType: number;
      readonly tournamentId: string | null;
    }
  | {
      readonly kind: 'join_match';
      readonly matchId: string;
      readonly userId: string;
      readonly source: StakeSource;
    }
  | { readonly kind: 'start_match'; readonly matchId: string }
  | {
      readonly kind: 'end_match';
      readonly matchId: string;
      readonly matchHash: string | null;
      readonly hotUrl: string | null;
    }
  | {
      readonly kind: 'distribute_prizes';
      readonly matchId: string;
      readonly treasury: string;
      /** In the order of the result. `deposit` is set for PLATFORM matches: the payee's deposit PDA is paid. */
      readonly winners: readonly (Payee & { readonly index: number; readonly lamports: bigint })[];
    }
  | {
      readonly kind: 'refund_escrow';
      readonly matchId: string;
      /** Needed as soon as a fee or a forfeited stake is due; null leaves its place empty. */
      readonly treasury: string | null;
      /** In the order of the list that the program is given. */
      readonly players: readonly (Payee & { readonly index: number })[];
      readonly reason: number;
      readonly abandonedIndex: number | null;
    }
  | { readonly kind: 'deposit_sol'; readonly authority: string; readonly lamports: bigint }
  | {
      readonly kind: 'withdraw_sol';
      readonly authority: string;
      readonly lamports: bigint;
      readonly treasury: string;
    }
  /** The system program's transfer: what goes from a wallet to its custody key, and back. */
  | { readonly kind: 'transfer'; readonly from: string; readonly to: string; readonly lamports: bigint };

/** Where a stake comes from: the deposit of `authority`, or the wallet itself. */
export type StakeSource =
  | { readonly kind: 'deposit'; readonly authority: string }
  | { readonly kind: 'wallet'; readonly wallet: string };

/** Whom the program pays: a wallet, or where `platform` the deposit PDA of that authority. */
export interface Payee {
  readonly payee: string;
  readonly platform: boolean;
}

/** One transaction of one action: its instructions, then a Memo instruction with base58(action hash). */
export interface TransactionPlan {
  readonly actionHash: string;
  /** Address of the key that pays the fees and signs as the match's authority: the key that created the match. */
  readonly coordinator: string;
  /** The player whose custody key signs too; `authority` is its address. */
  readonly custody: { readonly userId: string; readonly authority: string } | null;
  /** The player's own wallet, where it signs: it then pays the fees, and the coordinator signs last, on the memo. */
  readonly wallet: string | null;
  readonly instructions: readonly InstructionPlan[];
}

/** A transaction that a wallet has to sign first. Nothing of it is signed. */
export interface PreparedOffer {
  /** SHA-256 of the message, hex. */
  readonly id: string;
  readonly wallet: string;
  /** The whole wire transaction with empty signatures, base64: what a wallet is shown. */
  readonly transaction: string;
  readonly blockhash: string;
  readonly lastValidBlockHeight: number;
  readonly blockhashSlot: number;
  readonly provider: string;
}

/** Why a transaction that came back from a wallet is not taken. */
export type WalletFault = 'malformed' | 'transaction_changed' | 'signature_invalid';

/** A signed transaction, stored before it is sent. */
export interface PreparedTransaction {
  readonly signature: string;
  /** The whole wire transaction, base64. */
  readonly bytes: string;
  readonly blockhash: string;
  readonly lastValidBlockHeight: number;
  /** Slot of the answer that gave the blockhash; a history that begins later proves nothing about this attempt. */
  readonly blockhashSlot: number;
  readonly provider: string;
}
