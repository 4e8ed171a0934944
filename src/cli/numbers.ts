// Numbers as people read them.

/** `12,345` */
export function count(value: number): string {
  return value.toLocaleString('en');
}

/** `1 task`, `12,345 tasks` */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

const UNITS = [[86_400, 'd'], [3_600, 'h'], [60, 'min'], [1, 's']] as const;
/** From here on, nobody asks for tenths of a second. */
const LONG_MS = 100_000;

/** `15 ms`, `4.2 s`, `12 min 5 s`, `3 d 4 h` */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < LONG_MS) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const first = UNITS.findIndex(([size]) => seconds >= size);
  return UNITS.slice(first, first + 2)
    .map(([size, unit], i) => [Math.floor((i === 0 ? seconds : seconds % (UNITS[first]?.[0] ?? 1)) / size), unit] as const)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${count(amount)} ${unit}`)
    .join(' ');
}

/** The same in seven cells at most, of one unit, for what is to come: `in 1.5s`, `in 12m`, `in 300d`. */
export function until(ms: number): string {
  if (ms <= 0) return 'now';
  // What is rounded is told by the unit that it is rounded to.
  if (ms < 9_950) return `in ${(ms / 1000).toFixed(1)}s`;
  const steps = [[1_000, 100, 's'], [60_000, 100, 'm'], [3_600_000, 48, 'h'], [86_400_000, 1_000, 'd'], [31_556_952_000, Infinity, 'y']] as const;
  const [size, , unit] = steps.find(([each, most]) => Math.round(ms / each) < most) ?? steps[4];
  return `in ${Math.min(999, Math.round(ms / size))}${unit}`;
}
