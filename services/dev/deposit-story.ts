/**
 * Money comes in from a wallet, and goes back to it: spendable only once it is final, held before it is queued, sent
 * once whatever happens to the reply, given back where it can no longer be sent. At the end the statement adds up.
 */
import { withdrawalDebit } from '../../core/index.ts';
import { depositName } from '../../durable-objects/names.ts';
import type { Balances, DepositView } from '../../durable-objects/wire/views.ts';
import { uuidV7 } from '../console/uuid.ts';
import { MATCH_PROGRAM_ID } from '../local-chain/index.ts';
import { PdaTable } from '../solana/pda.ts';
import * as chapters from './chapters.ts';
import { kindsOf } from './ending.ts';
import { checkMoney, DEPOSIT_BYTES, type Money, readMoney } from './money.ts';
import type { MoneyStoryOptions, MoneyStoryReport } from './money-story.ts';
import { Narrator } from './narrator.ts';
import { FUNDS, type Player, Stage } from './scene.ts';
import type { Stack } from './stack.ts';
import { checkStatement } from './statement-check.ts';
import { WAIT_MS } from './table.ts';

const IN = 600_000_000n;
const OUT = 200_000_000n;
const OUT_IN_OUTAGE = 100_000_000n;
/** Three signatures of a deposit, all paid by the wallet: its own, custody's and the coordinator's. */
const DEPOSIT_FEE = 15_000n;
/** How long the one withdrawal may wait that nobody can send in time, ms. */
const SHORT_MS = 4_000;

export async function tellDepositStory(stack: Stack, options: MoneyStoryOptions): Promise<MoneyStoryReport> {
  const narrator = new Narrator(options.print ?? (() => {}));
  const stage = new Stage(stack, narrator);
  await chapters.fillWallets(stage);
  await chapters.healthy(stage);
  const before = await readMoney(stage);
  await promiseTooMuch(stage, before);
  await deposit(stage, before);
  const fee = before.config.withdrawalFee;
  await withdrawOnline(stage, fee);
  if (options.fault !== null) await withdrawInOutage(stage, fee, options, options.fault);
  await check(stage, before, options.fault === null ? [OUT] : [OUT, OUT_IN_OUTAGE]);
  return { ms: narrator.elapsed, facts: narrator.facts };
}

/** It is taken for a promise, and comes to nothing as soon as the chain is asked what the wallet has. */
async function promiseTooMuch(stage: Stage, before: Money): Promise<void> {
  const { alice, narrator } = stage;
  narrator.step('alice promises more than there is in the world');
  const reply = await alice.post('/api/v1/deposits', { lamports: `${2n ** 64n - 1n}` });
  chapters.accepted(stage, 'it is taken for a promise', reply);
  const { balances, signRequests } = await narrator.eventually(
    'it is given up',
    WAIT_MS,
    () => alice.deposit(),
    ({ openActions }) => openActions.length === 0,
  );
  const isNothing = isEmpty(balances) && signRequests.length === 0;
  narrator.fact('no wallet is asked, and nothing is credited', isNothing, { balances, signRequests });
  await checkMoney(stage, before, {});
}

async function deposit(stage: Stage, before: Money): Promise<void> {
  const { narrator, alice, reader } = stage;
  narrator.step('alice deposits 0.6 SOL out of her wallet');
  const reply = await alice.post('/api/v1/deposits', { lamports: `${IN}` });
  chapters.accepted(stage, 'it is accepted', reply);
  const { action } = JSON.parse(reply.text);
  const asked = await narrator.eventually(
    'a transaction waits for her wallet',
    WAIT_MS,
    () => alice.deposit(),
    ({ signRequests }) => signRequests.some((request) => request.action === action),
  );
  narrator.fact('nothing is credited for a promise', isEmpty(asked.balances), asked.balances);
  const transaction = alice.wallet.signTransaction(asked.signRequests[0]?.transaction ?? '');
  const signed = await alice.post('/api/v1/deposits/me/sign', { action, transaction });
  chapters.accepted(stage, 'she signs it', signed);
  await creditedOnlyWhenFinal(stage);
  const rent = await reader.rent(DEPOSIT_BYTES);
  await checkMoney(stage, before, { alice: { deposit: IN, wallet: -IN - rent - DEPOSIT_FEE } });
}

/** At whatever moment the ledger is first seen with the money, the chain at `finalized` has it. */
async function creditedOnlyWhenFinal(stage: Stage): Promise<void> {
  const { narrator, alice } = stage;
  const landed = await narrator.eventually(
    'her deposit is credited',
    WAIT_MS,
    async () => {
      const { balances } = await alice.deposit();
      return { balances, money: balances.available === '0' ? null : await readMoney(stage) };
    },
    ({ money }) => money !== null,
  );
  const isFinal = landed.balances.available === `${IN}` && landed.money?.alice.available === IN;
  narrator.fact('and it is final on the chain', isFinal, landed);
  await quiet(stage, alice);
}

async function withdrawOnline(stage: Stage, fee: bigint): Promise<void> {
  const { narrator, alice } = stage;
  narrator.step('she withdraws 0.2 SOL');
  const before = await readMoney(stage);
  await withdraw(stage, OUT, fee);
  await quiet(stage, alice);
  await checkMoney(stage, before, {
    alice: { deposit: -withdrawalDebit(OUT, fee), wallet: OUT },
    treasury: fee,
  });
}

/** Held in the very answer's wake: what is withdrawn cannot be spent, and cannot be withdrawn again. */
async function withdraw(
  { narrator, alice }: Stage,
  lamports: bigint,
  fee: bigint,
  more = {},
): Promise<string> {
  const before = (await alice.deposit()).balances;
  const key = uuidV7();
  const body = { lamports: `${lamports}`, ...more };
  const reply = await alice.post('/api/v1/withdrawals', body, key);
  narrator.fact(`${lamports} lamports: accepted`, reply.status === 200, reply);
  const { balances } = await alice.deposit();
  const held = withdrawalDebit(lamports, fee);
  const moved =
    BigInt(before.available) - BigInt(balances.available) === held &&
    BigInt(balances.withdrawing) - BigInt(before.withdrawing) === held;
  narrator.fact('amount and fee are held', moved, { before, balances });
  const again = await alice.post('/api/v1/withdrawals', body, key);
  narrator.fact('asked again, the same answer, byte for byte', again.text === reply.text, { reply, again });
  return JSON.parse(reply.text).action;
}

async function withdrawInOutage(
  stage: Stage,
  fee: bigint,
  options: MoneyStoryOptions,
  fault: NonNullable<MoneyStoryOptions['fault']>,
): Promise<void> {
  const { narrator, alice } = stage;
  const before = await readMoney(stage);
  await chapters.outage(stage, { fault });
  narrator.step('she withdraws twice, with the chain down; one may wait for a moment only');
  const kept = await withdraw(stage, OUT_IN_OUTAGE, fee);
  await withdraw(stage, 1n, fee, { notAfter: Date.now() + SHORT_MS });
  const tooMuch = await alice.post('/api/v1/withdrawals', { lamports: `${FUNDS}` });
  narrator.fact('more than she has is refused', chapters.codeOf(tooMuch) === 'insufficient_funds', tooMuch);
  await narrator.eventually(
    'the one that cannot wait is given back, with its fee',
    WAIT_MS,
    () => alice.deposit(),
    ({ balances, openActions }) =>
      openActions.length === 1 && balances.withdrawing === `${withdrawalDebit(OUT_IN_OUTAGE, fee)}`,
  );
  await interrupted(stage, options, kept);
  chapters.nothingSent(stage);
  await chapters.thaw(stage, { fault });
  await quiet(stage, alice);
  await checkMoney(stage, before, {
    alice: { deposit: -withdrawalDebit(OUT_IN_OUTAGE, fee), wallet: OUT_IN_OUTAGE },
    treasury: fee,
  });
}

async function interrupted(stage: Stage, options: MoneyStoryOptions, kept: string): Promise<void> {
  const { narrator, stack, alice } = stage;
  const before = await alice.deposit();
  const chain = { cluster: stack.chain.chain.genesisHash, programId: MATCH_PROGRAM_ID };
  const object = depositName(chain, before.authority);
  if (options.killRuntimeMidOutage === true) await chapters.killed(stage);
  else await chapters.evicted(stage, { object }, "alice's deposit");
  const after = await alice.deposit();
  const same = lasting(before) === lasting(after) && after.openActions[0]?.hash === kept;
  narrator.fact('it comes back as it was, and her withdrawal waits', same, { before, after });
}

function lasting({ balances, openActions }: DepositView): string {
  return JSON.stringify({ balances, open: openActions.map(({ hash, kind }) => ({ hash, kind })) });
}

/** Whatever was on its way has ended. */
async function quiet({ narrator }: Stage, player: Player): Promise<void> {
  await narrator.eventually(
    `nothing of ${player.name}'s money is on its way any more`,
    WAIT_MS,
    () => player.deposit(),
    ({ openActions, balances, link }) =>
      openActions.length === 0 && balances.withdrawing === '0' && link === 'online',
  );
}

async function check(stage: Stage, before: Money, withdrawals: readonly bigint[]): Promise<void> {
  const { narrator, alice, reader } = stage;
  narrator.step('the chain is asked, past the mirror');
  const fee = before.config.withdrawalFee;
  const out = withdrawals.reduce((sum, lamports) => sum + lamports, 0n);
  const fees = fee * BigInt(withdrawals.length);
  const rent = await reader.rent(DEPOSIT_BYTES);
  await checkMoney(stage, before, {
    alice: { deposit: IN - out - fees, wallet: out - IN - rent - DEPOSIT_FEE },
    treasury: fees,
  });
  const view = await alice.deposit();
  const pda = new PdaTable(MATCH_PROGRAM_ID).derive('deposit', view.authority).address;
  const kinds = kindsOf(await reader.transactions(pda));
  const expected = ['deposit_sol', ...withdrawals.map(() => 'withdraw_sol')];
  narrator.fact(`the deposit's whole history: ${kinds.join(', ')}`, `${kinds}` === `${expected}`, kinds);
  const custody = await reader.balance(view.authority);
  narrator.fact('her custody key keeps nothing', custody === 0n, custody);
  await checkStatement(stage, alice, view);
}

function isEmpty(balances: Balances): boolean {
  return Object.values(balances).every((each) => each === '0');
}
