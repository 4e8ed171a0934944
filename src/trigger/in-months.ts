// Intervals in months and years: no fixed length of time, but one by the calendar.
const UNITS = ['years', 'months', 'weeks', 'days'] as const;
const ISO_8601 = /^P(?:(?<years>\d+)Y)?(?:(?<months>\d+)M)?(?:(?<weeks>\d+)W)?(?:(?<days>\d+)D)?/;

/** What to give `calendar` for an interval that has months or years, as a user would write it; undefined of one that has none. */
export function calendarOf(interval: unknown): string | undefined {
  const parts = partsOf(interval);
  const given = UNITS.flatMap((unit) => (Number.isSafeInteger(parts[unit]) && (parts[unit] ?? 0) > 0 ? [`${unit}: ${String(parts[unit])}`] : []));
  const hasMonths = parts.years !== undefined || parts.months !== undefined;
  return hasMonths ? `calendar({ ${given.length > 0 ? given.join(', ') : 'months: 1'} })` : undefined;
}

type Parts = Partial<Record<(typeof UNITS)[number], number>>;

function partsOf(interval: unknown): Parts {
  if (typeof interval === 'string') return { ...inWords(interval), ...numbers(ISO_8601.exec(interval)?.groups) };
  if (typeof interval !== 'object' || interval === null) return {};
  // A duration of Temporal has all of them, most of them 0.
  return numbers(Object.fromEntries(UNITS.map((unit) => [unit, (interval as Parts)[unit]])));
}

function inWords(text: string): Parts {
  const found = [...text.matchAll(/(\d+)\s*(year|month|week|day)s?\b/gi)];
  return numbers(Object.fromEntries(found.map(([, amount, unit = '']) => [`${unit.toLowerCase()}s`, amount])));
}

function numbers(parts: Readonly<Record<string, unknown>> = {}): Parts {
  return Object.fromEntries(Object.entries(parts).filter(([, amount]) => amount !== undefined && amount !== 0).map(([unit, amount]) => [unit, Number(amount)]));
}
