// Clock changes: what becomes of ticks when the clocks of a zone are set forward or back.
import type { CalendarTrigger, CronTrigger, EveryTrigger, ExceptTrigger, Trigger } from '../task/trigger.js';
import { contextOf, isDueAt, type TriggerContext } from '../trigger/rule.js';
import { TimeZone, type ZoneSpan } from '../trigger/time-zone.js';
import { ruleOf } from '../trigger/trigger.js';
import { WallTimes } from '../trigger/wall-times.js';
import { readCron, type CronFields } from './cron-fields.js';
import type { ExplanationWarning } from './explanation.js';
import { dayOf, timeOfDay } from './local-time.js';
import { lengthOf } from './phrases.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** The wall times from one to another that a change leaves out, or brings twice; `to` is none of them any more. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** What a trigger is due at within a stretch of wall times. */
interface Hit {
  readonly first: number;
  readonly last: number;
  readonly count: number;
  /** Whether it is due once a day whatever clocks do; else it follows the wall clock. */
  readonly isOnce: boolean;
}

/** Finds what a change does, one warning for each. @param to until when, epoch ms */
export function* clockChanges(trigger: Trigger, from: number, to: number, context: TriggerContext): Generator<ExplanationWarning> {
  const isDue = (at: number): boolean => isDueAt(ruleOf, trigger, at, context);
  for (const part of partsOf(trigger)) {
    const { timeZone } = part.trigger;
    for (const span of changesBetween(timeZone, from, to)) {
      const { start, offset, offsetBefore } = span;
      const stretch = { from: start + Math.min(offset, offsetBefore), to: start + Math.max(offset, offsetBefore) };
      const hit = hitOf(part.trigger, stretch, context);
      const said = hit && (offset > offsetBefore ? forward(hit, span, isDue, part) : back(hit, span, isDue));
      if (said !== undefined) yield { code: 'clockChange', at: start, message: `${changeWords(span, timeZone)} ${said}` };
    }
  }
}

/** An interval of whole days, where a zone has clocks that are changed: the first change by which it is due at another time of day. */
export function* dayIntervals(trigger: EveryTrigger, timeZone: string, from: number, to: number): Generator<ExplanationWarning> {
  if (trigger.mode === 'fixedDelay' || trigger.interval % DAY_MS !== 0) return;
  for (const span of changesBetween(timeZone, from, to)) {
    const by = span.offset - span.offsetBefore;
    const message = `${changeWords(span, timeZone)} A day is 24 hours here, so from then on it is due ${lengthOf(Math.abs(by))} ${by > 0 ? 'later' : 'earlier'} by the wall clock. `
      + `For days by the calendar, use calendar({ days: ${trigger.interval / DAY_MS} }).`;
    yield { code: 'clockChange', at: span.start, message };
    return;
  }
}

function* changesBetween(timeZone: string, from: number, to: number): Generator<ZoneSpan> {
  for (const span of TimeZone.of(timeZone).spansBetween(from, to)) if (span.start > from && span.start < Infinity && span.offset !== span.offsetBefore) yield span;
}

/** A trigger that goes by the calendar of a zone, and the days that are excepted of it. */
interface Part {
  readonly trigger: CronTrigger | CalendarTrigger;
  readonly exceptions: readonly ExceptTrigger[];
}

function partsOf(trigger: Trigger, exceptions: readonly ExceptTrigger[] = []): readonly Part[] {
  switch (trigger.kind) {
    case 'cron':
    case 'calendar': return [{ trigger, exceptions }];
    case 'anyOf': return trigger.triggers.flatMap((one) => partsOf(one, exceptions));
    case 'except': return partsOf(trigger.trigger, [...exceptions, trigger]);
    default: return [];
  }
}

function hitOf(trigger: Part['trigger'], { from, to }: Stretch, context: TriggerContext): Hit | undefined {
  if (trigger.kind === 'calendar') {
    const tod = TimeZone.of(trigger.timeZone).wallAt(contextOf(trigger, context).anchor) % DAY_MS;
    const wall = Math.ceil((from - tod) / DAY_MS) * DAY_MS + tod;
    return wall < to ? { first: wall, last: wall, count: 1, isOnce: true } : undefined;
  }
  const times = WallTimes.of(trigger.expression, 'cron(expression)');
  const [first, last] = [times.next(from - 1), times.last(to - 1)];
  if (first === null || last === null || first >= to) return undefined;
  if (goesOn(readCron(trigger.expression), to - from)) return undefined;
  return { first, last, count: times.count(from, to - 1), isOnce: times.isOncePerDay };
}

/**
 * Whether what is due all round the clock goes on at its distance when clocks are changed by so much: by whole hours, as nearly everywhere, it does;
 * by the half hour of Lord Howe Island, only every 30 minutes and the like.
 */
function goesOn({ hours, minutes, dayRule }: CronFields, by: number): boolean {
  const shift = by / MINUTE_MS;
  // Where a whole day was left out, it may have been the only one.
  return hours.length === 24 && (dayRule === 'all' || by < DAY_MS) && minutes.every((minute) => minutes.includes((minute + shift) % 60));
}

function forward({ first, last, count, isOnce }: Hit, { start, offset }: ZoneSpan, isDue: (at: number) => boolean, { exceptions }: Part): string | undefined {
  if (isOnce) return isDue(start) ? `${timeOfDay(first)} is skipped, so the tick is due at ${wallWords(start + offset, first)}.` : undefined;
  // Whether what is never shown would have been excepted, only days can say.
  if (exceptions.some(({ unless, days }) => unless !== undefined || days?.includes(dayOf(first)) === true)) return undefined;
  return count === 1 ? `${timeOfDay(first)} is skipped, and no tick makes up for it.`
    : `The ${count} ticks from ${timeOfDay(first)} to ${timeOfDay(last)} are skipped, and none makes up for them.`;
}

function back({ first, last, count, isOnce }: Hit, { offset, offsetBefore }: ZoneSpan, isDue: (at: number) => boolean): string | undefined {
  if (!isDue(first - offsetBefore)) return undefined;
  if (isOnce) return `${timeOfDay(first)} comes twice, and the tick is due the first time only.`;
  if (!isDue(first - offset)) return undefined;
  return count === 1 ? `${timeOfDay(first)} comes twice, and a tick is due both times.`
    : `The ${count} ticks from ${timeOfDay(first)} to ${timeOfDay(last)} come twice.`;
}

function changeWords({ start, offset, offsetBefore }: ZoneSpan, timeZone: string): string {
  return `On ${dayOf(start + offsetBefore)}, clocks in ${timeZone} are set ${offset > offsetBefore ? 'forward' : 'back'} from ${wallWords(start + offsetBefore)} to ${wallWords(start + offset, start + offsetBefore)}.`;
}

/** The time of day; and the day, if it is another than that of the wall time before. */
function wallWords(wall: number, before = wall): string {
  return dayOf(wall) === dayOf(before) ? timeOfDay(wall) : `${timeOfDay(wall)} of ${dayOf(wall)}`;
}
