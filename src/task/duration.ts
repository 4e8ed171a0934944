// Durations: what a user may write for a length of time, and how many milliseconds it is.
import { InvalidArgumentError } from './errors.js';
import { show } from './show.js';

/** A length of time in parts, any of which may be left out. A day is 24 hours. */
export interface TimeDelta {
  readonly days?: number;
  readonly hours?: number;
  readonly minutes?: number;
  readonly seconds?: number;
  readonly milliseconds?: number;
}

/**
 * A length of time: milliseconds, a text (`'250ms'`, `'1h 30m'`, ISO 8601 `'PT5M'` or `'P2W'`), a {@link TimeDelta}, or anything
 * with Temporal's `total(unit)`. A day is 24 hours, and a week seven of them.
 */
export type DurationLike = number | string | TimeDelta | DurationObject;

/** What has a length of its own, as `Temporal.Duration`. */
export interface DurationObject {
  /** So many milliseconds in all. */
  total(unit: 'milliseconds'): number;
}

const UNIT_MS = { days: 86_400_000, hours: 3_600_000, minutes: 60_000, seconds: 1_000, milliseconds: 1 } as const;
const SHORT_UNIT_MS = { d: UNIT_MS.days, h: UNIT_MS.hours, m: UNIT_MS.minutes, s: UNIT_MS.seconds, ms: 1 } as const;
const PLAIN = /^(\d+(?:\.\d+)?)(ms|[smhd])$/;
const TEXT = /^(?:\d+(?:\.\d+)?(?:ms|[smhd])(?: (?=\d)|$|(?=\d)))+$/;
const PART = /^\d+(?:\.\d+)?(?:ms|[smhd]) ?/;
const ISO_8601 = /^P(?=.)(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?=\d)(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
/** As people write it: `1 hour and 30 min`. */
const WORDY = /^\s*(?:\d+(?:\.\d+)?\s*(?:ms|msecs?|millis(?:econds?)?|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)(?:\s*,\s*|\s+and\s+|\s+|(?=\d)|$))+$/i;
const WAY_OUT = "Give milliseconds, '250ms', '1h 30m', 'PT5M', or { days, hours, minutes, seconds, milliseconds }.";

/**
 * The milliseconds of a duration.
 *
 * @param field the option or parameter, for the message
 * @throws InvalidArgumentError unless it is understood whole, finite and not negative
 */
export function durationMs(duration: DurationLike, field: string): number {
  const ms = signedMs(duration, field);
  if (ms < 0) throw refusal(duration, field);
  return ms;
}

/** As {@link durationMs}, for a length of time that can't be none. */
export function positiveMs(duration: DurationLike, field: string): number {
  const ms = durationMs(duration, field);
  if (ms === 0) throw new InvalidArgumentError(field, duration, `${field} needs a duration of more than 0 ms; got ${show(duration)}.`);
  return ms;
}

/** As {@link durationMs}, for who has a bound of his own to check: the result may be negative. */
export function signedMs(duration: DurationLike, field: string): number {
  let ms: unknown;
  try {
    ms = read(duration, field);
  } catch (cause) {
    if (cause instanceof InvalidArgumentError) throw cause;
    throw new InvalidArgumentError(field, duration, `${field} can't be read as a duration; it threw ${show(cause)}. ${WAY_OUT}`, { cause });
  }
  if (typeof ms !== 'number' || !Number.isFinite(ms)) throw refusal(duration, field);
  return ms;
}

function refusal(duration: unknown, field: string): InvalidArgumentError {
  return new InvalidArgumentError(field, duration, `${field} needs a finite duration of 0 ms or more; got ${show(duration)}. ${WAY_OUT}`);
}

function read(duration: unknown, field: string): unknown {
  if (typeof duration === 'number') return duration;
  if (typeof duration === 'string') return readText(duration, field);
  if (typeof duration === 'object' && duration !== null) {
    return hasTotal(duration) ? readTotal(duration, field) : readDelta(duration, field);
  }
  throw new InvalidArgumentError(field, duration, `${field} needs a duration; got ${show(duration)}. ${WAY_OUT}`);
}

function readText(text: string, field: string): number {
  // Nearly all texts are of one part; to look for more takes four times as long.
  const plain = PLAIN.exec(text);
  if (plain) return decimal(partMs(plain));
  if (TEXT.test(text)) {
    let ms = 0;
    for (const part of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)) ms += partMs(part);
    return decimal(ms);
  }
  const iso = ISO_8601.exec(text);
  if (iso) {
    const [, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = iso.map((part: string | undefined) => Number(part ?? 0));
    return decimal((7 * weeks + days) * UNIT_MS.days + hours * UNIT_MS.hours + minutes * UNIT_MS.minutes + seconds * UNIT_MS.seconds);
  }
  throw new InvalidArgumentError(field, text, `${field} can't be read as a duration; got ${show(text)}.${hintFor(text)} ${WAY_OUT}`);
}

function partMs([, amount, unit]: RegExpExecArray): number {
  return Number(amount) * SHORT_UNIT_MS[unit as keyof typeof SHORT_UNIT_MS];
}

/** What is wrong with a text, as far as that can be told. */
function hintFor(text: string): string {
  if (/^\s*\d+(?:\.\d+)?\s*$/.test(text)) return ' A bare number in a text has no unit.';
  const short = shortened(text);
  if (short !== undefined) return ` Did you mean '${short}'?`;
  const [, unfixed] = /^P(?:[\d.]+[WD])*([\d.]+[YM])/.exec(text) ?? [];
  if (unfixed !== undefined) return ` Its part ${show(unfixed)} has no fixed length.`;
  let rest = text;
  for (let part = PART.exec(rest); part; part = PART.exec(rest)) rest = rest.slice(part[0].length);
  return rest === text || rest === '' ? '' : ` Its part ${show(rest)} is none.`;
}

/** A text whose units are written out, with the letters that stand for them. */
function shortened(text: string): string | undefined {
  // Nobody writes more than that by hand.
  if (text.length > 100 || !WORDY.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/gi)].map(([, amount = '', unit = '']) => {
    const letter = /^(?:ms|milli)/i.test(unit) ? 'ms' : unit.charAt(0).toLowerCase();
    return letter === 'w' ? `${Number(amount) * 7}d` : `${amount}${letter}`;
  });
  return parts.join(' ');
}

function hasTotal(duration: object): duration is DurationObject {
  return 'total' in duration && typeof duration.total === 'function';
}

function readTotal(duration: DurationObject, field: string): unknown {
  try {
    return duration.total('milliseconds');
  } catch (cause) {
    // Temporal refuses to total months and years, which have no fixed length.
    throw new InvalidArgumentError(field, duration,
      `${field} needs a duration of fixed length; its total('milliseconds') threw: ${show(cause)}. ${WAY_OUT}`, { cause });
  }
}

function readDelta(delta: object, field: string): number {
  const parts = Object.entries(delta).filter(([, amount]) => amount !== undefined) as [string, unknown][];
  if (parts.length === 0) {
    throw new InvalidArgumentError(field, delta, `${field} needs a duration; got an object without a part. ${WAY_OUT}`);
  }
  let ms = 0;
  for (const [part, amount] of parts) {
    if (!Object.hasOwn(UNIT_MS, part)) {
      const why = /^(month|year)s?$/.test(part) ? ', which has no fixed length' : '';
      throw new InvalidArgumentError(field, delta, `${field} has a part ${show(part)}${why}. ${WAY_OUT}`);
    }
    if (typeof amount !== 'number' || !Number.isFinite(amount)) {
      throw new InvalidArgumentError(field, delta, `${field}.${part} needs a finite number; got ${show(amount)}.`);
    }
    ms += amount * UNIT_MS[part as keyof typeof UNIT_MS];
  }
  return decimal(ms);
}

/** Seconds have decimals: 1.005 s is 1005 ms, and not 1004.9999999999999. */
function decimal(ms: number): number {
  return Math.round(ms * 1e6) / 1e6;
}
