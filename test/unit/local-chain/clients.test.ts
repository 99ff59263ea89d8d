import { address, createSolanaRpc, createSolanaRpcSubscriptions, lamports } from '@solana/kit';
import {
  Connection,
  SendTransactionError,
  SystemProgram,
  sendAndConfirmTransaction,
  Transaction,
  TransactionExpiredBlockheightExceededError,
} from '@solana/web3.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { RunningChain } from '../../../services/local-chain/index.ts';
import { handleRpcText, startLocalChain } from '../../../services/local-chain/index.ts';
import { keypair, memo, newChain, onTip, produce, SOL, transfer } from './support.ts';

/** web3.js closes its WebSocket 500 ms after the last use; before that it would try to reach a server that is gone. */
const socketIdle = () => new Promise((resolve) => setTimeout(resolve, 600));

let server: RunningChain;
let connection: Connection;

beforeAll(async () => {
  server = await startLocalChain({ slotMs: 50 });
  connection = new Connection(server.rpcUrl, 'confirmed');
});

afterAll(async () => {
  await socketIdle();
  await server.close();
});

async function fund(number: number, amount = 5n * SOL) {
  const owner = keypair(number);
  const signature = await connection.requestAirdrop(owner.publicKey, Number(amount));
  const latest = await connection.getLatestBlockhash();
  await connection.confirmTransaction({ signature, ...latest });
  return owner;
}

describe('@solana/web3.js, unchanged', () => {
  it('funds, sends and confirms, with the WebSocket where it looks for it', async () => {
    const [from, to] = [await fund(11), keypair(12)];
    const tx = new Transaction().add(transfer(from, to, SOL), memo('from web3.js'));
    const signature = await sendAndConfirmTransaction(connection, tx, [from]);
    expect(await connection.getBalance(to.publicKey)).toBe(Number(SOL));
    const [listed] = await connection.getSignaturesForAddress(to.publicKey);
    expect(listed).toMatchObject({
      signature,
      memo: '[12] from web3.js',
      err: null,
      confirmationStatus: 'confirmed',
    });
    const record = await connection.getTransaction(signature, { maxSupportedTransactionVersion: 0 });
    expect(record?.meta?.fee).toBe(5_000);
    expect(record?.transaction.message.getAccountKeys().get(0)?.equals(from.publicKey)).toBe(true);
  });

  it('confirms at finalized, 32 blocks later', async () => {
    const from = await fund(13);
    const { blockhash, lastValidBlockHeight } = await connection.getLatestBlockhash();
    const tx = new Transaction({ feePayer: from.publicKey, blockhash, lastValidBlockHeight }).add(
      memo('final'),
    );
    tx.sign(from);
    const signature = await connection.sendRawTransaction(tx.serialize());
    const strategy = { signature, blockhash, lastValidBlockHeight };
    const { context, value } = await connection.confirmTransaction(strategy, 'finalized');
    expect(value.err).toBeNull();
    const status = (await connection.getSignatureStatus(signature)).value;
    expect(status).toMatchObject({ confirmationStatus: 'finalized', confirmations: null });
    expect(context.slot).toBeGreaterThanOrEqual(status?.slot ?? Infinity);
  });

  it('hears of a failed transaction through the subscription, and of a refused one at once', async () => {
    const from = await fund(14, SOL);
    const poor = transfer(from, keypair(15), 2n * SOL);
    await expect(sendAndConfirmTransaction(connection, new Transaction().add(poor), [from])).rejects.toThrow(
      SendTransactionError,
    );
    const latest = await connection.getLatestBlockhash();
    const tx = new Transaction({ feePayer: from.publicKey, ...latest }).add(poor);
    tx.sign(from);
    const signature = await connection.sendRawTransaction(tx.serialize(), { skipPreflight: true });
    // web3.js resolves with the error if the subscription tells it first, rejects with it if its own look-up does.
    const confirmed = connection.confirmTransaction({ signature, ...latest });
    const err = await confirmed.then(
      ({ value }) => value.err,
      (reason: unknown) => reason,
    );
    expect(err).toEqual({ InstructionError: [0, { Custom: 1 }] });
  });

  it('learns by block height that a transaction has expired', async () => {
    const chain = await startLocalChain({ slotMs: 10, blockhashWindow: 10 });
    try {
      const client = new Connection(chain.rpcUrl, 'confirmed');
      const latest = await client.getLatestBlockhash();
      const strategy = { signature: '1'.repeat(64), ...latest };
      await expect(client.confirmTransaction(strategy)).rejects.toThrow(
        TransactionExpiredBlockheightExceededError,
      );
    } finally {
      await socketIdle();
      await chain.close();
    }
  });

  it('is told of account, slot and root changes', async () => {
    const to = keypair(16);
    const seen: Record<'account' | 'slot' | 'root', unknown[]> = { account: [], slot: [], root: [] };
    const account = connection.onAccountChange(to.publicKey, (info) => seen.account.push(info.lamports));
    const slot = connection.onSlotChange((info) => seen.slot.push(info));
    const root = connection.onRootChange((number) => seen.root.push(number));
    await new Promise((resolve) => setTimeout(resolve, 200));
    await fund(16);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await connection.removeAccountChangeListener(account);
    await connection.removeSlotChangeListener(slot);
    await connection.removeRootChangeListener(root);
    expect(seen.account).toEqual([Number(5n * SOL)]);
    expect(seen.slot[0]).toEqual({
      parent: expect.any(Number),
      slot: expect.any(Number),
      root: expect.any(Number),
    });
    expect(seen.root.length).toBeGreaterThan(1);
  });

  it('asks everything else that this project asks', async () => {
    const from = await fund(17);
    expect(await connection.getVersion()).toMatchObject({ 'solana-core': expect.any(String) });
    expect(await connection.getGenesisHash()).toBe(server.chain.genesisHash);
    expect((await connection.getEpochInfo()).slotsInEpoch).toBe(432_000);
    expect(await connection.getMinimumBalanceForRentExemption(0)).toBe(890_880);
    expect(await connection.getFirstAvailableBlock()).toBe(await connection.getMinimumLedgerSlot());
    expect(await connection.getBlockTime(await connection.getSlot())).toEqual(expect.any(Number));
    const [info, none] = (
      await connection.getMultipleAccountsInfoAndContext([from.publicKey, keypair(18).publicKey])
    ).value;
    expect([info?.lamports, info?.owner, none]).toEqual([Number(5n * SOL), SystemProgram.programId, null]);
    const message = new Transaction({ feePayer: from.publicKey, ...(await connection.getLatestBlockhash()) })
      .add(memo('x'))
      .compileMessage();
    expect((await connection.getFeeForMessage(message)).value).toBe(5_000);
    const simulated = await connection.simulateTransaction(new Transaction().add(memo('x')), [from]);
    expect(simulated.value).toMatchObject({ err: null, logs: expect.arrayContaining(['Program log: x']) });
    expect((await connection.isBlockhashValid(message.recentBlockhash)).value).toBe(true);
  });

  it('works in process, without a socket, on a virtual clock', async () => {
    const chain = newChain();
    const local = new Connection('http://in-process', {
      commitment: 'confirmed',
      fetch: async (_url, init) => new Response(handleRpcText(chain, String(init?.body))),
    });
    const from = keypair(1);
    await local.requestAirdrop(from.publicKey, Number(SOL));
    chain.produceBlock();
    const signature = await local.sendRawTransaction(onTip(chain, from, memo('virtual')));
    produce(chain, 33);
    const { value } = await local.getSignatureStatus(signature, { searchTransactionHistory: true });
    expect(value?.confirmationStatus).toBe('finalized');
  });
});

describe('@solana/kit, unchanged', () => {
  it('reads slots, balances, statuses and history with exact integers', async () => {
    const rpc = createSolanaRpc(server.rpcUrl);
    const owner = await fund(21);
    const key = address(owner.publicKey.toBase58());
    expect((await rpc.getBalance(key, { commitment: 'confirmed' }).send()).value).toBe(lamports(5n * SOL));
    const { value: account } = await rpc
      .getAccountInfo(key, { commitment: 'confirmed', encoding: 'base64' })
      .send();
    expect(account?.lamports).toBe(lamports(5n * SOL));
    const [entry] = await rpc.getSignaturesForAddress(key, { commitment: 'confirmed' }).send();
    const { value: statuses } = await rpc.getSignatureStatuses(entry ? [entry.signature] : []).send();
    expect(statuses[0]).toMatchObject({ slot: entry?.slot, err: null });
    const { value: latest } = await rpc.getLatestBlockhash({ commitment: 'confirmed' }).send();
    expect(latest.lastValidBlockHeight).toBeGreaterThan(150n);
  });

  it('follows slots over the WebSocket', async () => {
    const stop = new AbortController();
    const subscriptions = createSolanaRpcSubscriptions(server.wsUrl);
    const slots = await subscriptions.slotNotifications().subscribe({ abortSignal: stop.signal });
    const seen: bigint[] = [];
    for await (const { slot } of slots) {
      seen.push(slot);
      if (seen.length === 3) break;
    }
    stop.abort();
    expect(seen).toEqual([seen[0], (seen[0] ?? 0n) + 1n, (seen[0] ?? 0n) + 2n]);
  });
});

describe('the WebSocket', () => {
  it('answers junk and unknown methods with codes, and stays open', async () => {
    const socket = new WebSocket(server.wsUrl);
    await new Promise((resolve) => socket.once('open', resolve));
    const ask = async (text: string) => {
      socket.send(text);
      const data = await new Promise((resolve) => socket.once('message', resolve));
      // SAFETY: the test asserts on the fields; a wrong shape fails it.
      return JSON.parse(String(data)) as { error?: { code: number }; result?: unknown };
    };
    const call = (method: string, ...params: unknown[]) =>
      ask(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }));
    expect((await ask('{oops')).error?.code).toBe(-32600);
    expect((await call('voteSubscribe')).error?.code).toBe(-32601);
    expect((await call('getSlot')).error?.code).toBe(-32601);
    expect((await call('accountSubscribe', 'x')).error?.code).toBe(-32602);
    expect((await call('signatureSubscribe')).error?.code).toBe(-32602);
    expect((await call('slotUnsubscribe', 999_999)).error?.code).toBe(-32602);
    expect((await call('rootSubscribe')).result).toEqual(expect.any(Number));
    socket.terminate();
  });
});
