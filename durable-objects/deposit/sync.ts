/** The deposit's part of reconciliation (design: section 9): books what the finalized history shows, then compares. */
import { decodeConfig } from '../../core/index.ts';
import { type DepositContext, inPlay as derivedInPlay } from '../../machines/deposit/context.ts';
import type { DepositEvent, Unfrozen } from '../../machines/deposit/events.ts';
import { type Refusal, refusal } from '../../machines/refusals.ts';
import type { Actor } from '../actor.ts';
import { FINISHED, type Worked } from '../kernel/workbench.ts';
import type { ChainPort, ObjectWorld, ObservedTransaction } from '../ports.ts';
import type { ChainFact, CompareOutcome } from '../wire/objects.ts';
import { depositValue } from './behaviour.ts';
import { compareDeposit, type DepositAccountAt, type DepositComparison, figureIn } from './comparison.ts';
import { type HistoryFacts, readHistory } from './history.ts';
import { type Ledger, type Moved, movedBy } from './moves.ts';
import { DEPOSIT_BYTES } from './planner.ts';

/** Passes of the history before a signature: beyond them somebody else's noise has to be read through first. */
const MAX_PASSES = 5;

interface Unknown {
  readonly unknown: string;
}

export class DepositSync {
  readonly #world: ObjectWorld;
  readonly #actor: () => Actor<DepositContext, DepositEvent>;
  readonly #book: (fact: ChainFact) => void;

  constructor(
    world: ObjectWorld,
    actor: () => Actor<DepositContext, DepositEvent>,
    book: (fact: ChainFact) => void,
  ) {
    this.#world = world;
    this.#actor = actor;
    this.#book = book;
  }

  /**
   * The account is read first, and the history by a node that is at least as far: so every transaction that the account
   * shows is in the ledger. What is newer on either side, or older than what was booked before, is unknown, not a
   * difference.
   */
  async run(): Promise<CompareOutcome> {
    const read = await this.#look();
    return 'unknown' in read ? { kind: 'unknown', reason: read.unknown } : this.#judge(read.slot, read.at);
  }

  async #look(): Promise<{ readonly slot: number; readonly at: DepositAccountAt } | Unknown> {
    const { chain } = this.#world;
    const { binding, slot: bookedSlot } = this.#context;
    if (binding === null) return { unknown: 'no user is bound to this deposit' };
    const pda = chain.pda('deposit', binding.authority).address;
    const rent = await chain.rentMinimum(DEPOSIT_BYTES);
    const { slot, accounts } = await chain.accounts([pda], bookedSlot);
    const read = await this.#readOn(pda, slot);
    if (!read.isWhole) return { unknown: 'more of the history is to be read' };
    if (Math.max(read.slot, this.#context.slot) > slot)
      return { unknown: 'the chain or the mirror moved meanwhile' };
    return { slot, at: { account: accounts[0] ?? null, rent, programId: chain.programId } };
  }

  /**
   * What the account shows now, with all of its history booked. Only what the operator has seen is adopted: what came
   * after they looked is looked at again.
   */
  async adoptable(available: string): Promise<NonNullable<Unfrozen['adopted']> | Refusal> {
    const read = await this.#look().catch((): Unknown => ({ unknown: 'no answer' }));
    if ('unknown' in read) return refusal('chain_unreadable', read.unknown);
    const found = this.#compared(read.at);
    if (found.kind === 'explained') return refusal('attempts_outstanding', found.by.join(', '));
    const onChain = figureIn(read.at)?.toString() ?? 'none';
    return onChain === available ? { slot: read.slot, onChain } : refusal('figure_mismatch', onChain);
  }

  /**
   * Before anything is signed: what the chain has seen already is known. An object that was restored to an earlier point
   * has forgotten what it signed, and finds it here. False: there is more of the history than can be read at once.
   */
  async catchUp(): Promise<boolean> {
    const { binding } = this.#context;
    if (binding === null) return false;
    const pda = this.#world.chain.pda('deposit', binding.authority).address;
    for (let pass = 0; pass < MAX_PASSES; pass += 1)
      if ((await this.#readOn(pda, this.#context.slot)).isWhole) return true;
    return false;
  }

  /** Books what the history shows beyond the cursor, and moves the cursor on. */
  async #readOn(pda: string, minSlot: number): Promise<HistoryFacts> {
    const { chain, clock } = this.#world;
    const { cursor } = this.#context;
    const read = await readHistory(chain, pda, { cursor, minSlot }, this.#ledger);
    await this.#bookAll(read);
    if (read.cursor !== this.#context.cursor || !this.#context.synced) {
      const part = read.isWhole ? {} : { isPart: true as const };
      this.#commit(
        { type: 'history.read', at: clock.now(), cursor: read.cursor, ...part },
        `history:${read.cursor}:${clock.now()}`,
      );
    }
    return read;
  }

  /** A transaction of our own that is final: the same facts that the history would tell, whoever comes first. */
  async bookTransaction(observed: ObservedTransaction, actionHash: string): Promise<void> {
    const { binding } = this.#context;
    if (binding === null) return;
    const { chain } = this.#world;
    const pda = chain.pda('deposit', binding.authority).address;
    await this.#bookAll(await movedBy(chain, pda, observed, actionHash, this.#ledger));
  }

  async work(): Promise<Worked> {
    await this.#actor().refresh();
    if (!this.#canGoOnline) return FINISHED;
    const outcome = await this.run();
    return outcome.kind === 'paused' || !this.#canGoOnline
      ? FINISHED
      : { kind: 'again', inMs: this.#world.settings.pollMs };
  }

  async #bookAll({ facts, treasuries }: Moved): Promise<void> {
    // Before the facts: once they are booked, nobody looks at their transaction again.
    if (treasuries.length > 0) await this.#checkTreasuries(treasuries);
    for (const fact of facts) this.#book(fact);
  }

  /** The program compares the treasury with nothing (H-05). A fee of nothing went nowhere. */
  async #checkTreasuries(treasuries: Moved['treasuries']): Promise<void> {
    const { chain, clock } = this.#world;
    const expected = await treasuryNow(chain);
    for (const { token, treasury } of treasuries) {
      // The program's own id stands for "none", which it takes only where no fee is due.
      if (treasury === expected || treasury === chain.programId) continue;
      const event: DepositEvent = { type: 'treasury.mismatch', at: clock.now(), signature: token, treasury };
      this.#commit(event, `treasury:${token}`, { treasury });
    }
  }

  #judge(slot: number, at: DepositAccountAt): CompareOutcome {
    const now = this.#world.clock.now();
    const found = this.#compared(at);
    if (found.kind === 'explained') return { kind: 'unknown', reason: `in flight: ${found.by.join(', ')}` };
    if (found.kind === 'broken') {
      this.#commit(
        { type: 'compare.mismatch', at: now, slot, breaks: found.breaks },
        `compare:${slot}:${now}`,
      );
      return { kind: 'paused', slot, breaks: found.breaks.map((each) => each.class) };
    }
    this.#note(slot, now, found);
    const onChain = found.onChain.toString();
    if (this.#canGoOnline)
      this.#commit({ type: 'compare.clean', at: now, slot, onChain }, `compare:${slot}:${now}`);
    return { kind: 'clean', slot };
  }

  #compared(at: DepositAccountAt): DepositComparison {
    const { records } = this.#actor().kernel;
    return compareDeposit(this.#context, at, (hash) => records.liveAttempt(hash) !== null);
  }

  /** What is no difference, and still has to be seen: each told once. */
  #note(slot: number, at: number, found: Extract<DepositComparison, { kind: 'clean' }>): void {
    const { holds, binding } = this.#context;
    const { settings } = this.#world;
    const { records } = this.#actor().kernel;
    const entity = binding?.authority ?? '';
    // Anyone can send lamports again and again.
    if (found.surplus > 0n && !records.isAlerted('surplus', entity)) {
      const lamports = found.surplus.toString();
      this.#commit({ type: 'compare.surplus', at, slot, lamports }, `surplus:${slot}`);
    }
    if (found.inPlay !== null && this.#isNews(found.inPlay, at, entity)) {
      const { timingMs } = settings;
      const onChain = found.inPlay.toString();
      this.#commit({ type: 'compare.inPlay', at, slot, onChain, timingMs }, `inPlay:${slot}:${at}`);
    }
    for (const { token, since, expiresAt } of holds)
      if (expiresAt === null && at - since > settings.staleHoldMs && !records.isAlerted('orphan_hold', token))
        this.#commit({ type: 'hold.stale', at, token }, `stale:${token}`);
  }

  /** Each pass sees the figure; only what has changed is journalled, and what has lasted. */
  #isNews(onChain: bigint, at: number, entity: string): boolean {
    const { inPlay } = this.#context;
    const isShort = onChain < derivedInPlay(this.#context);
    if (onChain.toString() !== inPlay.onChain || isShort !== (inPlay.shortSince !== null)) return true;
    const hasLasted = inPlay.shortSince !== null && at - inPlay.shortSince >= this.#world.settings.timingMs;
    return hasLasted && !this.#actor().kernel.records.isAlerted('in_play_short', entity);
  }

  #commit(event: DepositEvent, id: string, request?: { readonly [field: string]: string }): void {
    const once = request === undefined ? {} : { request, answer: () => ({ status: 200, body: null }) };
    this.#actor().kernel.commit(event, { id, ...once });
  }

  get #ledger(): Ledger {
    const { answers } = this.#actor().kernel;
    const { holds } = this.#context;
    const { chain } = this.#world;
    return {
      isBooked: (token) => answers.read(token) !== null,
      heldFor: (hash, matchPda) => {
        const hold = holds.find(({ token }) => token === hash);
        const isItsMatch = hold !== undefined && chain.pda('match', hold.matchId).address === matchPda;
        return isItsMatch ? BigInt(hold.of) : null;
      },
    };
  }

  get #context(): DepositContext {
    return this.#actor().context;
  }

  /** Nobody does before the monitor says so, which asks for the comparison anew: until then it would be asked in vain. */
  get #canGoOnline(): boolean {
    const { link } = depositValue(this.#actor().kernel.standing.value);
    return link === 'reconciling' && this.#context.link.level === 'online';
  }
}

async function treasuryNow(chain: ChainPort): Promise<string | null> {
  const { accounts } = await chain.accounts([chain.pda('config').address]);
  const [config] = accounts;
  return config == null ? null : decodeConfig(config.data).treasuryMultisig;
}
