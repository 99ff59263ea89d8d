/** Account lists of the program's instructions, in the exact order of the interface's section 4. */
import { type AccountMeta, PublicKey } from '@solana/web3.js';
import type { Payee } from '../../durable-objects/ports.ts';
import { publicKey, SYSTEM_PROGRAM } from './keys.ts';
import type { PdaTable } from './pda.ts';

/** `distribute_prizes` and `refund_escrow` always take this many payees; unused places are filled. */
export const PAYEE_PLACES = 10;

export class AccountLists {
  readonly programId: PublicKey;
  readonly #pdas: PdaTable;

  constructor(programId: string, pdas: PdaTable) {
    this.programId = publicKey(programId);
    this.#pdas = pdas;
  }

  /** Section 4.5. A free match has no escrow. */
  createMatch(matchId: string, authority: string, paid: boolean): AccountMeta[] {
    const { match, escrow } = this.#of(matchId);
    return [
      writable(match),
      readonly(this.#registry()),
      paid ? writable(escrow) : this.#none(),
      // Passed always: without it the program skips its pause and method checks (H-11).
      readonly(this.#config()),
      signer(authority, true),
      readonly(SYSTEM_PROGRAM),
    ];
  }

  /** Section 4.6, PLATFORM: the deposit pays, its authority signs, no wallet takes part. */
  joinFromDeposit(matchId: string, authority: string): AccountMeta[] {
    const { match, escrow } = this.#of(matchId);
    return [
      writable(match),
      readonly(this.#registry()),
      writable(escrow),
      writable(this.#deposit(authority)),
      this.#none(),
      readonly(this.#config()),
      signer(authority, false),
      readonly(SYSTEM_PROGRAM),
    ];
  }

  /** Section 4.6, WALLET: the player's own lamports, no deposit. */
  joinFromWallet(matchId: string, wallet: string): AccountMeta[] {
    const { match, escrow } = this.#of(matchId);
    return [
      writable(match),
      readonly(this.#registry()),
      writable(escrow),
      this.#none(),
      writable(publicKey(wallet)),
      readonly(this.#config()),
      signer(wallet, false),
      readonly(SYSTEM_PROGRAM),
    ];
  }

  /** Section 4.7. */
  startMatch(matchId: string, authority: string): AccountMeta[] {
    const { match, escrow } = this.#of(matchId);
    return [writable(match), readonly(this.#registry()), writable(escrow), signer(authority, false)];
  }

  /** Section 4.8. */
  endMatch(matchId: string, authority: string): AccountMeta[] {
    const { match, escrow } = this.#of(matchId);
    return [writable(match), readonly(escrow), signer(authority, false)];
  }

  /** Section 4.13. Not more than `PAYEE_PLACES` payees, at least one. */
  distributePrizes(matchId: string, treasury: string, payees: readonly [Payee, ...Payee[]]): AccountMeta[] {
    const { match, escrow } = this.#of(matchId);
    return [
      writable(escrow),
      readonly(match),
      readonly(this.#config()),
      writable(publicKey(treasury)),
      ...this.#payees(payees),
      readonly(SYSTEM_PROGRAM),
    ];
  }

  /** Section 4.14. As many payees as above; no treasury where nothing is due to it. */
  refundEscrow(
    matchId: string,
    treasury: string | null,
    payees: readonly [Payee, ...Payee[]],
  ): AccountMeta[] {
    const { match, escrow } = this.#of(matchId);
    return [
      writable(escrow),
      readonly(match),
      ...this.#payees(payees),
      readonly(this.#config()),
      treasury === null ? this.#none() : writable(publicKey(treasury)),
      readonly(SYSTEM_PROGRAM),
    ];
  }

  /** Section 4.11. The user pays the rent of a first deposit. */
  depositSol(user: string): AccountMeta[] {
    return [
      writable(this.#deposit(user)),
      signer(user, true),
      readonly(this.#config()),
      readonly(SYSTEM_PROGRAM),
    ];
  }

  /** Section 4.12. The treasury is passed always: without it a fee above zero is refused. */
  withdrawSol(user: string, treasury: string): AccountMeta[] {
    return [
      writable(this.#deposit(user)),
      signer(user, true),
      readonly(this.#config()),
      writable(publicKey(treasury)),
      readonly(SYSTEM_PROGRAM),
    ];
  }

  /** Sections 4.1 and 4.4: the singletons, created or changed by their authority. */
  singleton(name: 'config' | 'registry', authority: string): AccountMeta[] {
    const account = name === 'config' ? this.#config() : this.#registry();
    return [writable(account), signer(authority, true), readonly(SYSTEM_PROGRAM)];
  }

  /** Ten wallets, then ten deposits. */
  #payees(payees: readonly [Payee, ...Payee[]]): AccountMeta[] {
    const places = Array.from({ length: PAYEE_PLACES }, (_, place) => payees[place]);
    return [
      // An empty place repeats the first: a key that is in the transaction anyway costs no bytes.
      ...places.map((payee) => writable(publicKey((payee ?? payees[0]).payee))),
      ...places.map((payee) => (payee?.platform ? writable(this.#deposit(payee.payee)) : this.#none())),
    ];
  }

  #of(matchId: string): { readonly match: PublicKey; readonly escrow: PublicKey } {
    const match = this.#pdas.derive('match', matchId).address;
    return { match: new PublicKey(match), escrow: new PublicKey(this.#pdas.derive('escrow', match).address) };
  }

  #deposit(authority: string): PublicKey {
    return new PublicKey(this.#pdas.derive('deposit', authority).address);
  }

  #config(): PublicKey {
    return new PublicKey(this.#pdas.derive('config').address);
  }

  #registry(): PublicKey {
    return new PublicKey(this.#pdas.derive('registry').address);
  }

  /** An absent optional account keeps its place, with the program's own id in it (interface: section 1.4). */
  #none(): AccountMeta {
    return readonly(this.programId);
  }
}

function readonly(pubkey: PublicKey): AccountMeta {
  return { pubkey, isSigner: false, isWritable: false };
}

function writable(pubkey: PublicKey): AccountMeta {
  return { pubkey, isSigner: false, isWritable: true };
}

function signer(address: string, isWritable: boolean): AccountMeta {
  return { pubkey: publicKey(address), isSigner: true, isWritable };
}
