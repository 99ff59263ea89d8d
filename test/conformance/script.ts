/** The client script that both chains are asked with: web3.js, deterministic keys, the same questions in the same order. */

import {
  Keypair,
  LAMPORTS_PER_SOL,
  PublicKey,
  SystemProgram,
  Transaction,
  TransactionInstruction,
} from '@solana/web3.js';
import {
  createMatch,
  initializeConfig,
  initializeRegistry,
  joinMatch,
  registerGame,
} from '../program/instructions.ts';
import { configAddress, escrowAddress, matchAddress, PROGRAM_ID, SIZE } from '../program/interface.ts';
import type { Answers, Endpoint } from './interview.ts';
import { Interview } from './interview.ts';

const MEMO = new PublicKey('MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr');
const MATCH_ID = '550e8400-e29b-41d4-a716-446655440000';
/** The same keys at every run and on both chains, so that addresses need no masking. */
const key = (number: number): Keypair => Keypair.fromSeed(new Uint8Array(32).fill(number));
const alice = key(1);
const bob = key(2);
const stranger = key(3);
const versions = { maxSupportedTransactionVersion: 0 } as const;

const memo = (text: string): TransactionInstruction =>
  new TransactionInstruction({ programId: MEMO, keys: [], data: Buffer.from(text) });
const pay = (from: Keypair, to: Keypair, sol: number): TransactionInstruction =>
  SystemProgram.transfer({
    fromPubkey: from.publicKey,
    toPubkey: to.publicKey,
    lamports: sol * LAMPORTS_PER_SOL,
  });

async function signed(
  i: Interview,
  name: string,
  ...instructions: TransactionInstruction[]
): Promise<Buffer> {
  const latest = await i.connection.getLatestBlockhash();
  const tx = new Transaction({ feePayer: alice.publicKey, ...latest }).add(...instructions);
  tx.sign(alice);
  const wire = tx.serialize();
  i.name(`wire of ${name}`, wire.toString('base64'));
  return wire;
}

/** Waits for one of the commitments: web3.js tells of an error as soon as it is processed. Ten seconds at most. */
async function reach(i: Interview, signature: string, commitments: readonly string[]): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    const { value } = await i.connection.getSignatureStatus(signature, { searchTransactionHistory: true });
    if (commitments.includes(value?.confirmationStatus ?? '')) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`${signature} did not become ${commitments.join(' or ')}`);
}

/** Sends and waits until it is confirmed; notes what confirmation said. */
async function land(i: Interview, name: string, skipPreflight: boolean, ...ixs: TransactionInstruction[]) {
  const latest = await i.connection.getLatestBlockhash();
  const wire = await signed(i, name, ...ixs);
  const signature = await i.connection.sendRawTransaction(wire, { skipPreflight });
  i.name(name, signature);
  const strategy = { signature, ...latest };
  // A failed transaction resolves or rejects with its error, as web3.js happens to hear of it.
  const confirmed = i.connection.confirmTransaction(strategy).then(
    ({ value }) => value.err,
    (reason: unknown) => reason,
  );
  i.note(`confirmation of the ${name}`, await confirmed);
  await reach(i, signature, ['confirmed', 'finalized']);
  return { signature, wire };
}

async function fund(i: Interview): Promise<void> {
  for (const [name, owner] of Object.entries({ alice, bob })) {
    const signature = await i.connection.requestAirdrop(owner.publicKey, 5 * LAMPORTS_PER_SOL);
    i.name(`airdrop to ${name}`, signature);
    const latest = await i.connection.getLatestBlockhash();
    await i.connection.confirmTransaction({ signature, ...latest });
    await i.ask(`balance of ${name} after the airdrop`, () => i.connection.getBalance(owner.publicKey));
  }
}

async function askChain(i: Interview): Promise<void> {
  const { connection } = i;
  await i.ask('version', () => connection.getVersion());
  await i.call('health', 'getHealth');
  i.note('slot grows', (await connection.getSlot()) >= 0);
  await i.ask('epoch info', () => connection.getEpochInfo());
  await i.ask('latest blockhash', () => connection.getLatestBlockhash());
  const { blockhash, lastValidBlockHeight } = await connection.getLatestBlockhash();
  const height = await connection.getBlockHeight();
  const left = lastValidBlockHeight - height;
  i.note('blockhash lasts for some 150 more blocks', left >= 100 && left <= 152);
  await i.ask('blockhash is valid', () => connection.isBlockhashValid(blockhash));
  await i.ask('unknown blockhash is valid', () => connection.isBlockhashValid(stranger.publicKey.toBase58()));
  for (const size of [0, 165, SIZE.match]) {
    await i.ask(`rent of ${size} bytes`, () => connection.getMinimumBalanceForRentExemption(size));
  }
  const message = new Transaction({ feePayer: alice.publicKey, blockhash, lastValidBlockHeight }).add(
    memo('x'),
  );
  await i.ask('fee of a message', () => connection.getFeeForMessage(message.compileMessage()));
}

async function askTransfer(i: Interview): Promise<void> {
  const { connection } = i;
  const { signature, wire } = await land(
    i,
    'transfer',
    false,
    pay(alice, bob, 1),
    memo('one'),
    memo('zwölf'),
  );
  await i.ask('status of the transfer', () => connection.getSignatureStatus(signature));
  await i.ask('transfer as json', () => connection.getTransaction(signature, versions));
  await i.call('transfer as base64', 'getTransaction', signature, {
    ...versions,
    encoding: 'base64',
    commitment: 'confirmed',
  });
  await i.ask('balance of bob after the transfer', () => connection.getBalance(bob.publicKey));
  await i.ask('transfer sent again', () => connection.sendRawTransaction(wire));
  await i.ask('transfer sent again without preflight', () =>
    connection.sendRawTransaction(wire, { skipPreflight: true }),
  );
  const text = (await signed(i, 'simulated memo', memo('hello'))).toString('base64');
  const config = { encoding: 'base64', commitment: 'confirmed' };
  await i.call('simulation of a memo', 'simulateTransaction', text, config);
}

async function askFailures(i: Interview): Promise<void> {
  const { connection } = i;
  const poor = await signed(i, 'refused transfer', pay(alice, bob, 100));
  await i.ask('refused transfer', () => connection.sendRawTransaction(poor));
  const { signature } = await land(i, 'failed transfer', true, memo('paid for'), pay(alice, bob, 100));
  await i.ask('status of the failed transfer', () => connection.getSignatureStatus(signature));
  await i.ask('failed transfer as json', () => connection.getTransaction(signature, versions));
  await i.ask('balance of alice after the failure', () => connection.getBalance(alice.publicKey));
  const dust = await signed(
    i,
    'dust',
    SystemProgram.transfer({ fromPubkey: alice.publicKey, toPubkey: stranger.publicKey, lamports: 1 }),
  );
  await i.ask('dust that leaves an account below rent', () => connection.sendRawTransaction(dust));
  const stale = new Transaction({
    feePayer: alice.publicKey,
    recentBlockhash: stranger.publicKey.toBase58(),
  }).add(memo('x'));
  stale.sign(alice);
  await i.ask('unknown blockhash', () => connection.sendRawTransaction(stale.serialize()));
  const forged = Buffer.from(await signed(i, 'forged', memo('forged')));
  forged[10] = (forged[10] ?? 0) ^ 1;
  await i.ask('forged signature', () => connection.sendRawTransaction(forged));
  const latest = await connection.getLatestBlockhash();
  const broke = new Transaction({ feePayer: stranger.publicKey, ...latest }).add(memo('x'));
  broke.sign(stranger);
  await i.ask('payer without lamports', () => connection.sendRawTransaction(broke.serialize()));
}

async function askHistory(i: Interview): Promise<void> {
  const { connection } = i;
  const [transfer] = (await connection.getSignaturesForAddress(bob.publicKey)).slice(-2);
  const signature = transfer?.signature ?? '';
  await reach(i, signature, ['finalized']);
  const { value } = await connection.getSignatureStatus(signature, { searchTransactionHistory: true });
  i.note('finalized status of the transfer', [value?.confirmationStatus, value?.confirmations]);
  await i.ask('finalized history of bob', () =>
    connection.getSignaturesForAddress(bob.publicKey, { before: signature }, 'finalized'),
  );
  await i.ask('history of bob', () => connection.getSignaturesForAddress(bob.publicKey));
  const all = await connection.getSignaturesForAddress(alice.publicKey);
  const [newest, next] = all.map((entry) => entry.signature);
  await i.ask('newest of alice', () => connection.getSignaturesForAddress(alice.publicKey, { limit: 1 }));
  await i.ask('one before the newest', () =>
    connection.getSignaturesForAddress(alice.publicKey, { limit: 1, before: newest ?? '' }),
  );
  await i.ask('until the second', () =>
    connection.getSignaturesForAddress(alice.publicKey, { until: next ?? '' }),
  );
  await i.ask('history of a stranger', () => connection.getSignaturesForAddress(stranger.publicKey));
  const unknown = '1'.repeat(64);
  await i.ask('status of an unknown signature', () =>
    connection.getSignatureStatuses([unknown], { searchTransactionHistory: true }),
  );
  await i.ask('unknown transaction', () => connection.getTransaction(unknown, versions));
}

async function askAccounts(i: Interview): Promise<void> {
  const { connection } = i;
  await i.ask('account of bob', () => connection.getAccountInfo(bob.publicKey));
  await i.ask('account of nobody', () => connection.getAccountInfo(stranger.publicKey));
  await i.ask('several accounts', () =>
    connection.getMultipleAccountsInfo([bob.publicKey, stranger.publicKey, alice.publicKey]),
  );
  await i.ask('part of an account', () =>
    connection.getAccountInfo(bob.publicKey, { dataSlice: { offset: 0, length: 4 } }),
  );
}

/** The match program as a real program on both: set up, a match, a seat, a refusal of its own. */
async function askProgram(i: Interview): Promise<void> {
  const { connection } = i;
  const game = { id: 0, name: 'CLAIM', min: 2, max: 4, url: 'https://rules', version: 1 };
  const setUp = [
    initializeConfig(alice.publicKey, bob.publicKey),
    initializeRegistry(alice.publicKey),
    registerGame(alice.publicKey, game),
  ];
  await land(i, 'set-up', false, ...setUp);
  const fee = BigInt(LAMPORTS_PER_SOL) / 10n;
  const create = { matchId: MATCH_ID, authority: alice.publicKey, fee, method: 0, type: 1 };
  const created = await land(i, 'creation', false, createMatch(create), memo('create'));
  await i.ask('creation as json', () => connection.getTransaction(created.signature, versions));
  const seat = joinMatch({
    matchId: MATCH_ID,
    userId: 'alice',
    player: alice.publicKey,
    wallet: alice.publicKey,
  });
  await land(i, 'join', false, seat, memo('join'));
  const again = await signed(i, 'second join', seat, memo('again'));
  await i.ask('second join refused by the program', () => connection.sendRawTransaction(again));
  await i.ask('config account', () =>
    // Without its end, which holds the time of its creation.
    connection.getAccountInfo(configAddress, { dataSlice: { offset: 0, length: 200 } }),
  );
  await i.ask('escrow account', () => connection.getAccountInfo(escrowAddress(MATCH_ID)));
  await i.ask('history of the match', () => connection.getSignaturesForAddress(matchAddress(MATCH_ID)));
  await i.ask('matches by size', () =>
    connection.getProgramAccounts(PROGRAM_ID, {
      filters: [{ dataSize: SIZE.match }],
      dataSlice: { offset: 0, length: 8 },
    }),
  );
}

async function askBadly(i: Interview): Promise<void> {
  await i.call('unknown method', 'getNothing');
  await i.call('missing parameter', 'getBalance');
  await i.call('bad address', 'getBalance', 'x');
  await i.call('bad signature', 'getSignatureStatuses', ['x']);
  await i.call('slot that is not reached', 'getBalance', alice.publicKey.toBase58(), {
    minContextSlot: 1e15,
  });
  await i.call('bytes that are no transaction', 'sendTransaction', 'AAAA', { encoding: 'base64' });
  await i.call('text that is no base64', 'sendTransaction', '!!', { encoding: 'base64' });
  await i.call('too many accounts', 'getMultipleAccounts', Array(101).fill(alice.publicKey.toBase58()));
  await i.call('too many signatures', 'getSignatureStatuses', Array(257).fill('1'.repeat(64)));
  await i.askRaw('no JSON', '{oops');
}

/** Asks everything; takes some three seconds at 50 ms slots. */
export async function interview(endpoint: Endpoint): Promise<Answers> {
  const i = new Interview(endpoint);
  await fund(i);
  for (const part of [askChain, askTransfer, askFailures, askHistory, askAccounts, askProgram, askBadly])
    await part(i);
  // web3.js closes its WebSocket 500 ms after the last use; a server that stops earlier would be reconnected to.
  await new Promise((resolve) => setTimeout(resolve, 600));
  return i.answers;
}
