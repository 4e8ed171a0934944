// Misfire: what becomes of ticks that are handled late.
import { checkBag, count, oneOf } from './check.js';
import { durationMs, type DurationLike } from './duration.js';

/** What happens to ticks that are handled late, since the loop was blocked, the machine slept or the clock was set. */
export interface Misfire {
  /** How late is late. @default '1s' */
  readonly grace?: DurationLike | undefined;
  /** `latest`: one run, for the newest tick; `all`: a run for each, newest `limit`; `skip`: none. @default 'latest' */
  readonly policy?: 'latest' | 'all' | 'skip' | undefined;
  /** How many runs `all` makes up for at most: the newest. @default 1000 */
  readonly limit?: number | undefined;
}

/** What happens to late ticks, as plain data. `grace` in ms. */
export interface MisfirePolicy {
  readonly grace: number;
  readonly policy: 'latest' | 'all' | 'skip';
  readonly limit: number;
}

export const DEFAULT_MISFIRE: MisfirePolicy = Object.freeze({ grace: 1_000, policy: 'latest', limit: 1_000 });

const CHECKS = {
  grace: (value: unknown, field: string) => durationMs(value as DurationLike, field),
  policy: oneOf('latest', 'all', 'skip'),
  limit: count(1),
};

/** @throws InvalidArgumentError */
export function checkMisfire(value: unknown, field: string): MisfirePolicy {
  return Object.freeze({ ...DEFAULT_MISFIRE, ...checkBag(value, CHECKS, field) });
}
