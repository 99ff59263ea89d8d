/** How a story must end: on the chain to the lamport, in the ledgers, and in the journal. Each read for itself. */
import {
  decodeEscrow,
  type EscrowAccount,
  feeBreakdown,
  journalGenesis,
  journalHash,
  type MoneyInstruction,
} from '../../core/index.ts';
import { matchName } from '../../durable-objects/names.ts';
import type { MatchView } from '../../durable-objects/wire/views.ts';
import { MATCH_PROGRAM_ID } from '../local-chain/index.ts';
import type { ProgramTransaction } from './chain-reader.ts';
import { checkMoney, escrowed, type Money } from './money.ts';
import { FUNDS, type Scene, type Stage } from './scene.ts';
import { ENTRY_FEE, type Table, WAIT_MS } from './table.ts';

/** A journal of one match has some 40 entries; a page has 100. */
const MAX_PAGES = 50;

/** Bob has won a match of two, each of whom has paid by deposit. */
export async function checkChain(scene: Scene, view: MatchView, before: Money): Promise<void> {
  const { narrator, table, reader } = scene;
  narrator.step('the chain is asked, past the mirror');
  const { platformFee, netPool } = feeBreakdown(2n * ENTRY_FEE, before.config.platformFeeBps);
  await checkMoney(scene, before, {
    alice: { deposit: -ENTRY_FEE },
    bob: { deposit: netPool - ENTRY_FEE },
    treasury: platformFee,
  });
  await checkDistributed(scene, table);
  checkHistory(scene, await reader.transactions(view.matchPda), view);
}

/** Of a match that was settled. */
export async function checkDistributed(stage: Stage, table: Table): Promise<void> {
  const escrow = await checkEmpty(stage, table);
  const paid = escrow.distributed && !escrow.cancelled;
  stage.narrator.fact('and it is distributed, not refunded', paid, escrow);
}

/** Of a match that is over, however it ended: the escrow owes nobody anything, and has its rent only. */
export async function checkEmpty(
  stage: Stage,
  { escrowPda }: Table,
  what = 'the escrow',
): Promise<EscrowAccount> {
  const escrow = decodeEscrow(await stage.reader.data(escrowPda));
  const left = await escrowed(stage, escrowPda);
  const isEmpty = escrow.totalEntry === 0n && left === 0n;
  stage.narrator.fact(`${what} owes nobody anything, and has its rent only`, isEmpty, { escrow, left });
  return escrow;
}

export function checkHistory(
  { narrator }: Stage,
  transactions: readonly ProgramTransaction[],
  { settlement }: MatchView,
): void {
  const kinds = kindsOf(transactions);
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

/** What each transaction asked of the program, oldest first. */
export function kindsOf(transactions: readonly ProgramTransaction[]): readonly string[] {
  return transactions.map(({ instructions }) => instructions.map(({ kind }) => kind).join(' + '));
}

export async function checkLedgers(stage: Stage, { config }: Money): Promise<void> {
  const { netPool } = feeBreakdown(2n * ENTRY_FEE, config.platformFeeBps);
  await checkSpendable(stage, { alice: FUNDS - ENTRY_FEE, bob: FUNDS - ENTRY_FEE + netPool });
}

/** All of it spendable: nothing is held, withdrawn or owed. */
export async function checkSpendable(
  { narrator, players }: Stage,
  expected: { readonly alice: bigint; readonly bob: bigint },
): Promise<void> {
  for (const player of players) {
    await narrator.eventually(
      `${player.name}'s ledger in the mirror says ${expected[player.name]}, and nothing on its way`,
      WAIT_MS,
      () => player.deposit(),
      ({ balances: { available, held, withdrawing, suspense } }) =>
        available === `${expected[player.name]}` &&
        [held, withdrawing, suspense].every((each) => each === '0'),
    );
  }
}

/** Gap-free, and each entry's hash made anew by the core from the stored text. */
export async function checkJournal(stage: Stage, { matchId }: Table, view: MatchView): Promise<void> {
  const { narrator, operator, stack } = stage;
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
