// `carillon next`: when a trigger is due next.
import { tickLine } from '../explain/format-explanation.js';
import type { Given } from './arguments.js';
import type { Manual } from './help.js';
import { jsonLine } from './json-line.js';
import { explained, WHEN_FLAGS, WHEN_NOTES } from './when.js';

export const NEXT: Manual = {
  usage: '<when>',
  about: 'shows when a cron expression is due next',
  flags: WHEN_FLAGS,
  notes: [
    ...WHEN_NOTES,
    '',
    "  carillon next '0 9 * * MON-FRI' --tz Europe/Berlin",
    "  carillon next 'every 1h 30m' --from 2026-11-26T08:00+01:00 --count 3",
  ],
};

/** @throws UsageError, InvalidArgumentError */
export function next(given: Given): string[] {
  const { trigger, timeZone, from, ticks, further } = explained(given);
  if (given.flags.has('json')) return [jsonLine({ trigger, timeZone, from, ticks, further })];
  return [
    ...ticks.map((tick) => tickLine(tick).trimStart()),
    ...(further === 'none' ? [ticks.length === 0 ? 'No tick will follow.' : 'No further tick will follow.'] : []),
  ];
}
