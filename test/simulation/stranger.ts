/**
 * Somebody with a wallet and no part in the mirror: sends what the program takes from anyone, past the mirror, straight
 * to the chain. What a stranger cannot do is what the program itself refuses (interface: section 4).
 */
import {
  type AccountMeta,
  Keypair,
  PublicKey,
  SystemProgram,
  Transaction,
  TransactionInstruction,
} from '@solana/web3.js';
import { base58Encode, encodeInstruction, fromHex, type MoneyInstruction } from '../../core/index.ts';
import type { Payee } from '../../durable-objects/ports.ts';
import { developmentTreasury } from '../../services/solana/dev-genesis.ts';
import { memoInstruction } from '../../services/solana/transactions.ts';
import { matchId, type World } from './world.ts';

const SOL = 1_000_000_000n;

/** A player of a refund's list. */
export type Listed = Payee & { readonly index: number };

export interface Created {
  readonly entryFee?: bigint;
  /** 0 WALLET, 1 PLATFORM. */
  readonly paymentMethod?: 0 | 1;
}

interface RefundForm {
  readonly reason?: number;
  readonly abandonedIndex?: number | null;
  /** The right one where something is due to it, if not given. */
  readonly treasury?: string;
}

export class Stranger {
  readonly keys: Keypair;
  readonly #world: World;

  private constructor(world: World, keys: Keypair) {
    this.#world = world;
    this.keys = keys;
  }

  /** With money of their own, and a deposit of one SOL. */
  static async arrive(world: World, byte = 99): Promise<Stranger> {
    const stranger = new Stranger(world, Keypair.fromSeed(new Uint8Array(32).fill(byte)));
    world.chain.airdrop(stranger.address, 10n * SOL);
    await world.advance(100);
    await stranger.lands([stranger.deposit(SOL)]);
    return stranger;
  }

  get address(): string {
    return this.keys.publicKey.toBase58();
  }

  deposit(amount: bigint): TransactionInstruction {
    return this.#instruction(this.#lists.depositSol(this.address), { kind: 'deposit_sol', amount });
  }

  create(
    matchId: string,
    { entryFee = 100_000_000n, paymentMethod = 1 }: Created = {},
  ): TransactionInstruction {
    return this.#instruction(this.#lists.createMatch(matchId, this.address, true), {
      kind: 'create_match',
      matchId,
      gameType: 0,
      seed: 1n,
      entryFee,
      paymentMethod,
      matchType: 1,
      tournamentId: null,
    });
  }

  /** Out of the stranger's own deposit, under any name they like (H-15). */
  join(matchId: string, userId: string): TransactionInstruction {
    return this.#instruction(this.#lists.joinFromDeposit(matchId, this.address), {
      kind: 'join_match',
      matchId,
      userId,
    });
  }

  /** Into a WALLET match, out of the stranger's own wallet. */
  joinByWallet(matchId: string, userId: string): TransactionInstruction {
    const keys = this.#lists.joinFromDeposit(matchId, this.address);
    const own = { pubkey: this.keys.publicKey, isSigner: true, isWritable: true };
    const none = { pubkey: this.#lists.programId, isSigner: false, isWritable: false };
    return this.#instruction(keys.with(3, none).with(4, own), { kind: 'join_match', matchId, userId });
  }

  /** Of a match whose authority signs: the stranger for a match of their own, else a stolen key. */
  start(matchId: string, authority = this.address): TransactionInstruction {
    return this.#instruction(this.#lists.startMatch(matchId, authority), { kind: 'start_match', matchId });
  }

  end(matchId: string, authority = this.address): TransactionInstruction {
    const keys = this.#lists.endMatch(matchId, authority);
    return this.#instruction(keys, { kind: 'end_match', matchId, matchHash: null, hotUrl: null });
  }

  /** Nobody signs a distribution, and its payees are whom the list names (H-01). */
  distribute(
    matchId: string,
    payees: readonly [Payee, ...Payee[]],
    prizes: readonly (readonly [index: number, lamports: bigint])[],
  ): TransactionInstruction {
    const treasury = developmentTreasury().publicKey.toBase58();
    return this.#instruction(this.#lists.distributePrizes(matchId, treasury, payees), {
      kind: 'distribute_prizes',
      matchId,
      winnerIndices: prizes.map(([index]) => index),
      prizeAmounts: prizes.map(([, lamports]) => lamports),
    });
  }

  /** Nobody signs a refund either; whoever is listed is paid by whoever sends it. */
  refund(
    matchId: string,
    players: readonly [Listed, ...Listed[]],
    { reason = 0, abandonedIndex = null, treasury }: RefundForm = {},
  ): TransactionInstruction {
    const due = reason === 0 ? null : developmentTreasury().publicKey.toBase58();
    return this.#instruction(this.#lists.refundEscrow(matchId, treasury ?? due, players), {
      kind: 'refund_escrow',
      matchId,
      playerIndices: players.map(({ index }) => index),
      reason,
      abandonedPlayerIndex: abandonedIndex,
    });
  }

  /** A match of the stranger's own, with both seats taken by them, ended by them: only its prizes are left to pay. */
  async endedMatch(paymentMethod: 0 | 1, id = matchId()): Promise<string> {
    await this.lands([this.create(id, { entryFee: 1_000_000n, paymentMethod })]);
    for (const name of ['x', 'y'])
      await this.lands([paymentMethod === 0 ? this.joinByWallet(id, name) : this.join(id, name)]);
    await this.lands([this.start(id), this.end(id)]);
    return id;
  }

  /** The whole pool of such a match, 1,900,000 lamports, to a player's custody key and deposit. */
  async prizeFor(user: string, paymentMethod: 0 | 1, id = matchId()): Promise<TransactionInstruction> {
    await this.endedMatch(paymentMethod, id);
    const payee = await this.#world.port.custodyAuthority(user);
    return this.distribute(id, [{ payee, platform: true }], [[0, 1_900_000n]]);
  }

  /** Names an account and does nothing to it: so many lines more in its history. */
  async noise(address: string, lines: number): Promise<void> {
    const to = new PublicKey(address);
    for (let line = 0; line < lines; line += 1) {
      const fromPubkey = this.keys.publicKey;
      const nothing = SystemProgram.transfer({ fromPubkey, toPubkey: to, lamports: 0 });
      // Something to tell it from the one before it, which would else be the same transaction.
      const mark = SystemProgram.transfer({ fromPubkey, toPubkey: fromPubkey, lamports: line });
      this.sends([nothing, mark]);
      // A block takes what was sent before it.
      if (line % 100 === 99) await this.#world.advance(50);
    }
    await this.#world.advance(100);
  }

  /** base58 of the hash, as the mirror's own memos are. */
  memo(actionHash: string): TransactionInstruction {
    return memoInstruction(base58Encode(fromHex(actionHash)));
  }

  /** Answers the signature; the transaction is in the next block, if the chain takes it. */
  sends(instructions: readonly TransactionInstruction[], others: readonly Keypair[] = []): string {
    const { blockhash } = this.#world.chain.getLatestBlockhash();
    const transaction = new Transaction({ feePayer: this.keys.publicKey, recentBlockhash: blockhash });
    transaction.add(...instructions).sign(this.keys, ...others);
    return this.#world.chain.sendTransaction(transaction.serialize(), { skipPreflight: true });
  }

  /** Sends, and waits until it is in a block; throws where it failed. */
  async lands(
    instructions: readonly TransactionInstruction[],
    others: readonly Keypair[] = [],
  ): Promise<string> {
    const signature = this.sends(instructions, others);
    await this.#world.advance(100);
    const [status] = this.#world.chain.getSignatureStatuses([signature]);
    if (status == null || status.err !== null)
      throw new Error(`the stranger's transaction: ${JSON.stringify(status?.err ?? 'not in a block')}`);
    return signature;
  }

  get #lists() {
    return this.#world.solana.lists;
  }

  #instruction(keys: AccountMeta[], money: MoneyInstruction): TransactionInstruction {
    const data = Buffer.from(encodeInstruction(money));
    return new TransactionInstruction({ programId: this.#lists.programId, keys, data });
  }
}

/** The reference program has no close_match_account: what it leaves behind is an account without lamports. */
export function gone(world: World, address: string): void {
  world.chain.setAccount(address, {
    lamports: 0n,
    data: new Uint8Array(),
    owner: SystemProgram.programId.toBase58(),
  });
}
