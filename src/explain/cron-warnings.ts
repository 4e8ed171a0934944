// Cron warnings: what is often read into an expression, and isn't there.
import type { CronTrigger } from '../task/trigger.js';
import { TimeZone } from '../trigger/time-zone.js';
import { isStarDay, matchesDay, readCron, type CronFields, type FieldName } from './cron-fields.js';
import type { ExplanationWarning } from './explanation.js';
import { several } from './phrases.js';

const DAY_MS = 86_400_000;
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** @param from from when on it matters */
export function cronWarnings({ expression, timeZone }: CronTrigger, from: number): readonly ExplanationWarning[] {
  const fields = readCron(expression);
  return [...dayOrWeekday(fields), ...unevenSteps(fields, TimeZone.of(timeZone).wallAt(from))];
}

function dayOrWeekday({ dayRule, texts: { day, weekday } }: CronFields): readonly ExplanationWarning[] {
  if (isStarDay(day) || weekday === '*' || weekday.startsWith('+')) return [];
  const both = `For days that are both, write the weekday as '+${weekday.toUpperCase()}'.`;
  const message = dayRule === 'all'
    ? `It is due every day: '${day.toUpperCase()}' as day of the month and '${weekday.toUpperCase()}' as weekday count each by itself, and one of them is every day. ${both}`
    : `A day of the month and a weekday are named, and it is due on either. ${both}`;
  return [{ code: 'dayOrWeekday', message }];
}

/** A field whose steps begin anew with the next larger unit. */
interface Stepped {
  readonly field: FieldName;
  readonly values: readonly number[];
  readonly size: number;
  readonly unit: string;
  readonly anew: string;
  readonly say: (value: number) => string;
  readonly instead?: string;
  /** Whether the end of one round and the beginning of the next are ever due. */
  readonly goesOn: () => boolean;
}

function unevenSteps(fields: CronFields, wall: number): readonly ExplanationWarning[] {
  const { seconds, minutes, hours, weekdays, months, dayRule, texts } = fields;
  const stepped: readonly Stepped[] = [
    { field: 'second', values: seconds, size: 60, unit: 'second', anew: 'minute', say: (value) => `second ${value}`, instead: 's', goesOn: () => hasNeighbours(minutes) },
    { field: 'minute', values: minutes, size: 60, unit: 'minute', anew: 'hour', say: (value) => `minute ${value}`, instead: 'm', goesOn: () => hasNeighbours(hours) },
    { field: 'hour', values: hours, size: 24, unit: 'hour', anew: 'day', say: (value) => `hour ${value}`, instead: 'h', goesOn: () => hasTwoDays(fields, wall) },
    { field: 'month', values: months, size: 12, unit: 'month', anew: 'year', say: (value) => `month ${value}`, goesOn: () => fields.years === undefined || hasNeighbours(fields.years) },
    {
      field: 'weekday', values: weekdays.flatMap((mask, day) => (mask > 0 ? [day] : [])), size: 7, unit: 'day', anew: 'week', say: (value) => WEEKDAYS[value] as string,
      goesOn: () => dayRule === 'weekdays',
    },
  ];
  return [...stepped.flatMap((each) => unevenStep(each, texts[each.field])), ...daySteps(fields)];
}

function unevenStep({ values, size, unit, anew, say, instead, goesOn }: Stepped, text: string): readonly ExplanationWarning[] {
  const step = stepOf(text);
  const [first, last] = [values[0] as number, values.at(-1) as number];
  const gap = first + size - last;
  if (step < 2 || values.length < 2 || gap === step || !goesOn()) return [];
  return [{
    code: 'unevenStep',
    message: `'${text}' begins anew each ${anew}: from ${say(last)} to ${say(first)} of the next it is ${several(gap, unit)}, and not ${step}.`
      + (instead === undefined ? '' : ` For one distance throughout, use every('${step}${instead}').`),
  }];
}

/** Months have different lengths, so no step of days goes round. */
function daySteps({ texts: { day }, dayRule, months, days: { numbers } }: CronFields): readonly ExplanationWarning[] {
  const step = stepOf(day);
  if (step < 2 || numbers.length < 2 || dayRule !== 'days' || !(hasNeighbours(months) || (months.includes(1) && months.includes(12)))) return [];
  return [{ code: 'unevenStep', message: `'${day}' begins anew on the 1st of each month, however long ago the day before it was. For one distance throughout, use calendar({ days: ${step} }).` }];
}

/** The step of a field that is nothing but a step through all of it. */
function stepOf(text: string): number {
  return Number(/^\*\/(\d+)$/.exec(text)?.[1] ?? 1);
}

function hasNeighbours(values: readonly number[]): boolean {
  return values.some((value, i) => values[i + 1] === value + 1);
}

/** Whether two days in a row are due, within some years from a wall time on. */
function hasTwoDays(fields: CronFields, wall: number): boolean {
  if (fields.dayRule === 'all' && fields.years === undefined) return true;
  let wasDue = false;
  for (let day = wall; day < wall + 4 * 366 * DAY_MS; day += DAY_MS) {
    const date = new Date(day);
    const isDue = matchesDay(fields, date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate());
    if (isDue && wasDue) return true;
    wasDue = isDue;
  }
  return false;
}
