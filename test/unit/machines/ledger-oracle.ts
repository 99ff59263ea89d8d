/**
 * What the ledger must answer, worked out a second time: a book of plain numbers that shares no code with the machine.
 * It keeps no postings and knows no states; it is told what is asked, and says what has to come of it.
 */

export interface Limits {
  readonly actions: number;
  readonly lamports: bigint;
  readonly perHour: number;
}

interface Promise_ {
  amount: bigint;
  readonly expiresAt: number | null;
  readonly kind: 'hold' | 'admission';
}

export type Answer = 'ok' | string;

const HOUR = 3_600_000;

/** Sticky answers only: what is asked again under the same name is told the same. */
export class Oracle {
  available = 0n;
  suspense = 0n;
  /** By token, in the order in which they were made. */
  readonly open = new Map<string, Promise_>();
  readonly ended = new Map<string, 'captured' | 'released' | 'expired'>();
  readonly withdrawals = new Map<string, { total: bigint; notAfter: number }>();
  readonly onChain = { credited: 0n, debited: 0n };
  readonly #limits: Limits;
  readonly #answers = new Map<string, { readonly request: string; readonly answer: Answer }>();
  #hour = { since: 0, count: 0 };
  /** Nothing but a person ends it. */
  isFrozen = false;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  get held(): bigint {
    return this.#sum('hold');
  }

  get withdrawing(): bigint {
    return [...this.withdrawals.values()].reduce((sum, { total }) => sum + total, 0n);
  }

  hold(
    now: number,
    kind: 'hold' | 'admission',
    token: string,
    amount: bigint,
    expiresAt: number | null,
  ): Answer {
    const request = JSON.stringify([kind, amount.toString(), expiresAt]);
    return this.#once(`hold:${token}`, request, () => {
      const ended = this.ended.get(token);
      if (ended !== undefined) return `hold_${ended}`;
      if (this.isFrozen) return 'deposit_frozen';
      if (expiresAt !== null && expiresAt <= now) return 'invalid_request';
      if (this.#operations(now) >= this.#limits.perHour) return 'velocity_exceeded';
      if (kind === 'hold' && amount > this.available) return 'insufficient_funds';
      this.#count(now);
      if (this.#isOver(amount)) return 'user_limit_reached';
      this.open.set(token, { amount, expiresAt, kind });
      if (kind === 'hold') this.available -= amount;
      return 'ok';
    });
  }

  /** `by`: the name of the release. */
  release(now: number, by: string, token: string, amount: bigint | null): Answer {
    return this.#once(by, JSON.stringify([token, amount?.toString() ?? null]), () => {
      const ended = this.ended.get(token);
      if (ended !== undefined) return `hold_${ended}`;
      const found = this.open.get(token);
      if (found === undefined) {
        this.ended.set(token, 'released');
        return 'ok';
      }
      if (found.expiresAt !== null && now >= found.expiresAt) return 'hold_expired';
      if (found.kind === 'admission') {
        this.open.delete(token);
        this.ended.set(token, 'released');
        return 'ok';
      }
      const back = amount ?? found.amount;
      if (back > found.amount) return 'amount_exceeds_hold';
      this.available += back;
      found.amount -= back;
      if (found.amount === 0n) this.#end(token, 'released');
      return 'ok';
    });
  }

  /** Never anything but taken, and once. */
  fact(name: string, direction: 'credit' | 'debit', amount: bigint, memo: string | null): Answer {
    return this.#once(name, JSON.stringify([direction, amount.toString()]), () => {
      if (direction === 'credit') {
        this.available += amount;
        this.onChain.credited += amount;
      } else {
        this.onChain.debited += amount;
        this.#take(amount, memo);
      }
      return 'ok';
    });
  }

  debit(now: number, name: string, amount: bigint, memo: string | null): Answer {
    return this.#once(name, JSON.stringify(['debit', amount.toString(), memo]), () => {
      if (this.isFrozen) return 'deposit_frozen';
      if (memo === null) {
        if (amount > this.available) return 'insufficient_funds';
      } else {
        const hold = this.open.get(memo);
        const ended = this.ended.get(memo);
        if (hold?.kind !== 'hold') return ended === undefined ? 'hold_unknown' : `hold_${ended}`;
        if (hold.expiresAt !== null && now >= hold.expiresAt) return 'hold_expired';
        if (amount > hold.amount) return 'amount_exceeds_hold';
      }
      this.onChain.debited += amount;
      this.#take(amount, memo);
      return 'ok';
    });
  }

  withdraw(now: number, key: string, amount: bigint, fee: bigint, notAfter: number): Answer {
    return this.#once(`withdraw:${key}`, JSON.stringify([amount.toString(), notAfter]), () => {
      if (this.isFrozen) return 'deposit_frozen';
      if (notAfter <= now) return 'not_after_out_of_range';
      if (this.#operations(now) >= this.#limits.perHour) return 'velocity_exceeded';
      if (amount + fee > this.available) return 'insufficient_funds';
      this.#count(now);
      if (this.#isOver(amount + fee)) return 'user_limit_reached';
      this.available -= amount + fee;
      this.withdrawals.set(key, { total: amount + fee, notAfter });
      return 'ok';
    });
  }

  /** Whatever is due by now, and only that. */
  timePasses(now: number): void {
    for (const [token, { expiresAt }] of [...this.open])
      if (expiresAt !== null && expiresAt <= now) {
        this.available += this.open.get(token)?.amount ?? 0n;
        this.#end(token, 'expired');
      }
    for (const [key, { total, notAfter }] of [...this.withdrawals])
      if (notAfter <= now) {
        this.available += total;
        this.withdrawals.delete(key);
      }
  }

  unfreeze(): Answer {
    if (!this.isFrozen) return 'event_ignored';
    if (this.suspense > this.available) return 'suspense_not_covered';
    this.available -= this.suspense;
    this.suspense = 0n;
    this.isFrozen = false;
    return 'ok';
  }

  #take(amount: bigint, memo: string | null): void {
    const hold = memo === null ? undefined : this.open.get(memo);
    if (memo !== null && hold?.kind === 'hold') {
      this.available += hold.amount;
      this.#end(memo, 'captured');
    }
    this.available -= amount;
    if (this.available >= 0n) return;
    this.suspense -= this.available;
    this.available = 0n;
    this.isFrozen = true;
  }

  #end(token: string, as: 'captured' | 'released' | 'expired'): void {
    this.open.delete(token);
    this.ended.set(token, as);
  }

  #isOver(amount: bigint): boolean {
    const { actions, lamports } = this.#limits;
    return (
      this.open.size + this.withdrawals.size >= actions ||
      this.held + this.#sum('admission') + this.withdrawing + amount > lamports
    );
  }

  #sum(kind: 'hold' | 'admission'): bigint {
    return [...this.open.values()].reduce((sum, each) => (each.kind === kind ? sum + each.amount : sum), 0n);
  }

  #operations(now: number): number {
    return now - this.#hour.since >= HOUR ? 0 : this.#hour.count;
  }

  #count(now: number): void {
    this.#hour =
      now - this.#hour.since >= HOUR
        ? { since: now, count: 1 }
        : { ...this.#hour, count: this.#hour.count + 1 };
  }

  /** Refusals that pass leave no trace; a final one is what is answered for ever. */
  #once(name: string, request: string, act: () => Answer): Answer {
    const known = this.#answers.get(name);
    if (known !== undefined) return known.request === request ? known.answer : 'idempotency_conflict';
    const answer = act();
    const passes = ['velocity_exceeded', 'invalid_request', 'suspense_not_covered'];
    if (!passes.includes(answer)) this.#answers.set(name, { request, answer });
    return answer;
  }
}
