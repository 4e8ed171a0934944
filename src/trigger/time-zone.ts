// Time zones: between an instant and what the clocks on the wall of a zone show at it.
import { checkBag } from '../task/check.js';
import { InvalidArgumentError } from '../task/errors.js';
import { show } from '../task/show.js';

/**
 * A span of instants in which the clocks of a zone are not changed: from `start` on, up to `end`. What they show, the wall time,
 * is kept as the epoch ms at which a clock of UTC shows the same.
 */
export interface ZoneSpan {
  readonly start: number;
  readonly end: number;
  /** What the wall shows, less the instant. */
  readonly offset: number;
  /** The offset right before `start`. */
  readonly offsetBefore: number;
}

const DAY_MS = 86_400_000;
/** From here on clocks are taken to stay as they are: nobody knows what zones will do then, and Dates end somewhere. */
const LAST_CHANGE = Date.UTC(10_000, 0, 1);
/** Spans are found, and kept, for so many days at a time. */
const CHUNK_MS = 32 * DAY_MS;
/** So many chunks are kept of a zone; it is eighty years. */
const MOST_CHUNKS = 1_000;

/** Zones by their names: to make one costs a hundred times as much as to ask it. */
const zones = new Map<string, TimeZone>();
/** There are some 600, but a name may be written in capitals, or not. */
const MOST_ZONES = 1_000;

/** The clocks of one zone, as `Intl` knows them. */
export class TimeZone {
  readonly #format: Intl.DateTimeFormat;
  readonly #chunks = new Map<number, readonly ZoneSpan[]>();

  private constructor(name: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: name, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric',
    });
  }

  /** The zone of this name, an IANA name. @throws RangeError when there is none */
  static of(name: string): TimeZone {
    const known = zones.get(name);
    if (known) return known;
    const zone = new TimeZone(name);
    if (zones.size >= MOST_ZONES) zones.clear();
    zones.set(name, zone);
    return zone;
  }

  /** The name of the zone that the machine is set to. */
  static get system(): string {
    return new Intl.DateTimeFormat().resolvedOptions().timeZone;
  }

  /** The span that an instant is in. It may end, or begin, though no clock is changed there. */
  spanAt(instant: number): ZoneSpan {
    if (!(instant < LAST_CHANGE)) {
      const offset = this.#offsetAt(LAST_CHANGE);
      return { start: LAST_CHANGE, end: Infinity, offset, offsetBefore: offset };
    }
    const chunk = Math.floor(instant / CHUNK_MS);
    let spans = this.#chunks.get(chunk);
    if (!spans) {
      if (this.#chunks.size >= MOST_CHUNKS) this.#chunks.clear();
      this.#chunks.set(chunk, spans = [...this.#spansOf(chunk * CHUNK_MS)]);
    }
    return spans.find(({ end }) => instant < end) as ZoneSpan;
  }

  /** The spans from one instant to another, in order. */
  *spansBetween(from: number, to: number): Generator<ZoneSpan> {
    for (let span = this.spanAt(from); span.start <= to; span = this.spanAt(span.end)) {
      yield span;
      if (span.end === Infinity) return;
    }
  }

  /** What the wall shows at an instant. */
  wallAt(instant: number): number {
    return instant + this.spanAt(instant).offset;
  }

  /**
   * When the wall shows this: the first time, if it does so twice. What it never shows, since the clocks are set forward past
   * it, counts as the moment in which they are.
   */
  instantOf(wall: number): number {
    // No zone is a day off UTC, so the span is this one or one of the next.
    let span = this.spanAt(wall - DAY_MS);
    while (wall >= span.end + span.offset) span = this.spanAt(span.end);
    return Math.max(wall - span.offset, span.start);
  }

  /** Looks once a day, and closely where that shows a change. That clocks are changed and changed back within a day has never been. */
  *#spansOf(from: number): Generator<ZoneSpan> {
    let start = from;
    let offset = this.#offsetAt(from);
    let offsetBefore = this.#offsetAt(from - 1);
    for (let day = from; day < from + CHUNK_MS; day += DAY_MS) {
      const next = this.#offsetAt(day + DAY_MS);
      if (next === offset) continue;
      const change = this.#changeIn(day, day + DAY_MS, offset);
      if (change === from + CHUNK_MS) break;
      yield { start, end: change, offset, offsetBefore };
      [start, offsetBefore, offset] = [change, offset, next];
    }
    yield { start, end: from + CHUNK_MS, offset, offsetBefore };
  }

  /** The first instant after `low` at which the offset is another; it is so at `high`. */
  #changeIn(low: number, high: number, offset: number): number {
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.#offsetAt(middle) === offset) low = middle;
      else high = middle;
    }
    return high;
  }

  #offsetAt(instant: number): number {
    const second = Math.floor(instant / 1_000) * 1_000;
    const read: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
    for (const { type, value } of this.#format.formatToParts(second)) read[type] = Number(value);
    const { year = NaN, month = NaN, day, hour, minute, second: shown } = read;
    return Date.UTC(year, month - 1, day, hour, minute, shown) - second;
  }
}

/** Where the calendar of a trigger is read. */
export interface ZoneOptions {
  /** An IANA name. @default the zone that the machine is set to */
  readonly timeZone?: string | undefined;
}

/** The zone that the options name, or the machine's: so the trigger means the same wherever it is sent. */
export function zoneOf(options: unknown, where: string, otherwise = TimeZone.system): string {
  return (checkBag(options, { timeZone: checkTimeZone }, where)['timeZone'] as string | undefined) ?? otherwise;
}

/** @throws InvalidArgumentError unless it is the name of a zone */
export function checkTimeZone(name: unknown, field: string): string {
  try {
    if (typeof name === 'string') {
      TimeZone.of(name);
      return name;
    }
  } catch {
    // Refused below, as what is no string is.
  }
  throw new InvalidArgumentError(field, name, `${field} needs the IANA name of a time zone, as 'Europe/Berlin' or 'UTC'; got ${show(name)}.`);
}
