// `carillon explain`: what a cron expression, or an interval, means, and what may surprise.
import { formatExplanation } from '../index.js';
import type { Given } from './arguments.js';
import type { Manual } from './help.js';
import { jsonLine } from './json-line.js';
import { explained, WHEN_FLAGS, WHEN_NOTES } from './when.js';

export const EXPLAIN: Manual = {
  usage: '<when>',
  about: 'says what it means, and what may surprise',
  flags: WHEN_FLAGS,
  notes: [...WHEN_NOTES, '', "  carillon explain '*/45 2 * * *' --tz America/New_York"],
};

/** @throws UsageError, InvalidArgumentError */
export function explainWhen(given: Given): string[] {
  const explanation = explained(given);
  return given.flags.has('json') ? [jsonLine(explanation)] : formatExplanation(explanation).split('\n');
}
