// A rate limit: how many runs may start within a stretch of time.
import { checkBag, count, refuse } from './check.js';
import { positiveMs, type DurationLike } from './duration.js';

/** At most `limit` starts within any `per` ms. */
export interface RateLimit {
  readonly limit: number;
  readonly per: number;
}

const CHECKS = { limit: count(1), per: (value: unknown, field: string) => positiveMs(value as DurationLike, field) };

/** @throws InvalidArgumentError */
export function checkRateLimit(value: unknown, field: string): RateLimit {
  const { limit, per } = checkBag(value, CHECKS, field) as Partial<RateLimit>;
  if (limit === undefined || per === undefined) return refuse(field, value, "both a limit and what it is per, as { limit: 10, per: '1s' }");
  return Object.freeze({ limit, per });
}
