// Instants in text: ISO 8601 with an offset, for a time without one means another instant on every machine.
import { InvalidArgumentError } from './errors.js';
import { show } from './show.js';

const ISO_8601 = /^\d{4}-(\d\d)-(\d\d)T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;

const PARTS = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?(.*))?$/s;

/**
 * The epoch milliseconds of an instant such as `'2026-03-08T00:00-05:00'` or `'2026-03-08T05:00:00.250Z'`.
 *
 * @param field the option or parameter, for the message
 * @throws InvalidArgumentError unless it is a date and a time that exist, with an offset or Z, not before 1970
 */
export function isoInstantMs(text: string, field: string): number {
  const [, month, day] = ISO_8601.exec(text) ?? [];
  const ms = month === undefined ? NaN : Date.parse(text);
  // Date.parse makes 2 March of 30 February.
  const exists = ms >= 0 && Number(day) <= new Date(Date.UTC(Number(text.slice(0, 4)), Number(month), 0)).getUTCDate();
  if (exists) return ms;
  throw new InvalidArgumentError(field, text,
    `${field} needs a date and a time that exist, 1970 or later, with an offset or Z, as in '2026-03-08T00:00-05:00'; got ${show(text)}.${hintFor(text)}`);
}

/** What is wrong with a text, as far as that can be told. */
function hintFor(text: string): string {
  const [, date, time, offset, rest] = PARTS.exec(text) ?? [];
  if (date === undefined) return '';
  if (time === undefined) return ' It has no time of day.';
  if (offset === undefined) return ' It has no offset, so it is another instant on every machine.';
  return rest ? ` Its part ${show(rest)} is not read.` : '';
}
