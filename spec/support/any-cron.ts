// Any cron expression: random ones, of all that the dialect has.
import fc from './properties.js';

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** A number of a field, now and then by its name. */
function value(from: number, to: number, names: readonly string[] = []): fc.Arbitrary<string> {
  return fc.tuple(fc.integer({ min: from, max: to }), fc.boolean()).map(([n, byName]) => (byName ? names[n - (names.length === 12 ? 1 : 0)] : undefined) ?? String(n));
}

function item(from: number, to: number, names: readonly string[] = [], size = to - from + 1): fc.Arbitrary<string> {
  const pair = fc.tuple(fc.integer({ min: from, max: to }), fc.integer({ min: from, max: to })).map((ends) => ends.sort((a, b) => a - b));
  const step = fc.integer({ min: 1, max: size });
  return fc.oneof(
    { weight: 4, arbitrary: value(from, to, names) },
    { weight: 2, arbitrary: pair.map(([low, high]) => `${String(low)}-${String(high)}`) },
    { weight: 1, arbitrary: fc.tuple(pair, step).map(([[low, high], by]) => `${String(low)}-${String(high)}/${by}`) },
    { weight: 2, arbitrary: step.map((by) => `*/${by}`) },
  );
}

function field(one: fc.Arbitrary<string>, any: fc.Arbitrary<string> = fc.constantFrom('*', '*', '*', '?')): fc.Arbitrary<string> {
  return fc.oneof({ weight: 2, arbitrary: any }, { weight: 3, arbitrary: one }, { weight: 1, arbitrary: fc.array(one, { minLength: 2, maxLength: 4 }).map((items) => items.join(',')) });
}

const second = field(item(0, 59), fc.constantFrom('0', '0', '*'));
const minute = field(item(0, 59));
const hour = field(item(0, 23));
const day = fc.oneof(
  { weight: 6, arbitrary: field(fc.oneof({ weight: 6, arbitrary: item(1, 31) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 31 }).map((n) => `${n}W`) }, { weight: 1, arbitrary: fc.constant('L') })) },
  { weight: 1, arbitrary: fc.constantFrom('LW', '*,L', 'L,?', 'L,L') },
);
const month = field(item(1, 12, MONTHS));
const weekdayItem = fc.oneof(
  { weight: 4, arbitrary: item(0, 7, WEEKDAYS, 7) },
  { weight: 2, arbitrary: fc.tuple(value(0, 6, WEEKDAYS), fc.constantFrom('#1', '#2', '#3', '#4', '#5', '#L', 'L')).map(([name, nth]) => name + nth) },
  { weight: 1, arbitrary: fc.constantFrom('1-5#1', 'SAT-SUN', 'FRI-SUN', 'SUN-WED', '*/2#L') },
);
const weekday = fc.tuple(fc.constantFrom('', '', '', '+'), field(weekdayItem)).map(([both, text]) => both + text);
const year = fc.oneof(fc.integer({ min: 2026, max: 2040 }).map(String), fc.constantFrom('*', '2026-2030', '*/2', '2027,2029', '2030-9999', '1971-2999/3'));

/** Expressions of five, six and seven fields, and nicknames. Some of them never come. */
export const anyCron: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(minute, hour, day, month, weekday).map((fields) => fields.join(' ')) },
  { weight: 4, arbitrary: fc.tuple(second, minute, hour, day, month, weekday).map((fields) => fields.join(' ')) },
  { weight: 2, arbitrary: fc.tuple(second, minute, hour, day, month, weekday, year).map((fields) => fields.join(' ')) },
  { weight: 1, arbitrary: fc.constantFrom('@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly', '@DAILY') },
);
