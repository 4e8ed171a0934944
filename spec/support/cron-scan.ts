// Cron by brute force: which minutes an expression names, by the rule as the documentation has it, and with nothing of the code under test.
import { minutesOf, shown, type WallMinute } from './wall-clock.js';

/** An expression in minutes, and what it says of one. */
export interface CronCase {
  readonly expression: string;
  /** It names a single time of day. */
  readonly once?: true;
  readonly matches: (wall: WallMinute) => boolean;
}

export const CRON_CASES: readonly CronCase[] = [
  { expression: '* * * * *', matches: () => true },
  { expression: '*/20 * * * *', matches: ({ minute }) => minute % 20 === 0 },
  { expression: '30 * * * *', matches: ({ minute }) => minute === 30 },
  { expression: '0 */2 * * *', matches: ({ hour, minute }) => hour % 2 === 0 && minute === 0 },
  { expression: '15,45 0-3 * * *', matches: ({ hour, minute }) => hour <= 3 && minute % 30 === 15 },
  { expression: '0 9 * * MON-FRI', once: true, matches: ({ hour, minute, weekday }) => hour === 9 && minute === 0 && !weekday.startsWith('S') },
  { expression: '0 0 * * *', once: true, matches: ({ hour, minute }) => hour === 0 && minute === 0 },
  { expression: '30 0 * * *', once: true, matches: ({ hour, minute }) => hour === 0 && minute === 30 },
  { expression: '15 1 * * *', once: true, matches: ({ hour, minute }) => hour === 1 && minute === 15 },
  { expression: '45 1 * * *', once: true, matches: ({ hour, minute }) => hour === 1 && minute === 45 },
  { expression: '10 2 * * *', once: true, matches: ({ hour, minute }) => hour === 2 && minute === 10 },
  { expression: '50 2 * * *', once: true, matches: ({ hour, minute }) => hour === 2 && minute === 50 },
  { expression: '0 3 * * *', once: true, matches: ({ hour, minute }) => hour === 3 && minute === 0 },
  { expression: '50 23 * * *', once: true, matches: ({ hour, minute }) => hour === 23 && minute === 50 },
];

/** The minutes that are due, of some that follow each other. */
export function scan(minutes: readonly WallMinute[], { once, matches }: Omit<CronCase, 'expression'>): readonly number[] {
  if (!once) return minutes.filter(matches).map(({ at }) => at);
  const due: number[] = [];
  const seen = new Set<string>();
  for (const [i, wall] of minutes.entries()) {
    const before = minutes[i - 1];
    if ((matches(wall) && !seen.has(shown(wall))) || (before && skipped(before, wall).some(matches))) due.push(wall.at);
    seen.add(shown(wall));
  }
  return due;
}

/** The minutes that the wall never shows between two that follow each other. */
function skipped(before: WallMinute, after: WallMinute): readonly WallMinute[] {
  const [from, to] = [Date.parse(`${shown(before)}Z`), Date.parse(`${shown(after)}Z`)];
  return to <= from + 60_000 ? [] : minutesOf('UTC', from + 60_000, to);
}
