// Intervals in months and years: no fixed length of time, but one by the calendar.
const UNITS = ['years', 'months', 'weeks', 'days'] as const;
const ISO_8601 = /^P(?:(?<years>\d+)Y)?(?:(?<months>\d+)M)?(?:(?<weeks>\d+)W)?(?:(?<days>\d+)D)?/;
/** Longer than any interval that people write, and short enough to be searched. */
const LONGEST_TEXT = 100;

type Parts = Partial<Record<(typeof UNITS)[number], number>>;

/** What to give `calendar` for an interval that has months or years, as a user would write it; undefined of one that has none. */
export function calendarOf(interval: unknown): string | undefined {
  const parts = partsOf(interval);
  if (parts.years === undefined && parts.months === undefined) return undefined;
  const amounts = Object.values(parts);
  const isWhole = amounts.every((amount) => Number.isSafeInteger(amount) && amount > 0);
  const said = UNITS.flatMap((unit) => (parts[unit] === undefined ? [] : [`${unit}: ${parts[unit]}`]));
  return `calendar({ ${isWhole ? said.join(', ') : 'months: 1'} })`;
}

function partsOf(interval: unknown): Parts {
  if (typeof interval === 'string' && interval.length <= LONGEST_TEXT) return { ...inWords(interval), ...numbers(ISO_8601.exec(interval)?.groups) };
  if (typeof interval !== 'object' || interval === null) return {};
  const given = interval as Readonly<Record<string, unknown>>;
  try {
    // A duration of Temporal has all of them, most of them 0.
    return numbers(Object.fromEntries(UNITS.map((unit) => [unit, given[unit] ?? given[unit.slice(0, -1)]])));
  } catch {
    return {}; // a proxy may throw when it is looked at
  }
}

function inWords(text: string): Parts {
  const found = [...text.matchAll(/(\d+(?:\.\d+)?)\s*(year|month|week|day)s?\b/gi)];
  return numbers(Object.fromEntries(found.map(([, amount, unit = '']) => [`${unit.toLowerCase()}s`, amount])));
}

function numbers(parts: Readonly<Record<string, unknown>> = {}): Parts {
  return Object.fromEntries(Object.entries(parts).filter(([, amount]) => amount !== undefined && amount !== 0).map(([unit, amount]) => [unit, Number(amount)]));
}
