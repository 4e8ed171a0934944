// Instants: what a user may write for a point in time, and which epoch millisecond it is.
import { InvalidArgumentError } from './errors.js';
import { isoInstantMs } from './iso-instant.js';
import { show } from './show.js';

/**
 * A point in time: a Date, epoch milliseconds, ISO 8601 with an offset (`'2027-01-01T09:00Z'`), or anything with Temporal's
 * `epochMilliseconds`, as `Temporal.Instant` and `Temporal.ZonedDateTime`.
 */
export type InstantLike = Date | number | string | { readonly epochMilliseconds: number };

/** The last instant that a Date can hold (ECMAScript, "Time Values and Time Range"). */
const LAST_INSTANT = 8.64e15;

/**
 * The epoch milliseconds of an instant.
 *
 * @param field the option or parameter, for the message
 * @throws InvalidArgumentError unless it is a valid instant not before 1970
 */
export function instantMs(instant: InstantLike, field: string): number {
  if (typeof instant === 'string') return isoInstantMs(instant, field);
  let ms: unknown;
  let cause: unknown;
  try {
    ms = read(instant);
  } catch (thrown) {
    cause = thrown;
  }
  if (typeof ms !== 'number' || !(ms >= 0 && ms <= LAST_INSTANT)) {
    throw new InvalidArgumentError(field, instant,
      `${field} needs a valid instant, 1970 or later; got ${show(instant)}.${hintFor(instant)} Give a Date, epoch milliseconds, ISO 8601 with an offset, or a Temporal instant.`,
      cause === undefined ? undefined : { cause });
  }
  return ms;
}

function read(instant: unknown): unknown {
  if (typeof instant === 'number') return instant;
  if (typeof instant !== 'object' || instant === null) return undefined;
  if ('epochMilliseconds' in instant) return instant.epochMilliseconds;
  // A Date of another realm is no instance of ours; this reads either, and throws for what is none.
  return Date.prototype.getTime.call(instant);
}

/** Temporal's dates and times without a zone are told by what they need one for. */
function hintFor(instant: unknown): string {
  try {
    const isPlain = typeof instant === 'object' && instant !== null && 'toZonedDateTime' in instant;
    return isPlain ? ' It has no time zone, so it is another instant in each: call its toZonedDateTime() first.' : '';
  } catch {
    return ''; // a proxy may throw when it is looked at
  }
}
