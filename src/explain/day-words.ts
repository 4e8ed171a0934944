// Day words: the days, months and years that a cron expression names, in words.
import { LAST, isEach, type CronFields, type MonthDays } from './cron-fields.js';
import { and, ordinal } from './phrases.js';
import { listOf, runsOf, shapeOf } from './shape.js';

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
const LAST_YEAR = 2999;

/** On which days an expression is due, clause by clause; none when it is on all. */
export function dayWords({ days, weekdays, dayRule, months, years }: CronFields): readonly string[] {
  const inMonths = months.length === 12 ? [] : [monthWords(months)];
  const inYears = years ? [yearWords(years)] : [];
  const isOrdinal = weekdays.every((mask) => mask === 0 || !isEach(mask));
  const ofMonth = `of ${ofMonths(months)}`;
  switch (dayRule) {
    case 'all': return [...inMonths, ...inYears];
    case 'days': return [`on ${monthDays(days)} ${ofMonth}`, ...inYears];
    case 'weekdays': return isOrdinal ? [`on ${weekdayList(weekdays)} ${ofMonth}`, ...inYears] : [onWeekdays(weekdays), ...inMonths, ...inYears];
    case 'either': return [`on ${monthDays(days)} of the month and ${onWeekdays(weekdays, 'also ')}`, ...inMonths, ...inYears];
    case 'both': return [`on ${monthDays(days)} of the month if that is ${ifWeekday(weekdays)}`, ...inMonths, ...inYears];
  }
}

function monthDays({ numbers, nearest, last, lastWeekday }: MonthDays): string {
  const shape = shapeOf(numbers, 31);
  return and([
    ...numbers.length === 0 ? [] : shape.kind === 'all' ? ['each day']
      : shape.kind === 'step' ? [`every ${ordinal(shape.step)} day from the ${ordinal(shape.first)} to the ${ordinal(shape.last)}`]
        : [listOf(runsOf(numbers), (day) => `the ${ordinal(day)}`)],
    ...nearest.map((day) => `the weekday (Monday to Friday) nearest to the ${ordinal(day)}`),
    ...last ? ['the last day'] : [],
    ...lastWeekday ? ['the last weekday (Monday to Friday)'] : [],
  ]);
}

/** `Monday to Friday`, `every Monday and Thursday`, `on the 2nd Monday of the month` */
function onWeekdays(masks: readonly number[], also = ''): string {
  const each = WEEKDAYS.filter((_, day) => isEach(masks[day] as number));
  if (each.length === 0) return `${also}on ${weekdayList(masks)} of the month`;
  const isPlain = masks.every((mask) => mask === 0 || isEach(mask));
  const range = isPlain ? rangeOf(masks.map((mask) => mask !== 0)) : undefined;
  if (range !== undefined) return `${also}${range}`;
  const every = `${also}every ${and(fromMonday(each))}`;
  return isPlain ? every : `${every}, and on ${weekdayList(masks.map((mask) => (isEach(mask) ? 0 : mask)))} of the month`;
}

function ifWeekday(masks: readonly number[]): string {
  const each = WEEKDAYS.filter((_, day) => isEach(masks[day] as number));
  const some = weekdayItems(masks.map((mask) => (isEach(mask) ? 0 : mask)));
  return `${and([...fromMonday(each).map((day) => `a ${day}`), ...some], 'or')}${some.length > 0 ? ' of the month' : ''}`;
}

/** `the 2nd Monday and the last Friday` */
function weekdayList(masks: readonly number[]): string {
  return and(weekdayItems(masks));
}

function weekdayItems(masks: readonly number[]): readonly string[] {
  return fromMonday(WEEKDAYS).flatMap((day) => {
    const mask = masks[WEEKDAYS.indexOf(day)] as number;
    return [...[1, 2, 3, 4, 5].filter((nth) => (mask & (1 << (nth - 1))) !== 0).map((nth) => `the ${ordinal(nth)} ${day}`), ...(mask & LAST) === 0 ? [] : [`the last ${day}`]];
  });
}

/** `Friday to Sunday`, when it is three and more in a row, over the end of the week, too. */
function rangeOf(named: readonly boolean[]): string | undefined {
  const starts = named.flatMap((is, day) => (is && !named[(day + 6) % 7] ? [day] : []));
  const length = named.filter(Boolean).length;
  const [start] = starts;
  if (start === undefined || starts.length > 1 || length < 3) return undefined;
  return `${WEEKDAYS[start] as string} to ${WEEKDAYS[(start + length - 1) % 7] as string}`;
}

type Weekday = typeof WEEKDAYS[number];

/** A week is read from Monday on. */
function fromMonday(days: readonly Weekday[]): readonly Weekday[] {
  return [...days.filter((day) => day !== 'Sunday'), ...days.filter((day) => day === 'Sunday')];
}

function monthName(month: number): string {
  return MONTHS[month - 1] as string;
}

function ofMonths(months: readonly number[]): string {
  const [[from, to] = [0, 0], ...others] = runsOf(months);
  if (months.length === 12) return 'the month';
  return others.length === 0 && to - from > 1 ? `each month from ${monthName(from)} to ${monthName(to)}` : and(months.map(monthName));
}

function monthWords(months: readonly number[]): string {
  const runs = runsOf(months);
  const [[from, to] = [0, 0]] = runs;
  return runs.length === 1 && to - from > 1 ? `from ${monthName(from)} to ${monthName(to)}` : `in ${listOf(runs, monthName)}`;
}

function yearWords(years: readonly number[]): string {
  const runs = runsOf(years);
  const [[from, to] = [0, 0]] = runs;
  if (runs.length === 1 && to === LAST_YEAR) return `from ${from} on`;
  if (runs.length === 1 && to - from > 1) return `from ${from} to ${to}`;
  const shape = shapeOf(years, Infinity);
  if (shape.kind !== 'step') return `in ${listOf(runs, String)}`;
  const { step, first, last } = shape;
  const every = `in every ${ordinal(step)} year from ${first}`;
  return last + step > LAST_YEAR ? `${every} on` : `${every} to ${last}`;
}
