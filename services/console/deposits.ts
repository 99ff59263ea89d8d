/** Follows the deposits that the viewer may see: one question after the other, and none while nobody looks. */
import type { DepositView, StatementEntry, StatementPage } from '../../durable-objects/wire/views.ts';
import { call } from './api.ts';

const PAUSE_MS = 2_000;
/** One that does not exist is asked for less often; a press of a button asks at once. */
const MISSING_MS = 10_000;
const SHOWN_ENTRIES = 5;
/** Many journal entries move nothing; so far back the newest few that do are looked for. */
const LOOK_BACK = 60;

export type ShownDeposit =
  | { readonly kind: 'unknown' | 'none'; readonly userId: string }
  | {
      readonly kind: 'known';
      readonly userId: string;
      readonly view: DepositView;
      /** Newest first. */
      readonly entries: readonly StatementEntry[];
    };

export interface DepositsContext {
  viewer(): string;
  /** Whose deposits the viewer looks at: an operator at several, a player at their own. */
  owners(): readonly string[];
  draw(deposits: readonly ShownDeposit[]): void;
}

export class Deposits {
  readonly #context: DepositsContext;
  readonly #known = new Map<string, ShownDeposit>();
  readonly #missingUntil = new Map<string, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isAsking = false;
  #again = false;

  constructor(context: DepositsContext) {
    this.#context = context;
    document.addEventListener('visibilitychange', () => this.nudge());
  }

  /** Something may have changed: asks now, or right after the questions that are out. */
  nudge(): void {
    this.#missingUntil.clear();
    this.#again = this.#isAsking;
    if (!this.#isAsking) void this.#ask();
  }

  async #ask(): Promise<void> {
    clearTimeout(this.#timer);
    this.#isAsking = true;
    const owners = document.hidden ? [] : this.#context.owners();
    for (const userId of owners) await this.#askFor(userId);
    this.#isAsking = false;
    const now = this.#context.owners();
    this.#context.draw(now.map((userId) => this.#known.get(userId) ?? { kind: 'unknown', userId }));
    this.#timer = setTimeout(() => void this.#ask(), this.#again ? 0 : PAUSE_MS);
    this.#again = false;
  }

  async #askFor(userId: string): Promise<void> {
    if ((this.#missingUntil.get(userId) ?? 0) > Date.now()) return;
    const viewer = this.#context.viewer();
    const path =
      viewer === userId ? '/api/v1/deposits/me' : `/api/v1/operator/deposits/${encodeURIComponent(userId)}`;
    const { ok, status, body } = await call(viewer, path);
    if (status === 409) {
      this.#known.set(userId, { kind: 'none', userId });
      this.#missingUntil.set(userId, Date.now() + MISSING_MS);
    }
    if (!ok) return;
    // SAFETY: our own server's answer to a route whose form this is.
    const view = body as DepositView;
    const known = this.#known.get(userId);
    if (known?.kind === 'known' && known.view.seq === view.seq) {
      this.#known.set(userId, { ...known, view });
      return;
    }
    const page = await call(
      viewer,
      `${path}/statement?from=${Math.max(1, view.seq - LOOK_BACK)}&limit=${LOOK_BACK}`,
    );
    if (!page.ok) return;
    // SAFETY: as above. What was booked since the view is not in its balances, and comes with the next one.
    const booked = (page.body as StatementPage).entries.filter(({ seq }) => seq <= view.seq);
    const entries = booked.slice(-SHOWN_ENTRIES).reverse();
    this.#known.set(userId, { kind: 'known', userId, view, entries });
  }
}
