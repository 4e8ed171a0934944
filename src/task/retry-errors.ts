// What work throws to say whether, and when, it is to be tried again.
import { durationMs, type DurationLike } from './duration.js';
import { CarillonError, toError } from './errors.js';
import { show } from './show.js';

/**
 * Work throws this to be tried again after a while that it knows, as from a server's `Retry-After`. That counts as an attempt like
 * any other, so `retry` says how many there are; the wait is taken as it is.
 *
 * @example
 * if (response.status === 429) throw new RetryAfter({ seconds: Number(response.headers.get('retry-after')) });
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

// By what they say and not by class: work may have them from another copy of this package, as in a thread.

/** The wait that the work asks for, in ms; undefined when it asks for none. */
export function askedDelay(error: Error): number | undefined {
  if (codeOf(error) !== 'RETRY_AFTER') return undefined;
  const { delay } = error as { readonly delay?: unknown };
  return typeof delay === 'number' && delay >= 0 ? delay : undefined;
}

/** Whether the work has ruled out that it is tried again. */
export function isFinalFailure(error: Error): boolean {
  return codeOf(error) === 'DO_NOT_RETRY';
}

function codeOf(error: Error): unknown {
  try {
    return error instanceof Error && 'code' in error ? error.code : undefined;
  } catch {
    return undefined; // whatever was thrown may throw when it is looked at
  }
}

/** What an attempt failed with: what was thrown, or what that was thrown for. */
export function causeOf(error: Error): Error {
  return (isFinalFailure(error) || askedDelay(error) !== undefined) && error.cause !== undefined ? toError(error.cause) : error;
}
