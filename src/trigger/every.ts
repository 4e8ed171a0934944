// every: due again and again, on a grid that never drifts.
import { signedMs, type DurationLike } from '../task/duration.js';
import { InvalidArgumentError } from '../task/errors.js';
import { show } from '../task/show.js';
import type { EveryTrigger } from '../task/trigger.js';
import type { TriggerRule } from './trigger.js';

/**
 * Due at once, and then after each `interval`: the k-th tick at `anchor + k * interval` exactly, where the anchor is
 * the call that schedules the task, or its `startAt`.
 *
 * A day is 24 hours here, whatever daylight saving does.
 *
 * @throws InvalidArgumentError unless `interval` is a duration of at least 1 ms
 * @example
 * scheduler.schedule(pollQueue, every({ seconds: 5 }));
 */
export function every(interval: DurationLike): EveryTrigger {
  const ms = signedMs(interval, 'every(interval)');
  if (ms < 1) {
    throw new InvalidArgumentError('every(interval)', interval, `every() needs an interval of at least 1 ms; got ${show(interval)}.`);
  }
  return Object.freeze({ kind: 'every', interval: ms });
}

/** The rule behind {@link every}: all by arithmetic, however many ticks there are. */
export const everyRule: TriggerRule<EveryTrigger> = {
  next: ({ interval }, after, { anchor }) => (after < anchor ? anchor : anchor + (lastIndex(interval, after, anchor) + 1) * interval),
  count: ({ interval }, from, to, { anchor }) =>
    Math.max(0, lastIndex(interval, to, anchor) - Math.max(0, firstIndex(interval, from, anchor)) + 1),
  last: ({ interval }, to, { anchor }) => (to < anchor ? null : anchor + lastIndex(interval, to, anchor) * interval),
  advance: ({ interval }, from, ticks, { anchor }) => anchor + (lastIndex(interval, from, anchor) + ticks) * interval,
};

// With an interval that isn't whole, the division may round to the wrong side of a tick; so both look again.

function firstIndex(interval: number, from: number, anchor: number): number {
  let k = Math.ceil((from - anchor) / interval);
  while (anchor + (k - 1) * interval >= from) k--;
  while (anchor + k * interval < from) k++;
  return k;
}

function lastIndex(interval: number, to: number, anchor: number): number {
  let k = Math.floor((to - anchor) / interval);
  while (anchor + (k + 1) * interval <= to) k++;
  while (anchor + k * interval > to) k--;
  return k;
}
