// What work throws to say whether, and when, it is to be tried again.
import { durationMs, type DurationLike } from './duration.js';
import { CarillonError, toError } from './errors.js';
import { show } from './show.js';

/**
 * Work throws this to be tried again after a while that it knows, as from a server's `Retry-After`. That counts as an attempt like
 * any other, so `retry` says how many there are; the wait is taken as it is.
 *
 * @example
 * const seconds = Number(response.headers.get('retry-after')); // NaN for a date, 0 for none
 * if (response.status === 429 && seconds > 0) throw new RetryAfter({ seconds });
 */
export class RetryAfter extends CarillonError {
  readonly code = 'RETRY_AFTER';
  /** Milliseconds. */
  readonly delay: number;
  /** @throws InvalidArgumentError unless `delay` is a duration of 0 ms or more */
  constructor(delay: DurationLike, options?: ErrorOptions) {
    const ms = durationMs(delay, 'RetryAfter(delay)');
    super(`The work asks to be tried again after ${ms} ms.`, options);
    this.delay = ms;
  }
}

/**
 * Work throws this to fail for good, whatever `retry` allows. The run fails with the cause, if there is one.
 *
 * @example
 * if (response.status === 404) throw new DoNotRetry(new Error('There is no such page.'));
 */
export class DoNotRetry extends CarillonError {
  readonly code = 'DO_NOT_RETRY';
  constructor(cause?: unknown) {
    super(`The work asks not to be tried again${cause === undefined ? '' : `: ${show(cause)}`}.`, cause === undefined ? undefined : { cause });
  }
}

// By what they say and not by class: work may have them from another copy of this package, as in a thread. And whatever was thrown may
// throw when it is looked at.

/** The wait that the work asks for, in ms; undefined when it asks for none. */
export function askedDelay(error: Error): number | undefined {
  return guarded(() => {
    const { code, delay } = error as { readonly code?: unknown; readonly delay?: unknown };
    return code === 'RETRY_AFTER' && typeof delay === 'number' && delay >= 0 ? delay : undefined;
  });
}

/** Whether the work has ruled out that it is tried again. */
export function isFinalFailure(error: Error): boolean {
  return guarded(() => (error as { readonly code?: unknown }).code === 'DO_NOT_RETRY') ?? false;
}

/** What an attempt failed with: what was thrown, or what that was thrown for. */
export function causeOf(error: Error): Error {
  if (!isFinalFailure(error) && askedDelay(error) === undefined) return error;
  const cause = guarded(() => error.cause);
  return cause === undefined ? error : toError(cause);
}

function guarded<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
