/** How the story must end: on the chain to the lamport, in the ledgers, and in the journal. Each read for itself. */
import {
  decodeConfig,
  decodeEscrow,
  feeBreakdown,
  journalGenesis,
  journalHash,
  type MoneyInstruction,
} from '../../core/index.ts';
import { matchName } from '../../durable-objects/names.ts';
import type { MatchView } from '../../durable-objects/wire/views.ts';
import { MATCH_PROGRAM_ID } from '../local-chain/index.ts';
import { PdaTable } from '../solana/pda.ts';
import { ChainReader } from './chain-reader.ts';
import { ENTRY_FEE, FUNDS, type Scene, WAIT_MS } from './scene.ts';

/** A journal of one match has some 40 entries; a page has 100. */
const MAX_PAGES = 50;

export interface Money {
  /** Lamports of the deposit accounts, and of the treasury. */
  readonly alice: bigint;
  readonly bob: bigint;
  readonly treasury: bigint;
  readonly feeBps: number;
}

/** Needs a chain that answers. */
export async function readMoney({ stack, alice, bob }: Scene): Promise<Money> {
  const reader = new ChainReader(stack.chain.rpcUrl, MATCH_PROGRAM_ID);
  const pdas = new PdaTable(MATCH_PROGRAM_ID);
  const deposits = await Promise.all([alice, bob].map((player) => player.deposit()));
  const [ofAlice = 0n, ofBob = 0n] = await Promise.all(
    deposits.map(({ authority }) => reader.balance(pdas.derive('deposit', authority).address)),
  );
  const config = decodeConfig(await reader.data(pdas.derive('config').address));
  return {
    alice: ofAlice,
    bob: ofBob,
    treasury: await reader.balance(config.treasuryMultisig),
    feeBps: config.platformFeeBps,
  };
}

export async function checkChain(scene: Scene, view: MatchView, before: Money): Promise<void> {
  const { narrator, stack } = scene;
  narrator.step('the chain is asked, past the mirror');
  const after = await readMoney(scene);
  const { platformFee, netPool } = feeBreakdown(2n * ENTRY_FEE, before.feeBps);
  const exact = (who: 'alice' | 'bob' | 'treasury', change: bigint) => {
    const what = `${who}: ${change} lamports, exactly`;
    narrator.fact(what, after[who] - before[who] === change, after[who] - before[who]);
  };
  exact('alice', -ENTRY_FEE);
  exact('bob', netPool - ENTRY_FEE);
  exact('treasury', platformFee);
  const reader = new ChainReader(stack.chain.rpcUrl, MATCH_PROGRAM_ID);
  const escrowPda = new PdaTable(MATCH_PROGRAM_ID).derive('escrow', view.matchPda).address;
  const escrow = decodeEscrow(await reader.data(escrowPda));
  const paid = escrow.distributed && !escrow.cancelled && escrow.totalEntry === 0n;
  narrator.fact('the escrow is distributed, and owes nobody anything', paid, escrow);
  await checkHistory(scene, await reader.transactions(view.matchPda), view);
}

async function checkHistory(
  { narrator }: Scene,
  transactions: Awaited<ReturnType<ChainReader['transactions']>>,
  { settlement }: MatchView,
): Promise<void> {
  const kinds = transactions.map(({ instructions }) => instructions.map(({ kind }) => kind).join(' + '));
  const isJoin = (one: MoneyInstruction) => one.kind === 'join_match';
  const joins = transactions.flatMap(({ instructions }) => instructions.filter(isJoin));
  for (const userId of ['alice', 'bob']) {
    const own = joins.filter((one) => 'userId' in one && one.userId === userId);
    narrator.fact(`one join of ${userId}, no more`, own.length === 1, kinds);
  }
  const last = transactions.at(-1);
  const together = kinds.at(-1) === 'end_match + distribute_prizes' && last?.signature === settlement;
  narrator.fact('end and prizes in one transaction, the last one', together, { kinds, settlement });
  const expected = [
    'create_match',
    'join_match',
    'join_match',
    'start_match',
    'end_match + distribute_prizes',
  ];
  narrator.fact(`the match's whole history: ${kinds.join(', ')}`, `${kinds}` === `${expected}`, kinds);
}

export async function checkLedgers({ narrator, players }: Scene, { feeBps }: Money): Promise<void> {
  const { netPool } = feeBreakdown(2n * ENTRY_FEE, feeBps);
  const expected = { alice: FUNDS - ENTRY_FEE, bob: FUNDS - ENTRY_FEE + netPool };
  for (const [name, player] of players) {
    await narrator.eventually(
      `${name}'s ledger in the mirror says the same`,
      WAIT_MS,
      () => player.deposit(),
      ({ balances: { available, held, suspense } }) =>
        available === `${expected[name]}` && held === '0' && suspense === '0',
    );
  }
}

/** Gap-free, and each entry's hash made anew by the core from the stored text. */
export async function checkJournal(
  { narrator, operator, matchId, stack }: Scene,
  view: MatchView,
): Promise<void> {
  const chain = { cluster: stack.chain.chain.genesisHash, programId: MATCH_PROGRAM_ID };
  const genesis = journalGenesis(matchName(chain, view.matchPda));
  let hash = genesis;
  let seq = 0;
  for (let page = 0; page < MAX_PAGES; page++) {
    const found = await operator.journal(matchId, seq + 1);
    if (found.genesis !== genesis)
      narrator.fact('the journal begins with the name of its object', false, found);
    if (found.entries.length === 0) break;
    for (const entry of found.entries) {
      hash = journalHash(hash, entry.entry);
      seq += 1;
      const linked = entry.seq === seq && entry.hash === hash && JSON.parse(entry.entry).seq === seq;
      if (!linked) narrator.fact(`entry ${seq} of the journal continues the chain`, false, entry);
    }
  }
  narrator.fact(`the journal's hash chain holds, ${seq} entries`, seq >= view.seq, { seq, shown: view.seq });
}
