// A chain: the attempts of one run, each after the one before, and how the run stands after the last of them.
import type { RetryPolicy } from '../task/retry.js';
import type { ViolationKind } from './check-runs.js';
import type { Span } from './due-instants.js';
import { lastChance, latestStart } from './expected-ticks.js';
import type { Attempt } from './logged-attempts.js';
import type { Rules } from './rules.js';

/** Tells of an attempt that is wrong. */
export type Report = (kind: ViolationKind, attempt: Attempt, due?: number) => void;

/** A further attempt, as it is expected. */
export interface Expected {
  /** When it was due; with jitter, at the earliest. */
  readonly due: number;
  /** When it had to be there. */
  readonly by: number;
}

/** The attempts of one run, and how it stands after the last of them, as far as they alone tell. */
export interface Chain {
  readonly first: Attempt;
  readonly last: Attempt;
  /** Each is after the one before. */
  readonly attempts: readonly Attempt[];
  /** What else has its id. */
  readonly odd: readonly Attempt[];
  /** The attempt that it may wait for, and up to when. */
  readonly wait: Expected | undefined;
  /** When it may have failed: by its last attempt, or by its deadline as it waited for one more. */
  readonly failures: readonly Span[];
}

/** Puts the attempts of one run in their order; what does not belong there is told of. */
export function chainOf(rules: Rules, group: Attempt[], report: Report): Chain {
  const attempts: Attempt[] = [];
  const odd: Attempt[] = [];
  let number = 0;
  for (const attempt of group.sort((a, b) => a.number - b.number || a.start - b.start)) {
    const [first, last] = [attempts[0], attempts.at(-1)];
    const isTwice = attempt.number === number;
    const isOdd = isTwice || (first !== undefined && last !== undefined && (attempt.number > rules.retry.maxAttempts || !mayBeFollowed(rules, first, last)));
    if (isTwice) report('duplicate', attempt);
    else if (isOdd || attempt.number > number + 1) report('phantom', attempt);
    (isOdd ? odd : attempts).push(attempt);
    ({ number } = attempt);
  }
  const [first, last] = [attempts[0] as Attempt, attempts.at(-1) as Attempt];
  return { first, last, attempts, odd, ...standing(rules, first, last) };
}

/** Whether there may be a further attempt, as far as the work and the deadline go. One of which no end is known may have failed. */
function mayBeFollowed({ retry, deadline }: Rules, first: Attempt, last: Attempt): boolean {
  const { logged: { outcome }, end, retryAfter } = last;
  if (end === Infinity) return true;
  // None begins that the deadline would cut off at once.
  return outcome === 'failed' && retryAfter !== false && end + waitAfter(retry, last).least < first.start + deadline;
}

function standing(rules: Rules, first: Attempt, last: Attempt): Pick<Chain, 'wait' | 'failures'> {
  const { retry, deadline, heldUp, tolerance } = rules;
  const { logged: { outcome }, end, number } = last;
  if (outcome !== 'failed' || end === Infinity) return { wait: undefined, failures: [] };
  const atOnce: Span = { from: end, to: end };
  if (number >= retry.maxAttempts || !mayBeFollowed(rules, first, last)) return { wait: undefined, failures: [atOnce] };
  const wait = expected(rules, last);
  const limit = first.start + deadline;
  if (wait.by < limit) return { wait, failures: [] };
  const isTooLong = lastChance(end, heldUp) + waitAfter(retry, last).most >= limit;
  // By then it was tried again, if it was to be in time.
  const by = isTooLong ? latestStart(limit, rules) : wait.by;
  const byDeadline: Span = { from: limit, to: Math.min(by, lastChance(limit, heldUp) + tolerance) };
  if (!isTooLong) return { wait, failures: [byDeadline] };
  return { wait: { ...wait, by }, failures: by > limit ? [atOnce, byDeadline] : [atOnce] };
}

/** The attempt that follows on one. */
export function expected(rules: Rules, after: Attempt): Expected {
  const { least, most } = waitAfter(rules.retry, after);
  // A clock that shows whole milliseconds may hide a fraction of one at the end of an attempt, and show it at the next one's start.
  return { due: after.end + Math.floor(least), by: latestStart(lastChance(after.end, rules.heldUp) + most, rules) };
}

/** How long the wait after an attempt is, counted out by hand. */
function waitAfter({ backoff, delay, maxDelay, jitter }: RetryPolicy, { number, retryAfter }: Attempt): { readonly least: number; readonly most: number } {
  if (typeof retryAfter === 'number') return { least: retryAfter, most: retryAfter };
  let wait = delay;
  for (let k = 1; backoff === 'exponential' && k < number && wait > 0 && wait < maxDelay; k++) wait *= 2;
  const most = Math.min(wait, maxDelay);
  return { least: jitter === 'none' ? most : jitter === 'equal' ? most / 2 : 0, most };
}
