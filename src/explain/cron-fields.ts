// Cron fields: what an expression names, field by field; read by the dialect's rules, for croner keeps to itself what it has read.

/** The days of a month that the third field from the right names. */
export interface MonthDays {
  /** From 1, in order. */
  readonly numbers: readonly number[];
  /** The weekday nearest to each of these: `15W`. */
  readonly nearest: readonly number[];
  /** The last day: `L`. */
  readonly last: boolean;
  /** The last day from Monday to Friday: `LW`. */
  readonly lastWeekday: boolean;
}

/** Which field a text is of. */
export type FieldName = 'second' | 'minute' | 'hour' | 'day' | 'month' | 'weekday' | 'year';

export interface CronFields {
  readonly seconds: readonly number[];
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: MonthDays;
  /** From 1, in order. */
  readonly months: readonly number[];
  /** For each weekday from Sunday on, which ones of the month: a bit for each from the first to the fifth, and {@link LAST}. */
  readonly weekdays: readonly number[];
  /** In order, from 1970 to 2999; undefined when it is all of them. */
  readonly years: readonly number[] | undefined;
  /** Which days are due: all, those of either field, or those of one or of both fields. */
  readonly dayRule: 'all' | 'days' | 'weekdays' | 'either' | 'both';
  /** The fields as they are written, in lower case, and five or six of them made up to seven. */
  readonly texts: Readonly<Record<FieldName, string>>;
}

/** The bit of the last such weekday of a month. */
export const LAST = 32;
const EACH = 63;
const FIRST_YEAR = 1970;
const LAST_YEAR = 2999;

const NICKNAMES: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *', '@annually': '0 0 1 1 *', '@monthly': '0 0 1 * *', '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *', '@midnight': '0 0 * * *', '@hourly': '0 * * * *',
};
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** @param expression one that `cron()` takes */
export function readCron(expression: string): CronFields {
  const texts = textsOf(expression);
  const { second, minute, hour, day, month, year } = texts;
  const mustBeBoth = texts.weekday.startsWith('+');
  const weekday = withoutNames(mustBeBoth ? texts.weekday.slice(1) : texts.weekday, WEEKDAYS, 0);
  const days = daysOf(day);
  const weekdays = weekdaysOf(weekday);
  const [isAnyDay, isAnyWeekday] = [days.numbers.length === 31, weekdays.every(isEach)];
  const isBoth = mustBeBoth || isStarDay(day);
  const dayRule = weekday === '*' || (isBoth && isAnyWeekday) ? (isAnyDay ? 'all' : 'days')
    : isBoth ? (isAnyDay ? 'weekdays' : 'both')
      : isAnyDay || isAnyWeekday ? 'all' : 'either';
  const years = valuesOf(year, 0, 9999).filter((each) => each >= FIRST_YEAR && each <= LAST_YEAR);
  return {
    seconds: valuesOf(second, 0, 59), minutes: valuesOf(minute, 0, 59), hours: valuesOf(hour, 0, 23), days, months: valuesOf(withoutNames(month, MONTHS, 1), 1, 12), weekdays,
    years: years.length === LAST_YEAR - FIRST_YEAR + 1 ? undefined : years, dayRule, texts,
  };
}

/** Whether the days of the month are left open: by a star, and be the last day named beside it. */
export function isStarDay(text: string): boolean {
  return text.split(',').filter((item) => item !== 'l').join(',') === '*';
}

/** Whether a weekday counts each time that it comes: all five, or the first four and the last. */
export function isEach(mask: number): boolean {
  return (mask & 31) === 31 || (mask & (15 | LAST)) === (15 | LAST);
}

/** Whether a day of the calendar is due. @param month from 1 */
export function matchesDay(fields: CronFields, year: number, month: number, day: number): boolean {
  if (!fields.months.includes(month) || fields.years?.includes(year) === false) return false;
  const { days, weekdays, dayRule } = fields;
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const weekdayOf = (each: number): number => new Date(Date.UTC(year, month - 1, each)).getUTCDay();
  const isDay = days.numbers.includes(day) || (days.last && day === lastDay) || (days.lastWeekday && day === nearestTo(lastDay, lastDay, weekdayOf(lastDay)))
    || days.nearest.some((each) => each <= lastDay && nearestTo(each, lastDay, weekdayOf(each)) === day);
  const mask = weekdays[weekdayOf(day)] as number;
  const isWeekday = isEach(mask) || (mask & (1 << (Math.ceil(day / 7) - 1))) !== 0 || ((mask & LAST) !== 0 && day + 7 > lastDay);
  switch (dayRule) {
    case 'all': return true;
    case 'days': return isDay;
    case 'weekdays': return isWeekday;
    case 'either': return isDay || isWeekday;
    case 'both': return isDay && isWeekday;
  }
}

/** The day from Monday to Friday that is nearest to a day, within its month. */
function nearestTo(day: number, lastDay: number, weekday: number): number {
  if (weekday === 6) return day === 1 ? 3 : day - 1;
  if (weekday === 0) return day === lastDay ? day - 2 : day + 1;
  return day;
}

function textsOf(expression: string): Record<FieldName, string> {
  const trimmed = expression.trim().toLowerCase();
  const texts = (NICKNAMES[trimmed] ?? trimmed).replaceAll('?', '*').split(/\s+/);
  if (texts.length === 5) texts.unshift('0');
  if (texts.length === 6) texts.push('*');
  const [second = '', minute = '', hour = '', day = '', month = '', weekday = '', year = ''] = texts;
  return { second, minute, hour, day, month, weekday, year };
}

function withoutNames(text: string, names: readonly string[], first: number): string {
  // A Sunday that ends a range is the seventh day, and one that begins it the zeroth.
  return names.reduce((rest, name, i) => rest.replaceAll(name, String(i + first)), text.replaceAll('-sun', '-7'));
}

function daysOf(text: string): MonthDays {
  if (text === 'lw') return { numbers: [], nearest: [], last: false, lastWeekday: true };
  const items = text.split(',');
  const nearest = items.filter((item) => item.endsWith('w')).map((item) => Number(item.slice(0, -1)));
  const rest = items.filter((item) => item !== 'l' && !item.endsWith('w'));
  return {
    numbers: rest.length === 0 ? [] : valuesOf(rest.join(','), 1, 31), nearest: [...new Set(nearest)].sort((a, b) => a - b),
    last: items.includes('l'), lastWeekday: false,
  };
}

function weekdaysOf(text: string): readonly number[] {
  const masks = [0, 0, 0, 0, 0, 0, 0];
  for (const item of text.split(',')) {
    const [values = '', which] = item.endsWith('l') ? [item.replace(/#?l$/, ''), 'l'] : item.split('#');
    const mask = which === undefined ? EACH : which === 'l' ? LAST : 1 << (Number(which) - 1);
    for (const value of valuesOf(values, 0, values.includes('*') ? 6 : 7)) masks[value % 7] = (masks[value % 7] as number) | mask;
  }
  return masks;
}

/** The values that a field names, in order. */
function valuesOf(text: string, lowest: number, highest: number): readonly number[] {
  const values = new Set<number>();
  for (const item of text.split(',')) {
    const [range = '', step = '1'] = item.split('/');
    const [from, to = from] = range === '*' ? [lowest, highest] : range.split('-').map(Number);
    for (let value = from as number; value <= (to as number); value += Number(step)) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}
