// calendar: due again and again by the calendar of a time zone, at one time of day, however long its days and months are.
import { checkBag } from '../task/check.js';
import { InvalidArgumentError } from '../task/errors.js';
import { instantMs, type InstantLike } from '../task/instant.js';
import { show } from '../task/show.js';
import type { CalendarTrigger } from '../task/trigger.js';
import type { TriggerContext, TriggerRule } from './rule.js';
import { TimeZone, checkTimeZone, type ZoneOptions } from './time-zone.js';

/** A length of time by the calendar: whole numbers, any of which may be left out. */
export interface CalendarDelta {
  readonly years?: number | undefined;
  readonly months?: number | undefined;
  readonly weeks?: number | undefined;
  readonly days?: number | undefined;
}

/** Where the calendar is read, and from when on. */
export interface CalendarOptions extends ZoneOptions {
  /** The first tick, which gives day and time of day; it may be past. @default the call that schedules the task */
  readonly startAt?: InstantLike | undefined;
}

const DAY_MS = 86_400_000;
/** The mean month of the Gregorian calendar, in which 400 years have 146,097 days. */
const MONTH_MS = 146_097 / 4_800 * DAY_MS;
/** The last day that is reckoned with. */
const LAST_DAY = Date.UTC(9999, 11, 31);
const UNITS = { years: 12, months: 1, weeks: 7, days: 1 } as const;

/**
 * Due at once, and then again after each `delta` by the calendar of a time zone, always at the time of day of the first tick.
 *
 * The k-th tick is k times the delta after the first one, so nothing drifts: a month after 31 January is the last day of February,
 * and two months after it 31 March. When clocks are changed, a time that is skipped is due at the first moment after it, and
 * one that comes twice the first time.
 *
 * @throws InvalidArgumentError unless `delta` has a whole number of 1 or more
 * @example
 * scheduler.schedule(sendInvoices, calendar({ months: 1 }, { timeZone: 'Europe/Berlin', startAt: new Date('2027-01-31T08:00:00Z') }));
 */
export function calendar(delta: CalendarDelta, options?: CalendarOptions): CalendarTrigger {
  const { months, days } = read(delta);
  const { timeZone, startAt } = checkBag(options, {
    timeZone: checkTimeZone, startAt: (value, field) => instantMs(value as InstantLike, field),
  }, 'calendar(options)') as { timeZone?: string; startAt?: number };
  return Object.freeze({ kind: 'calendar', months, days, timeZone: timeZone ?? TimeZone.system, ...(startAt !== undefined && { startAt }) });
}

function read(delta: unknown): { readonly months: number; readonly days: number } {
  const field = 'calendar(delta)';
  const way = "Give whole numbers of { years, months, weeks, days }; for hours and less, use every().";
  if (typeof delta !== 'object' || delta === null) throw new InvalidArgumentError(field, delta, `${field} needs an object; got ${show(delta)}. ${way}`);
  const total = { months: 0, days: 0 };
  for (const [unit, amount] of Object.entries(delta) as [string, unknown][]) {
    if (amount === undefined) continue;
    if (!Object.hasOwn(UNITS, unit)) throw new InvalidArgumentError(field, delta, `${field} has a part ${show(unit)}. ${way}`);
    if (!Number.isSafeInteger(amount) || (amount as number) < 0) throw new InvalidArgumentError(field, delta, `${field}.${unit} needs a whole number of 0 or more; got ${show(amount)}.`);
    total[unit === 'years' || unit === 'months' ? 'months' : 'days'] += amount as number * UNITS[unit as keyof typeof UNITS];
  }
  if (total.months + total.days === 0) throw new InvalidArgumentError(field, delta, `${field} needs a length of at least a day; got ${show(delta)}. ${way}`);
  return total;
}

/** The rule behind {@link calendar}: the number of a tick is guessed by the mean length of a month, and then looked for nearby. */
export const calendarRule: TriggerRule<CalendarTrigger> = {
  recurs: true,
  countsElapsedTime: false,
  next: (trigger, after, context) => tickIfAny(trigger, after < context.anchor ? 0 : lastIndex(trigger, after, context, 'at') + 1, context),
  count: (trigger, from, to, context) => Math.max(0, lastIndex(trigger, to, context, 'at') - lastIndex(trigger, from, context, 'before')),
  last: (trigger, to, context) => tickIfAny(trigger, lastIndex(trigger, to, context, 'at'), context),
  back: (trigger, from, ticks, context) => tickIfAny(trigger, lastIndex(trigger, from, context, 'at') - ticks, context),
};

/** When the tick of this number is due: NaN beyond the year 9999. */
function tickOf({ months, days, timeZone }: CalendarTrigger, k: number, { anchor }: TriggerContext): number {
  const zone = TimeZone.of(timeZone);
  const first = zone.wallAt(anchor);
  const start = new Date(first);
  const month = start.getUTCMonth() + k * months;
  const daysOfMonth = new Date(Date.UTC(start.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const day = Date.UTC(start.getUTCFullYear(), month, Math.min(start.getUTCDate(), daysOfMonth) + k * days);
  // To the first tick belongs the very instant of the anchor, though the wall may show the same an hour before.
  return k === 0 ? anchor : !(day <= LAST_DAY) ? NaN : zone.instantOf(day + first - Math.floor(first / DAY_MS) * DAY_MS);
}

function tickIfAny(trigger: CalendarTrigger, k: number, context: TriggerContext): number | null {
  const tick = k < 0 ? NaN : tickOf(trigger, k, context);
  return Number.isNaN(tick) ? null : tick;
}

/** The number of the last tick at an instant or earlier, or before it; -1 when there is none. */
function lastIndex(trigger: CalendarTrigger, instant: number, context: TriggerContext, which: 'at' | 'before'): number {
  const isDue = (k: number): boolean => {
    const tick = tickOf(trigger, k, context);
    return which === 'at' ? tick <= instant : tick < instant;
  };
  const mean = trigger.months * MONTH_MS + trigger.days * DAY_MS;
  let k = Math.max(-1, Math.floor((Math.min(instant, LAST_DAY) - context.anchor) / mean));
  while (isDue(k + 1)) k++;
  while (k >= 0 && !isDue(k)) k--;
  return k;
}
