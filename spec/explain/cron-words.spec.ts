// Cron words: a table of what is said, and properties that hold it against the ticks.
import { describe, expect, it } from '@jest/globals';
import { Cron } from 'croner';
import fc from '../support/properties.js';
import { cron, explain } from '../../src/index.js';
import { matchesDay, readCron } from '../../src/explain/cron-fields.js';
import { cronWords } from '../../src/explain/cron-words.js';
import { anyCron } from '../support/any-cron.js';

const DAY = 86_400_000;
const FROM = Date.parse('2026-11-26T07:28:00Z');

function wordsOf(expression: string): string {
  return explain(cron(expression, { timeZone: 'UTC' }), { from: FROM }).words.replace(/, in UTC$/, '');
}

const SPOKEN: readonly (readonly [expression: string, words: string])[] = [
  // Times of day.
  ['* * * * *', 'Every minute'],
  ['*/1 * * * *', 'Every minute'],
  ['0-59 * * * *', 'Every minute'],
  ['? ? ? ? ?', 'Every minute'],
  ['*/15 * * * *', 'Every 15 minutes'],
  ['0,15,30,45 * * * *', 'Every 15 minutes'],
  ['*/30 * * * *', 'Every 30 minutes'],
  ['*/60 * * * *', 'Every hour'],
  ['*/45 * * * *', 'At minutes 0 and 45 of every hour'],
  ['*/7 * * * *', 'Every 7 minutes from minute 0 to 56 of every hour'],
  ['5-59/15 * * * *', 'Every 15 minutes from 00:05 to 23:50'],
  ['1-59/2 * * * *', 'Every 2 minutes from 00:01 to 23:59'],
  ['0-30/5 * * * *', 'Every 5 minutes from minute 0 to 30 of every hour'],
  ['0-10 * * * *', 'Every minute from minute 0 to 10 of every hour'],
  ['5,10,25 * * * *', 'At minutes 5, 10 and 25 of every hour'],
  ['0 * * * *', 'Every hour'],
  ['30 * * * *', 'At minute 30 of every hour'],
  ['0 9 * * *', 'At 09:00, every day'],
  ['00 09 * * *', 'At 09:00, every day'],
  ['  0   9 * *  * ', 'At 09:00, every day'],
  ['0 9,12,18 * * *', 'At 09:00, 12:00 and 18:00, every day'],
  ['0,30 9,17 * * *', 'At 09:00, 09:30, 17:00 and 17:30, every day'],
  ['0 9-17 * * *', 'Every hour from 09:00 to 17:00, every day'],
  ['30 9-17 * * *', 'Every hour from 09:30 to 17:30, every day'],
  ['*/15 9-17 * * *', 'Every 15 minutes from 09:00 to 17:45, every day'],
  ['*/15 9,17 * * *', 'Every 15 minutes from 09:00 to 09:45 and from 17:00 to 17:45, every day'],
  ['*/15 */4 * * *', 'Every 15 minutes of every 4th hour from hour 0 to 20, every day'],
  ['* 9 * * *', 'Every minute from 09:00 to 09:59, every day'],
  ['* 22-23,0-5 * * *', 'Every minute from 00:00 to 05:59 and from 22:00 to 23:59, every day'],
  ['* */2 * * *', 'Every minute of every 2nd hour from hour 0 to 22, every day'],
  ['0 */2 * * *', 'Every 2 hours from 00:00 to 22:00, every day'],
  ['15 1-23/2 * * *', 'Every 2 hours from 01:15 to 23:15, every day'],
  ['0 */4 * * *', 'Every 4 hours from 00:00 to 20:00, every day'],
  ['0 */5 * * *', 'Every 5 hours from 00:00 to 20:00, every day'],
  ['0 */12 * * *', 'At 00:00 and 12:00, every day'],
  ['0 1,2,3,5,8,13,21 * * *', 'At minute 0 of hours 1 to 3, 5, 8, 13 and 21, every day'],
  ['7,8 1,2,5,9 * * *', 'At minutes 7 and 8 of hours 1, 2, 5 and 9, every day'],
  // Seconds.
  ['* * * * * *', 'Every second'],
  ['*/10 * * * * *', 'Every 10 seconds'],
  ['5-59/10 * * * * *', 'Every 10 seconds from 00:00:05 to 23:59:55'],
  ['*/7 * * * * *', 'Every 7 seconds from second 0 to 56 of every minute'],
  ['30 * * * * *', 'At second 30 of every minute'],
  ['30 5 * * * *', 'At second 30 of minute 5 of every hour'],
  ['30 */15 * * * *', 'Every 15 minutes from 00:00:30 to 23:45:30'],
  ['15 30 9 * * *', 'At 09:30:15, every day'],
  ['*/20 30 9 * * *', 'At 09:30, 09:30:20 and 09:30:40, every day'],
  ['*/5 30 9 * * *', 'Every 5 seconds from 09:30:00 to 09:30:55, every day'],
  ['* * 9 * * *', 'Every second from 09:00:00 to 09:59:59, every day'],
  ['*/10 5 * * * *', 'Every 10 seconds from second 0 to 50 of minute 5 of every hour'],
  ['1,2,3,40 3,7 1,4,7,9,10 * * *', 'At seconds 1 to 3 and 40 of minutes 3 and 7 of hours 1, 4, 7, 9 and 10, every day'],
  // Weekdays.
  ['0 9 * * MON-FRI', 'At 09:00, Monday to Friday'],
  ['0 9 * * 1-5', 'At 09:00, Monday to Friday'],
  ['0 9 * * mon,TUE,wEd,4,5', 'At 09:00, Monday to Friday'],
  ['0 0 * * SUN', 'At 00:00, every Sunday'],
  ['0 0 * * 7', 'At 00:00, every Sunday'],
  ['0 0 * * 6,0', 'At 00:00, every Saturday and Sunday'],
  ['0 0 * * MON,WED,FRI', 'At 00:00, every Monday, Wednesday and Friday'],
  ['0 0 * * FRI-SUN', 'At 00:00, Friday to Sunday'],
  ['0 0 * * SUN-WED', 'At 00:00, Sunday to Wednesday'],
  ['0 0 * * 0-7', 'At 00:00, every day'],
  ['0 0 * * */2', 'At 00:00, every Tuesday, Thursday, Saturday and Sunday'],
  ['*/5 9-16 * * 1-5', 'Every 5 minutes from 09:00 to 16:55, Monday to Friday'],
  ['0 9 * * MON#2', 'At 09:00, on the 2nd Monday of the month'],
  ['0 9 * * MON#1,MON#3', 'At 09:00, on the 1st Monday and the 3rd Monday of the month'],
  ['0 9 * * FRI#L', 'At 09:00, on the last Friday of the month'],
  ['0 9 * * 5L', 'At 09:00, on the last Friday of the month'],
  ['0 9 * MAR FRI#5', 'At 09:00, on the 5th Friday of March'],
  ['0 9 * * 5-6#L', 'At 09:00, on the last Friday and the last Saturday of the month'],
  ['0 9 * * MON,FRI#L', 'At 09:00, every Monday, and on the last Friday of the month'],
  // Days of the month.
  ['0 0 1 * *', 'At 00:00, on the 1st of the month'],
  ['0 0 1,15 * *', 'At 00:00, on the 1st and the 15th of the month'],
  ['0 0 1-7 * *', 'At 00:00, on the 1st to the 7th of the month'],
  ['0 0 */2 * *', 'At 00:00, on every 2nd day from the 1st to the 31st of the month'],
  ['0 0 10-20/5 * *', 'At 00:00, on the 10th, the 15th and the 20th of the month'],
  ['0 0 L * *', 'At 00:00, on the last day of the month'],
  ['0 0 15,L * *', 'At 00:00, on the 15th and the last day of the month'],
  ['0 0 *,L * MON', 'At 00:00, every Monday'],
  ['0 0 LW * *', 'At 00:00, on the last weekday (Monday to Friday) of the month'],
  ['0 0 15W * *', 'At 00:00, on the weekday (Monday to Friday) nearest to the 15th of the month'],
  ['0 0 1-31 * *', 'At 00:00, every day'],
  // Both.
  ['0 0 13 * FRI', 'At 00:00, on the 13th of the month and also every Friday'],
  ['0 0 13 * +FRI', 'At 00:00, on the 13th of the month if that is a Friday'],
  ['0 0 1-7 * +MON,THU', 'At 00:00, on the 1st to the 7th of the month if that is a Monday or a Thursday'],
  ['0 0 L * +SUN#5', 'At 00:00, on the last day of the month if that is the 5th Sunday of the month'],
  ['0 0 1 * MON-FRI', 'At 00:00, on the 1st of the month and also Monday to Friday'],
  ['0 0 1 * MON#1', 'At 00:00, on the 1st of the month and also on the 1st Monday of the month'],
  ['0 0 1-31 * MON', 'At 00:00, every day'],
  ['0 0 13 * 0-6', 'At 00:00, every day'],
  ['0 0 13 * +*', 'At 00:00, on the 13th of the month'],
  ['0 0 * * +MON', 'At 00:00, every Monday'],
  // Months and years.
  ['0 0 1 1 *', 'At 00:00, on the 1st of January'],
  ['0 0 1,15 JAN,JUL *', 'At 00:00, on the 1st and the 15th of January and July'],
  ['0 0 1 1-11 *', 'At 00:00, on the 1st of each month from January to November'],
  ['0 0 1 */3 *', 'At 00:00, on the 1st of January, April, July and October'],
  ['0 0 * JAN-MAR MON', 'At 00:00, every Monday, from January to March'],
  ['0 0 13 6 FRI', 'At 00:00, on the 13th of the month and also every Friday, in June'],
  ['* * * 12 *', 'Every minute, in December'],
  ['0 0 0 1 1 * 2030', 'At 00:00, on the 1st of January, in 2030'],
  ['0 0 0 1 1 * 2030-2032', 'At 00:00, on the 1st of January, from 2030 to 2032'],
  ['0 0 0 1 1 * 2030,2035-2040/2', 'At 00:00, on the 1st of January, in 2030, 2035, 2037 and 2039'],
  ['0 0 0 1 1 * */2', 'At 00:00, on the 1st of January, in every 2nd year from 1970 on'],
  ['0 0 0 ? * SUN 2030-9999', 'At 00:00, every Sunday, from 2030 on'],
  ['0 0 0 * * * 1-9999', 'At 00:00, every day'],
  // Nicknames.
  ['@yearly', 'At 00:00, on the 1st of January'],
  ['@annually', 'At 00:00, on the 1st of January'],
  ['@monthly', 'At 00:00, on the 1st of the month'],
  ['@weekly', 'At 00:00, every Sunday'],
  ['@daily', 'At 00:00, every day'],
  ['@midnight', 'At 00:00, every day'],
  [' @HOURLY', 'Every hour'],
];

describe('the words of a cron expression', () => {
  it.each(SPOKEN)('of %p are %p', (expression, words) => {
    expect(wordsOf(expression)).toBe(words);
  });

  it('end with the zone', () => {
    expect(explain(cron('0 9 * * MON-FRI', { timeZone: 'Europe/Berlin' })).words).toBe('At 09:00, Monday to Friday, in Europe/Berlin');
  });

  // Two expressions that differ in one field: close to each other, so that words which say too little would show.
  const some = (items: readonly string[]): fc.Arbitrary<string> => fc.subarray([...items], { minLength: 1, maxLength: 2 }).map((chosen) => chosen.join(','));
  const nths = ['MON', 'TUE'].flatMap((day) => ['', '#1', '#2', '#5', '#L'].map((nth) => day + nth));
  const near = fc.tuple(
    some(['0', '10', '20', '40-50', '*/20']), some(['0', '1', '30', '31-33', '*/15', '59', '0-30/5', '0-40/5']), some(['0', '1-3', '5', '*/6', '22-23', '0-12/3', '0-18/3']), some(['1', '2', '15W', '16W', 'L', '28-31', '*']),
    some(['1', '2-4', '6', '12', '*/2']), some([...nths, '3-5', '+SAT,SUN', '*']), some(['2027', '2028-2030', '*/2', '2032-2999', '1970-2999']),
  ).map((fields) => fields.map((text, i) => (i === 5 ? text.replace(/(.+)\+/, '+$1') : text)));
  const twins = fc.tuple(fc.oneof(near, anyCron.map((text) => text.trim().split(' '))), near, fc.nat(6)).map(([mine, others, which]) => {
    const changed = Math.min(which, mine.length - 1);
    const other = others.slice(mine.length === 5 ? 1 : 0)[changed] ?? '*';
    return [mine.join(' '), mine.length < 5 ? others.join(' ') : mine.map((text, i) => (i === changed ? other : text)).join(' ')] as const;
  });

  it('are the same for expressions of the same ticks only', () => {
    fc.assert(fc.property(twins, ([a, b]) => {
      const [mine, others] = [a, b].map((expression) => cronWords({ kind: 'cron', expression, timeZone: 'UTC' }));
      if (a !== b && mine === others) expect([a, b, ticksLike(a)]).toEqual([a, b, ticksLike(b)]);
    }), { numRuns: 3_000 });
  });

  /** Parts whose words are known, and what they say of a moment. */
  const TIMES: readonly (readonly [fields: string, words: string, says: (hour: number, minute: number) => boolean])[] = [
    ['0 9', 'At 09:00', (hour, minute) => hour === 9 && minute === 0],
    ['*/20 *', 'Every 20 minutes', (_, minute) => minute % 20 === 0],
    ['*/30 9-17', 'Every 30 minutes from 09:00 to 17:30', (hour, minute) => hour >= 9 && hour <= 17 && minute % 30 === 0],
    ['5 */6', 'Every 6 hours from 00:05 to 18:05', (hour, minute) => hour % 6 === 0 && minute === 5],
    ['50 23', 'At 23:50', (hour, minute) => hour === 23 && minute === 50],
  ];
  const DAYS: readonly (readonly [days: string, weekdays: string, words: string, says: (day: number, weekday: number, lastDay: number) => boolean])[] = [
    ['*', 'MON-FRI', 'Monday to Friday', (_, weekday) => weekday >= 1 && weekday <= 5],
    ['*', 'SUN', 'every Sunday', (_, weekday) => weekday === 0],
    ['13', 'FRI', 'on the 13th of the month and also every Friday', (day, weekday) => day === 13 || weekday === 5],
    ['13', '+FRI', 'on the 13th of the month if that is a Friday', (day, weekday) => day === 13 && weekday === 5],
    ['*', 'TUE#2', 'on the 2nd Tuesday of the month', (day, weekday) => weekday === 2 && day >= 8 && day <= 14],
    ['*', 'TUE#L', 'on the last Tuesday of the month', (day, weekday, lastDay) => weekday === 2 && day > lastDay - 7],
    ['L', '*', 'on the last day of the month', (day, _, lastDay) => day === lastDay],
    ['1,31', '*', 'on the 1st and the 31st of the month', (day) => day === 1 || day === 31],
  ];

  it('say of each moment whether it is due', () => {
    fc.assert(fc.property(fc.constantFrom(...TIMES), fc.constantFrom(...DAYS), fc.nat(300), ([time, timeWords, saysTime], [days, weekdays, dayWords, saysDay], start) => {
      const expression = `${time} ${days} * ${weekdays}`;
      expect(wordsOf(expression)).toBe(`${timeWords}, ${dayWords}`);
      const from = Date.parse('2026-01-01T00:00Z') + start * DAY;
      const due: number[] = [];
      for (let at = from; at < from + 70 * DAY; at += 300_000) {
        const date = new Date(at);
        const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
        if (saysTime(date.getUTCHours(), date.getUTCMinutes()) && saysDay(date.getUTCDate(), date.getUTCDay(), lastDay)) due.push(at);
      }
      const { ticks } = explain(cron(expression, { timeZone: 'UTC' }), { from, count: 1_000 });
      expect(ticks.map(({ at }) => at).filter((at) => at < from + 70 * DAY).slice(0, 1_000)).toEqual(due.slice(0, 1_000));
    }), { numRuns: 12 });
  });
});

describe('readCron', () => {
  it('reads what croner reads', () => {
    fc.assert(fc.property(anyCron, fc.integer({ min: 0, max: 25_000 }), (expression, first) => {
      const fields = readCron(expression);
      const croner = new Cron(expression, { paused: true, utcOffset: 0 });
      const due = croner.nextRun(new Date(FROM));
      for (let day = first; day < first + 40; day++) {
        const date = new Date(day * DAY);
        const time = fields.hours[0]! * 3_600_000 + fields.minutes[0]! * 60_000 + fields.seconds[0]! * 1_000;
        const isDue = matchesDay(fields, date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate());
        expect([expression, date.toISOString(), isDue]).toEqual([expression, date.toISOString(), croner.match(new Date(date.getTime() + time))]);
      }
      if (!due) return;
      const midnight = Math.floor(due.getTime() / DAY) * DAY;
      const at = (hour: number, minute: number, second: number): boolean => croner.match(new Date(midnight + hour * 3_600_000 + minute * 60_000 + second * 1_000));
      const [hour, minute, second] = [fields.hours[0]!, fields.minutes[0]!, fields.seconds[0]!];
      const named = (size: number, is: (value: number) => boolean): readonly number[] => Array.from({ length: size }, (_, i) => i).filter(is);
      expect(named(24, (each) => at(each, minute, second))).toEqual(fields.hours);
      expect(named(60, (each) => at(hour, each, second))).toEqual(fields.minutes);
      expect(named(60, (each) => at(hour, minute, each))).toEqual(fields.seconds);
    }), { numRuns: 150 });
  });
});

/** Two expressions with the same one have the same ticks, for `readCron` is held against croner above. */
function ticksLike(expression: string): string {
  const { years, ...fields } = readCron(expression);
  const days: number[] = [];
  // A leap year and two common ones.
  for (let day = Date.UTC(1999, 0, 1); day < Date.UTC(2002, 0, 1); day += DAY) {
    const date = new Date(day);
    if (matchesDay({ ...fields, years: undefined }, date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate())) days.push(day / DAY);
  }
  return JSON.stringify([fields.seconds, fields.minutes, fields.hours, years, days]);
}
