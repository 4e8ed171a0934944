// once: due a single time, at an instant.
import { instantMs, type InstantLike } from '../task/instant.js';
import type { OnceTrigger } from '../task/trigger.js';
import type { TriggerRule } from './rule.js';

/**
 * Due once, at `at`. An instant that is past already is due at once.
 *
 * @throws InvalidArgumentError unless `at` is a valid instant
 * @example
 * scheduler.schedule(sendReport, once(new Date('2027-01-01T09:00:00Z')));
 */
export function once(at: InstantLike): OnceTrigger {
  return Object.freeze({ kind: 'once', at: instantMs(at, 'once(at)') });
}

/** The rule behind {@link once}. */
export const onceRule: TriggerRule<OnceTrigger> = {
  recurs: false,
  countsElapsedTime: false,
  next: (trigger, after) => (trigger.at > after ? trigger.at : null),
  count: (trigger, from, to) => (trigger.at >= from && trigger.at <= to ? 1 : 0),
  last: (trigger, to) => (trigger.at <= to ? trigger.at : null),
  back: (_trigger, from, ticks) => (ticks === 0 ? from : null),
};
