// after: due a single time, some time after the call that schedules it.
import { durationMs, type DurationLike } from '../task/duration.js';
import type { AfterTrigger } from '../task/trigger.js';
import type { TriggerRule } from './rule.js';

/**
 * Due once, `delay` after the call that schedules the task. It counts elapsed time, though the wall clock may be set back.
 *
 * @throws InvalidArgumentError unless `delay` is a duration of 0 ms or more
 * @example
 * scheduler.schedule(sendReminder, after('2s'));
 */
export function after(delay: DurationLike): AfterTrigger {
  return Object.freeze({ kind: 'after', delay: durationMs(delay, 'after(delay)') });
}

/** The rule behind {@link after}. */
export const afterRule: TriggerRule<AfterTrigger> = {
  recurs: false,
  countsElapsedTime: true,
  next: (trigger, from, { anchor }) => (anchor + trigger.delay > from ? anchor + trigger.delay : null),
  count: (trigger, from, to, { anchor }) => (anchor + trigger.delay >= from && anchor + trigger.delay <= to ? 1 : 0),
  last: (trigger, to, { anchor }) => (anchor + trigger.delay <= to ? anchor + trigger.delay : null),
  back: (_trigger, from, ticks) => (ticks === 0 ? from : null),
};
