// Retries: what may be said of them, and how long to wait before the next attempt.
import { aFunction, checkBag, count, oneOf, refuse } from './check.js';
import { durationMs, type DurationLike } from './duration.js';
import { InvalidArgumentError } from './errors.js';

/** Whether a run whose work fails is tried again, and when. */
export interface Retry {
  /** How many attempts a run has at most, the first one included. */
  readonly maxAttempts: number;
  /**
   * How the wait before the next attempt grows: `fixed` waits for `delay` each time, `exponential` for `delay * 2 ** (attempt - 1)`,
   * a function for what it returns; attempts count from 1. @default 'exponential'
   */
  readonly backoff?: 'fixed' | 'exponential' | ((attempt: number, error: Error) => DurationLike) | undefined;
  /** The wait after the first attempt. @default '1s' */
  readonly delay?: DurationLike | undefined;
  /** The longest wait. @default '1h' */
  readonly maxDelay?: DurationLike | undefined;
  /**
   * How much of a wait is left to chance, so that what failed together isn't tried again together: `none` of it; `full`, a random
   * time up to the wait; `equal`, half of it and a random time up to the other half. The names and formulas are those of Marc
   * Brooker, "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015). @default 'none'
   */
  readonly jitter?: 'none' | 'full' | 'equal' | undefined;
  /** Whether an attempt that failed so is tried again at all. @default always */
  readonly retryIf?: ((error: Error, attempt: number) => boolean) | undefined;
}

/** How a run is retried, as plain data. Durations in ms. */
export interface RetryPolicy {
  readonly maxAttempts: number;
  /** `computed` by a function, which is no data. */
  readonly backoff: 'fixed' | 'exponential' | 'computed';
  readonly delay: number;
  readonly maxDelay: number;
  readonly jitter: 'none' | 'full' | 'equal';
}

/** The parts of `retry` that are no data. */
export interface RetryFunctions {
  readonly backoff: ((attempt: number, error: Error) => DurationLike) | undefined;
  readonly retryIf: ((error: Error, attempt: number) => boolean) | undefined;
}

/** `retry`, checked, with its durations in ms: it passes the check again, as it does at the other end of a connection. */
export interface CheckedRetry extends Retry {
  readonly delay?: number;
  readonly maxDelay: number;
  readonly jitter: 'none' | 'full' | 'equal';
}

const duration = (value: unknown, field: string): number => durationMs(value as DurationLike, field);

const CHECKS = {
  maxAttempts: count(1),
  backoff: (value: unknown, field: string) => (typeof value === 'function' ? value : oneOf('fixed', 'exponential')(value, field)),
  delay: duration,
  maxDelay: duration,
  jitter: oneOf('none', 'full', 'equal'),
  retryIf: aFunction,
};

/** @throws InvalidArgumentError */
export function checkRetry(value: unknown, field: string): CheckedRetry {
  const checked = checkBag(typeof value === 'number' ? { maxAttempts: value } : value, CHECKS, field) as Partial<CheckedRetry>;
  const { maxAttempts, backoff = 'exponential', delay, maxDelay = 3_600_000, jitter = 'none', retryIf } = checked;
  if (maxAttempts === undefined) return refuse(`${field}.maxAttempts`, maxAttempts, 'a whole number of at least 1, or Infinity');
  const isComputed = typeof backoff === 'function';
  if (isComputed && delay !== undefined) throw new InvalidArgumentError(`${field}.delay`, delay, `${field}.delay has no effect when backoff is a function. Leave one of them out.`);
  const retry = isComputed ? { maxAttempts, backoff, maxDelay, jitter } : { maxAttempts, backoff, maxDelay, jitter, delay: delay ?? 1_000 };
  return Object.freeze(retryIf ? { ...retry, retryIf } : retry);
}

/** The part of it that is plain data. */
export function retryPolicyOf({ maxAttempts, backoff, delay = 0, maxDelay, jitter }: CheckedRetry): RetryPolicy {
  return Object.freeze({ maxAttempts, backoff: typeof backoff === 'function' ? 'computed' : backoff ?? 'exponential', delay, maxDelay, jitter });
}

/** The part of it that is not. */
export function retryFunctionsOf({ backoff, retryIf }: CheckedRetry): RetryFunctions | undefined {
  const isComputed = typeof backoff === 'function';
  return isComputed || retryIf ? { backoff: isComputed ? backoff : undefined, retryIf } : undefined;
}

/**
 * How long to wait after an attempt, in ms.
 *
 * @param attempt the one that failed, from 1
 * @param computed what the function says, with `computed`
 * @param random gives a number from 0 up to 1
 */
export function retryDelay({ backoff, delay, maxDelay, jitter }: RetryPolicy, attempt: number, computed: number, random: () => number): number {
  const wait = Math.min(maxDelay, backoff === 'computed' ? computed : backoff === 'fixed' || delay === 0 ? delay : delay * 2 ** (attempt - 1));
  if (jitter === 'none') return wait;
  return jitter === 'full' ? random() * wait : wait / 2 + random() * wait / 2;
}
