/** A match against its accounts: asked by the cron, and as the gate from `reconciling` to `online`. */
import { decodeConfig } from '../../core/index.ts';
import type { MatchContext } from '../../machines/match/context.ts';
import type { MatchEvent } from '../../machines/match/events.ts';
import type { Actor } from '../actor.ts';
import { FINISHED, type Handlers, type Worked } from '../kernel/workbench.ts';
import type { ObjectWorld } from '../ports.ts';
import type { CompareOutcome } from '../wire/objects.ts';
import { compareMatch } from './comparison.ts';
import { foreignSettlement } from './foreign.ts';
import { type PlannerAccounts, readPlannerAccounts } from './plan.ts';
import { ESCROW_BYTES } from './settlement-plans.ts';
import { matchValue } from './view.ts';

export class MatchReconciliation {
  readonly handlers: Handlers = { compare: () => this.#compareWork() };
  readonly #world: ObjectWorld;
  readonly #actor: () => Actor<MatchContext, MatchEvent>;

  constructor(world: ObjectWorld, actor: () => Actor<MatchContext, MatchEvent>) {
    this.#world = world;
    this.#actor = actor;
  }

  /** Mirror against chain, now. A difference pauses; what is explained, stale or unreadable changes nothing. */
  async compare(): Promise<CompareOutcome> {
    const { chain, clock } = this.#world;
    const { context, kernel } = this.#actor();
    const before = kernel.standing.seq;
    const { terms } = context;
    if (terms === null) return { kind: 'unknown', reason: 'no match has this name' };
    const [accounts, rent] = await Promise.all([
      readPlannerAccounts(chain, terms, context.facts.slot),
      chain.rentMinimum(ESCROW_BYTES),
    ]);
    // While the chain was read the mirror may have moved: then these two do not belong together.
    if (kernel.standing.seq !== before) return { kind: 'unknown', reason: 'the mirror moved meanwhile' };
    const { slot } = accounts;
    const found = compareMatch(context, { ...accounts, escrowRent: rent, programId: chain.programId });
    // Also where our own on its way would explain the account: it does not show who was paid.
    if (found.kind !== 'clean' && (await this.bookForeign(accounts)))
      return { kind: 'unknown', reason: 'somebody else settled it' };
    if (kernel.standing.seq !== before) return { kind: 'unknown', reason: 'the mirror moved meanwhile' };
    if (found.kind === 'explained') return { kind: 'unknown', reason: `in flight: ${found.by.join(', ')}` };
    const at = clock.now();
    const id = { id: `compare:${slot}:${at}` };
    if (found.kind === 'broken') {
      kernel.commit({ type: 'compare.mismatch', at, slot, breaks: found.breaks }, id);
      return { kind: 'paused', slot, breaks: found.breaks.map((each) => each.class) };
    }
    this.#noteSurplus(found.surplus, terms.escrowPda, slot, at);
    if (matchValue(kernel.standing.value).link === 'reconciling')
      kernel.commit({ type: 'compare.clean', at, slot, chainHash: found.chainHash }, id);
    return { kind: 'clean', slot };
  }

  /** True where somebody else paid the escrow out: it is booked now, and what is left is compared again. */
  async bookForeign({ match, escrow, config }: PlannerAccounts): Promise<boolean> {
    const { context, kernel } = this.#actor();
    const { terms } = context;
    if (terms === null || escrow === null || config === null) return false;
    if (escrow.owner !== this.#world.chain.programId) return false;
    const { records } = kernel;
    const treasury = decodeConfig(config.data).treasuryMultisig;
    const shown = { escrow, match, treasury };
    const found = await foreignSettlement(this.#world.chain, { context, records }, terms, shown);
    if (found === null) return false;
    const event: MatchEvent = { type: 'foreign.settled', at: this.#world.clock.now(), ...found };
    return kernel.commit(event, { id: `foreign:${found.signature}` }).kind === 'committed';
  }

  /** Once for an escrow: anyone can send lamports again and again. */
  #noteSurplus(surplus: bigint, escrow: string, slot: number, at: number): void {
    const { kernel } = this.#actor();
    if (surplus === 0n || kernel.records.isAlerted('surplus', escrow)) return;
    const lamports = surplus.toString();
    kernel.commit({ type: 'compare.surplus', at, slot, lamports }, { id: `surplus:${slot}` });
  }

  /**
   * Asked again until it says something. Nobody goes online before the monitor says so, which asks anew: until then it
   * would be asked in vain, by a thousand objects each second, and the replay would starve beside them.
   */
  async #compareWork(): Promise<Worked> {
    await this.#actor().refresh();
    const isOpen = (): boolean => {
      const { context, kernel } = this.#actor();
      return context.link.level === 'online' && matchValue(kernel.standing.value).link === 'reconciling';
    };
    if (!isOpen()) return FINISHED;
    const outcome = await this.compare();
    return outcome.kind === 'paused' || !isOpen()
      ? FINISHED
      : { kind: 'again', inMs: this.#world.settings.pollMs };
  }
}
