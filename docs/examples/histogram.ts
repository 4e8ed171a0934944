// A histogram: percentiles of millions of values in the memory of a few.

/** How often each value, in whole milliseconds, was seen. It grows with how far the values spread, not with how many there are. */
export class Histogram {
  readonly #times = new Map<number, number>();
  count = 0;
  max = 0;

  add(ms: number): void {
    const value = Math.round(ms);
    this.#times.set(value, (this.#times.get(value) ?? 0) + 1);
    this.count++;
    this.max = Math.max(this.max, value);
  }

  /** The least value that at least this share (0 to 1) of all values doesn't exceed; 0 when there is none. */
  percentile(share: number): number {
    let below = 0;
    for (const [value, times] of [...this.#times].sort(([a], [b]) => a - b)) {
      below += times;
      if (below >= share * this.count) return value;
    }
    return 0;
  }
}
