// Chance from a seed: the same seed, the same world.

/** A source of chance. */
export interface Chance {
  /** A whole number from `from` to `to`, both included. */
  whole(from: number, to: number): number;
  /** Whether something of this probability happens. */
  is(probability: number): boolean;
  oneOf<T>(items: readonly T[]): T;
}

/** mulberry32 (Tommy Ettinger, 2017): small, fast, and random enough for plots. */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  const whole = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return { whole, is: (probability) => next() < probability, oneOf: (items) => items[whole(0, items.length - 1)] as (typeof items)[number] };
}
