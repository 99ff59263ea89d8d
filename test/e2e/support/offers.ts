/** Transactions that wait for a wallet, one of a match and one of a deposit, and every way to send them back wrong. */
import { Keypair, SystemProgram, Transaction } from '@solana/web3.js';
import { base58Decode, pendingActionHash, toHex } from '../../../core/index.ts';
import type { SignRequestView } from '../../../durable-objects/wire/views.ts';
import { uuidV7 } from '../../../services/console/uuid.ts';
import { MirrorClient } from '../../../services/dev/mirror-client.ts';
import type { Stack } from '../../../services/dev/stack.ts';
import { Wallet } from '../../../services/dev/wallet.ts';
import { ENTRY_FEE, eventually, Table } from './mirror.ts';

const SIGNATURE_BYTES = 64;
const HOUR = 3_600_000;
/** Order of Ed25519's prime subgroup, little-endian. */
const ORDER = Buffer.from('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010', 'hex');

export interface OpenOffer {
  readonly path: string;
  readonly offer: SignRequestView;
  readonly isMatch: boolean;
}

type Spoil = (offers: Offers, offer: SignRequestView) => string;

export class Offers {
  readonly table: Table;
  readonly wallet = new Wallet();
  readonly stranger = new Wallet();
  readonly alice: MirrorClient;
  readonly #bobsWallet = new Wallet();
  readonly #stack: Stack;
  #open: readonly OpenOffer[] = [];

  /** What comes back, and the code that it is refused with. */
  static readonly spoilt: readonly (readonly [string, Spoil, string])[] = [
    ['unsigned', (_, { transaction }) => transaction, 'signature_invalid'],
    ['signed by somebody else', (offers, offer) => offers.#signedByAnother(offer), 'signature_invalid'],
    [
      'with a signature of one bit less',
      (offers, offer) => flipped(offers.signed(offer), 7),
      'signature_invalid',
    ],
    [
      'with the second spelling of its signature',
      (offers, offer) => respelled(offers.signed(offer)),
      'signature_invalid',
    ],
    ['with another message', (offers, offer) => flipped(offers.signed(offer), -1), 'transaction_changed'],
    ['that is another one of this wallet', (offers) => offers.#foreign(), 'transaction_changed'],
    [
      'with a byte more',
      (offers, offer) => changed(offers.signed(offer), (all) => [...all, 0]),
      'transaction_changed',
    ],
    [
      'with a byte less',
      (offers, offer) => changed(offers.signed(offer), (all) => all.slice(0, -1)),
      'transaction_changed',
    ],
    ['of 1,233 bytes', () => Buffer.alloc(1_233, 1).toString('base64'), 'invalid_request'],
    ['of zeros', () => Buffer.alloc(300).toString('base64'), 'invalid_request'],
    ['of one byte', () => 'AQ==', 'invalid_request'],
    [
      'that has 127 signatures',
      (_, { transaction }) => changed(transaction, (all) => [127, ...all.slice(1)]),
      'invalid_request',
    ],
  ];

  private constructor(stack: Stack) {
    this.#stack = stack;
    this.table = new Table(stack);
    this.alice = new MirrorClient(stack.url, 'alice', 'player', this.wallet.address);
  }

  /** A WALLET match that alice has agreed to join, and a deposit that she has asked for; neither is signed. */
  static async open(stack: Stack): Promise<Offers> {
    const offers = new Offers(stack);
    await offers.#ask();
    return offers;
  }

  get open(): readonly OpenOffer[] {
    return this.#open;
  }

  get asAlice() {
    return { as: 'alice', headers: { 'x-dev-wallet': this.wallet.address } };
  }

  get asBob() {
    return { as: 'bob', headers: { 'x-dev-wallet': this.#bobsWallet.address } };
  }

  signed({ transaction }: SignRequestView): string {
    return this.wallet.signTransaction(transaction);
  }

  async #ask(): Promise<void> {
    const { alice, table } = this;
    const { chain } = this.#stack.chain;
    chain.airdrop(this.wallet.address, 2_000_000_000n);
    await eventually(
      'the wallet is filled',
      async () => chain.getBalance(this.wallet.address, 'finalized'),
      (lamports) => lamports > 0n,
    );
    const terms = { gameType: 0, seed: '7', entryFee: `${ENTRY_FEE}`, paymentMethod: 0 };
    await table.operator.post('/api/v1/matches', { matchId: table.matchId, ...terms });
    await table.until('the match is final', ({ provisional }) => !provisional);
    await this.#join();
    await alice.post('/api/v1/deposits', { lamports: `${ENTRY_FEE}` });
    const match = await offerOf('the join waits', () => alice.match(table.matchId));
    const deposit = await offerOf('the deposit waits', () => alice.deposit());
    this.#open = [
      { path: `/api/v1/matches/${table.matchId}/sign`, offer: match, isMatch: true },
      { path: '/api/v1/deposits/me/sign', offer: deposit, isMatch: false },
    ];
  }

  async #join(): Promise<void> {
    const { alice, table, wallet } = this;
    const path = `/api/v1/matches/${table.matchId}/join`;
    const key = uuidV7();
    const terms = { entryFee: `${ENTRY_FEE}`, paymentMethod: 0, notAfter: Date.now() + HOUR };
    const { hash, ...body } = JSON.parse((await alice.post(`${path}/intent`, terms, key)).text).action;
    if (pendingActionHash(body) !== hash) throw new Error('the mirror hashes otherwise');
    const { status, text } = await alice.post(path, { ...terms, signature: wallet.signHash(hash) }, key);
    if (status !== 200) throw new Error(`no seat: ${text}`);
  }

  /** A real signature over the very message, in the wallet's place, by a key that is not the wallet's. */
  #signedByAnother({ transaction }: SignRequestView): string {
    const message = Buffer.from(transaction, 'base64').subarray(1 + 2 * SIGNATURE_BYTES);
    const signature = base58Decode(this.stranger.signHash(toHex(message)));
    return changed(transaction, (bytes) => [
      ...bytes.slice(0, 1),
      ...signature,
      ...bytes.slice(1 + SIGNATURE_BYTES),
    ]);
  }

  /** A transfer of everything to somebody else, signed by nobody that matters here. */
  #foreign(): string {
    const thief = Keypair.generate();
    const { blockhash } = this.#stack.chain.chain.getLatestBlockhash();
    const transfer = SystemProgram.transfer({
      fromPubkey: thief.publicKey,
      toPubkey: Keypair.generate().publicKey,
      lamports: 1,
    });
    const transaction = new Transaction({ feePayer: thief.publicKey, recentBlockhash: blockhash }).add(
      transfer,
    );
    transaction.sign(thief);
    return transaction.serialize().toString('base64');
  }
}

async function offerOf(
  what: string,
  view: () => Promise<{ readonly signRequests: readonly SignRequestView[] }>,
): Promise<SignRequestView> {
  const { signRequests } = await eventually(what, view, (found) => found.signRequests.length > 0);
  const [offer] = signRequests;
  if (offer === undefined) throw new Error(what);
  return offer;
}

function changed(transaction: string, change: (bytes: readonly number[]) => readonly number[]): string {
  return Buffer.from(change([...Buffer.from(transaction, 'base64')])).toString('base64');
}

/** One bit of the byte at this place; negative counts from the end. */
function flipped(transaction: string, place: number): string {
  return changed(transaction, (bytes) => bytes.with(place, (bytes.at(place) ?? 0) ^ 1));
}

/** S + L for S: a second signature of the same message, which a lax check takes (I31). */
function respelled(transaction: string): string {
  return changed(transaction, (bytes) => {
    const start = 1 + SIGNATURE_BYTES / 2;
    let carry = 0;
    const s = bytes.slice(start, start + ORDER.length).map((byte, place) => {
      const sum = byte + (ORDER[place] ?? 0) + carry;
      carry = sum >> 8;
      return sum & 0xff;
    });
    return [...bytes.slice(0, start), ...s, ...bytes.slice(start + s.length)];
  });
}
