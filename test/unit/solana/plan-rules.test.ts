/** Each plan here would move somebody's money by a signature that was given for something else. */
import { describe, expect, it } from 'vitest';
import type { InstructionPlan, TransactionPlan } from '../../../durable-objects/ports.ts';
import { SolanaChain } from '../../../services/solana/chain.ts';
import { connect } from '../../../services/solana/connect.ts';
import { ACTION_HASH, address, COORDINATOR, codeOf, MATCH_ID, scripted, settings } from './fixtures.ts';

const { fetch } = scripted(() => {
  throw new Error('no network is needed here');
});
const chain = new SolanaChain(connect(settings(), { fetch, now: Date.now }));

const OURS = COORDINATOR.publicKey.toBase58();
const ALICE = address(61);
const BOB = address(62);
const WALLET = address(63);
const MALLORY = address(66);
const TREASURY = address(20);
const CUSTODY = { userId: 'alice', authority: ALICE };

const START: InstructionPlan = { kind: 'start_match', matchId: MATCH_ID };
const END: InstructionPlan = { kind: 'end_match', matchId: MATCH_ID, matchHash: null, hotUrl: null };
const DISTRIBUTE: InstructionPlan = {
  kind: 'distribute_prizes',
  matchId: MATCH_ID,
  treasury: TREASURY,
  winners: [{ index: 0, lamports: 1n, payee: ALICE, platform: true }],
};
const REFUND: InstructionPlan = {
  kind: 'refund_escrow',
  matchId: MATCH_ID,
  treasury: null,
  players: [{ index: 0, payee: ALICE, platform: true }],
  reason: 0,
  abandonedIndex: null,
};
const join = (userId: string, authority: string): InstructionPlan => ({
  kind: 'join_match',
  matchId: MATCH_ID,
  userId,
  source: { kind: 'deposit', authority },
});
const walletJoin = (wallet: string): InstructionPlan => ({
  kind: 'join_match',
  matchId: MATCH_ID,
  userId: 'alice',
  source: { kind: 'wallet', wallet },
});
const deposit = (authority: string, lamports = 10n): InstructionPlan => ({
  kind: 'deposit_sol',
  authority,
  lamports,
});
const withdraw = (authority: string, lamports = 10n): InstructionPlan => ({
  kind: 'withdraw_sol',
  authority,
  lamports,
  treasury: TREASURY,
});
const transfer = (from: string, to: string, lamports = 10n): InstructionPlan => ({
  kind: 'transfer',
  from,
  to,
  lamports,
});

type Signing = Partial<Pick<TransactionPlan, 'custody' | 'wallet' | 'coordinator'>>;

function code(signing: Signing, ...instructions: InstructionPlan[]): unknown {
  const plan = { actionHash: ACTION_HASH, coordinator: OURS, custody: null, wallet: null, instructions };
  return codeOf(() => chain.expected({ ...plan, ...signing }));
}

describe('taken are', () => {
  it.each<[string, Signing, InstructionPlan[]]>([
    ['an end with its distribution', {}, [END, DISTRIBUTE]],
    ['a refund', {}, [REFUND]],
    ['a join out of a deposit', { custody: CUSTODY }, [join('alice', ALICE)]],
    ['a join out of a wallet', { wallet: WALLET }, [walletJoin(WALLET)]],
    ["a join out of the wallet's own deposit", { wallet: WALLET }, [join('alice', WALLET)]],
    ['a deposit', { custody: CUSTODY, wallet: WALLET }, [transfer(WALLET, ALICE), deposit(ALICE)]],
    [
      'a first deposit, with its rent',
      { custody: CUSTODY, wallet: WALLET },
      [transfer(WALLET, ALICE, 1_781_770n), deposit(ALICE)],
    ],
    ['a deposit of the wallet itself', { wallet: WALLET }, [deposit(WALLET)]],
    ['a withdrawal', { custody: CUSTODY }, [withdraw(ALICE), transfer(ALICE, WALLET)]],
    ['a withdrawal of the wallet itself', { wallet: WALLET }, [withdraw(WALLET)]],
  ])('%s', (_, signing, instructions) => {
    expect(code(signing, ...instructions)).toBe('accepted');
  });
});

describe('a custody key never signs', () => {
  it.each<[string, Signing, InstructionPlan[]]>([
    ['nothing', {}, []],
    ['what is the coordinator’s', {}, [START]],
    ['a distribution, not even its own', {}, [DISTRIBUTE]],
    ['a join of another user', {}, [join('bob', ALICE)]],
    ["a join out of another user's deposit", {}, [join('alice', BOB)]],
    ['a join out of a wallet', {}, [walletJoin(WALLET)]],
    ['two joins', {}, [join('alice', ALICE), join('alice', ALICE)]],
    ['a join with a transfer riding along', {}, [join('alice', ALICE), transfer(ALICE, MALLORY)]],
    ['a join with a withdrawal riding along', {}, [withdraw(ALICE), join('alice', ALICE)]],
    ['a join with what anyone may settle', {}, [join('alice', ALICE), REFUND]],
    ['a transfer alone', {}, [transfer(ALICE, MALLORY)]],
    ['a withdrawal alone, which would leave the money with the key', {}, [withdraw(ALICE)]],
    ['a withdrawal whose money goes on first', {}, [transfer(ALICE, WALLET), withdraw(ALICE)]],
    ['a withdrawal of which more goes on', {}, [withdraw(ALICE, 10n), transfer(ALICE, WALLET, 11n)]],
    ['a withdrawal of which less goes on', {}, [withdraw(ALICE, 10n), transfer(ALICE, WALLET, 9n)]],
    [
      'a withdrawal that goes on twice',
      {},
      [withdraw(ALICE), transfer(ALICE, WALLET), transfer(ALICE, MALLORY)],
    ],
    ["another user's withdrawal", {}, [withdraw(BOB), transfer(ALICE, WALLET)]],
    ["a transfer of another user's", {}, [withdraw(ALICE), transfer(BOB, WALLET)]],
    ['a withdrawal to itself', {}, [withdraw(ALICE), transfer(ALICE, ALICE)]],
    ['a withdrawal to the coordinator', {}, [withdraw(ALICE), transfer(ALICE, OURS)]],
    ['a withdrawal to the treasury', {}, [withdraw(ALICE), transfer(ALICE, TREASURY)]],
    ['a withdrawal that a wallet pays for', { wallet: WALLET }, [withdraw(ALICE), transfer(ALICE, WALLET)]],
    ['a join that a wallet pays for', { wallet: WALLET }, [join('alice', ALICE)]],
    ['a deposit that no wallet signs', {}, [transfer(WALLET, ALICE), deposit(ALICE)]],
    ['a deposit out of what the key has', { wallet: WALLET }, [deposit(ALICE)]],
    [
      'a deposit of more than the wallet gives',
      { wallet: WALLET },
      [transfer(WALLET, ALICE, 9n), deposit(ALICE, 10n)],
    ],
    ['a deposit given to another', { wallet: WALLET }, [transfer(WALLET, MALLORY), deposit(ALICE)]],
    ['a deposit into another', { wallet: WALLET }, [transfer(WALLET, ALICE), deposit(BOB)]],
    ['a deposit out of another wallet', { wallet: WALLET }, [transfer(BOB, ALICE), deposit(ALICE)]],
    ['a deposit out of itself', { wallet: WALLET }, [transfer(ALICE, ALICE), deposit(ALICE)]],
    ['a deposit out of the coordinator', { wallet: WALLET }, [transfer(OURS, ALICE), deposit(ALICE)]],
    ['a deposit before its money', { wallet: WALLET }, [deposit(ALICE), transfer(WALLET, ALICE)]],
    [
      'a deposit with a second transfer',
      { wallet: WALLET },
      [transfer(WALLET, ALICE), deposit(ALICE), transfer(ALICE, MALLORY)],
    ],
  ])('%s', (_, signing, instructions) => {
    expect(code({ custody: CUSTODY, ...signing }, ...instructions)).toBe('plan_invalid');
  });
});

describe('a wallet is never shown', () => {
  it.each<[string, InstructionPlan[]]>([
    ['nothing', []],
    ['what is the coordinator’s', [START]],
    ['a distribution', [DISTRIBUTE]],
    ["another wallet's join", [walletJoin(BOB)]],
    ["a join out of another's deposit", [join('alice', ALICE)]],
    ["another's deposit", [deposit(ALICE)]],
    ["another's withdrawal", [withdraw(ALICE)]],
    ['a bare transfer', [transfer(WALLET, MALLORY)]],
    ['a join with a transfer riding along', [walletJoin(WALLET), transfer(WALLET, MALLORY)]],
  ])('%s', (_, instructions) => {
    expect(code({ wallet: WALLET }, ...instructions)).toBe('plan_invalid');
  });
});

describe('the coordinator alone never signs', () => {
  it.each<[string, InstructionPlan[]]>([
    ['nothing', []],
    ['three instructions', [START, END, DISTRIBUTE]],
    ['a transfer, not even of its own', [transfer(OURS, MALLORY)]],
    ['a join out of a deposit', [join('alice', ALICE)]],
    ['a join out of its own money', [walletJoin(OURS)]],
    ['a deposit', [deposit(OURS)]],
    ['a withdrawal', [withdraw(ALICE)]],
    ['a withdrawal behind an end', [END, withdraw(ALICE)]],
  ])('%s', (_, instructions) => {
    expect(code({}, ...instructions)).toBe('plan_invalid');
  });
});

describe('one key never has two roles', () => {
  it.each<[string, Signing, InstructionPlan[]]>([
    ['coordinator and wallet', { wallet: OURS }, [walletJoin(OURS)]],
    [
      'coordinator and custody',
      { custody: { userId: 'alice', authority: OURS } },
      [withdraw(OURS), transfer(OURS, WALLET)],
    ],
    ['wallet and custody', { custody: CUSTODY, wallet: ALICE }, [transfer(ALICE, ALICE), deposit(ALICE)]],
  ])('%s', (_, signing, instructions) => {
    expect(code(signing, ...instructions)).toBe('plan_invalid');
  });
});
