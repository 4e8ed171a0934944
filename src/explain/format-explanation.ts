// Formats an explanation for people: the words, a line for each tick, and the warnings.
import type { Explanation, ExplainedTick, TaskExplanation } from './explanation.js';
import { lengthOf, shortLengthOf } from './phrases.js';

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/**
 * An explanation as a text of some lines, without a line break at its end.
 *
 * @example
 * console.log(formatExplanation(explain(cron('0 9 * * MON-FRI', { timeZone: 'Europe/Berlin' }))));
 */
export function formatExplanation(explanation: Explanation | TaskExplanation): string {
  const { words, ticks, further, warnings } = explanation;
  const { terms = [] } = explanation as Partial<TaskExplanation>;
  return [
    `${words}.`,
    ...terms,
    ...ticks.map(tickLine),
    furtherLine(ticks.length, further),
    ...warnings.map(({ message }) => `! ${message}`),
  ].filter((line) => line !== '').join('\n');
}

/** `  Thu 2026-11-26 09:00:00 +01:00  in 1h 5m` */
export function tickLine({ at: _, local, inMs, laterByUpTo, tick }: ExplainedTick): string {
  const weekday = WEEKDAYS[new Date(`${local.slice(0, local.indexOf(' '))}T00:00Z`).getUTCDay()] ?? '';
  const when = inMs < 0 ? `${shortLengthOf(-inMs)} ago` : inMs === 0 ? 'now' : `in ${shortLengthOf(inMs)}`;
  const later = laterByUpTo === undefined ? '' : `, up to ${lengthOf(laterByUpTo)} later`;
  return `  ${tick === undefined ? '' : `#${tick}  `}${weekday} ${local}  ${when}${later}`.trimEnd();
}

function furtherLine(shown: number, further: Explanation['further']): string {
  switch (further) {
    case 'none': return shown === 0 ? '  none to come' : '  and no more';
    case 'some': return '  …';
    case 'unknown': return shown === 0 ? '  none known of yet' : '  and then as its runs go';
  }
}
