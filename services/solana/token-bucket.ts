/** A budget that refills with time. It holds no timer: what is there is computed when somebody takes from it. */
export interface Budget {
  readonly perSecond: number;
  /** What may be taken at once after a rest. */
  readonly burst: number;
}

export class TokenBucket {
  readonly #budget: Budget;
  #tokens: number;
  #at: number;

  constructor(budget: Budget, now: number) {
    this.#budget = budget;
    this.#tokens = budget.burst;
    this.#at = now;
  }

  /** Takes one if more than `reserve` are left: what is kept for others. `now` in ms. */
  take(now: number, reserve = 0): boolean {
    const { perSecond, burst } = this.#budget;
    // A clock that went back must neither drain it nor be paid twice.
    this.#tokens = Math.min(burst, this.#tokens + (Math.max(0, now - this.#at) * perSecond) / 1_000);
    this.#at = now;
    if (this.#tokens < 1 + reserve) return false;
    this.#tokens -= 1;
    return true;
  }
}
