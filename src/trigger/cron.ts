// cron: due whenever the wall clock of a time zone matches an expression. What happens when clocks are changed is decided here.
import type { CronTrigger } from '../task/trigger.js';
import { walkBack, type TriggerRule } from './rule.js';
import { TimeZone, zoneOf, type ZoneOptions, type ZoneSpan } from './time-zone.js';
import { WallTimes } from './wall-times.js';

/** More than clocks are ever changed by, and than any zone is off UTC. */
const NEAR_MS = 3 * 86_400_000;

/**
 * Due whenever the wall clock matches a cron expression, in croner's dialect: five fields, six with seconds first, seven with
 * years last; names of months and weekdays; `L`, `W`, `#` and `+`; `@yearly`, `@monthly`, `@weekly`, `@daily`, `@hourly`.
 *
 * **When clocks are changed.** An expression with a single time of day is due once on each of its days: at a time that is
 * skipped, at the first moment after it; at a time that comes twice, the first time. Any other follows the wall clock: a time
 * that is skipped is not due, and one that comes twice is due twice. It is the rule of Vixie cron, as the Open Cron Pattern
 * Specification has it (OCPS 1.4).
 *
 * @throws InvalidArgumentError when the expression can't be read or never comes, or there is no such zone
 * @example
 * scheduler.schedule(sendReport, cron('0 9 * * MON-FRI', { timeZone: 'Europe/Berlin' }));
 */
export function cron(expression: string, options?: ZoneOptions): CronTrigger {
  WallTimes.of(expression, 'cron(expression)');
  return Object.freeze({ kind: 'cron', expression, timeZone: zoneOf(options, 'cron(options)') });
}

/** The rule behind {@link cron}: by the spans between changes of the clocks, so counting never goes from tick to tick. */
export const cronRule: TriggerRule<CronTrigger> = {
  recurs: true,
  countsElapsedTime: false,
  next: (trigger, after) => {
    const { zone, times } = read(trigger);
    // Before 1970 nothing is due.
    const from = Math.max(after, -1);
    let span = zone.spanAt(from);
    for (;;) {
      if (span.start > from && isMadeUpFor(span, times)) return span.start;
      const wall = times.next(Math.max(from + span.offset, firstWall(span, times) - 1));
      if (wall === null) return null;
      if (wall - span.offset < span.end) return wall - span.offset;
      // Far from where it begins and from what was found, no change of the clocks can bring a tick about.
      span = zone.spanAt(span.start > from + NEAR_MS ? Math.max(span.end, wall - NEAR_MS) : span.end);
    }
  },
  count: (trigger, from, to) => {
    const { zone, times } = read(trigger);
    let count = 0;
    for (const span of zone.spansBetween(from, to)) {
      if (span.start >= from && isMadeUpFor(span, times)) count++;
      count += times.count(Math.max(from + span.offset, firstWall(span, times)), lastWall(span, to));
    }
    return count;
  },
  last: (trigger, to) => {
    const { zone, times } = read(trigger);
    let span = zone.spanAt(to);
    while (span.end > 0) {
      const wall = times.last(lastWall(span, to));
      if (wall !== null && wall >= firstWall(span, times)) return wall - span.offset;
      if (isMadeUpFor(span, times)) return span.start;
      if (wall === null) return null;
      span = zone.spanAt(span.end < to - NEAR_MS ? Math.min(span.start - 1, wall + NEAR_MS) : span.start - 1);
    }
    return null;
  },
  back: (trigger, from, ticks, context) => walkBack((to) => cronRule.last(trigger, to, context), from, ticks),
};

function read({ expression, timeZone }: CronTrigger): { readonly zone: TimeZone; readonly times: WallTimes } {
  return { zone: TimeZone.of(timeZone), times: WallTimes.of(expression, 'cron(expression)') };
}

/** What the wall shows as the span begins; for an expression that is due once a day, what it has not shown before. */
function firstWall({ start, offset, offsetBefore }: ZoneSpan, times: WallTimes): number {
  return start + (offsetBefore > offset && times.isOncePerDay ? offsetBefore : offset);
}

/** What the wall shows at the instant, or right before the span's end, if that comes first. */
function lastWall({ end, offset }: ZoneSpan, instant: number): number {
  return offset + (instant < end ? instant : end - 1);
}

/** Whether the clocks are set forward as the span begins, past the one time of day that is due: then it is due right now. */
function isMadeUpFor({ start, offset, offsetBefore }: ZoneSpan, times: WallTimes): boolean {
  if (offsetBefore >= offset || !times.isOncePerDay) return false;
  const skipped = times.next(start + offsetBefore - 1);
  return skipped !== null && skipped < start + offset && times.next(start + offset - 1) !== start + offset;
}
