// The wall times that a cron expression matches, whatever the zone: croner finds them, and they are counted by days.
import { Cron } from 'croner';
import { InvalidArgumentError } from '../task/errors.js';
import { show } from '../task/show.js';

const DAY_MS = 86_400_000;
/** The first wall time that is none any more: where no year is named, croner looks no further. */
const END = Date.UTC(3000, 0, 1);
/** Expressions that are read already: to read one takes croner as long as to find twenty of its times. */
const read = new Map<string, WallTimes>();
const MOST_READ = 1_000;
const WAY_OUT = "Give five fields (minute, hour, day, month, weekday), six with seconds first, seven with years last, or a nickname such as '@daily'.";

/** The seconds, minutes and hours that an expression names, in order: each day that matches has all their combinations. */
interface TimesOfDay {
  readonly hours: readonly number[];
  readonly minutes: readonly number[];
  readonly seconds: readonly number[];
}

/** Wall times as a clock of UTC shows them: epoch ms, whole seconds. */
export class WallTimes {
  readonly #cron: Cron;
  #timesOfDay: TimesOfDay | undefined;

  private constructor(expression: string) {
    this.#cron = new Cron(expression, { paused: true, utcOffset: 0 });
  }

  /** @throws InvalidArgumentError unless the expression can be read, and matches some time from 1970 to 2999 */
  static of(expression: unknown, field: string): WallTimes {
    const known = read.get(expression as string);
    if (known) return known;
    // croner takes a text with a colon for a date.
    if (typeof expression !== 'string' || expression.includes(':')) {
      throw new InvalidArgumentError(field, expression, `${field} needs a cron expression; got ${show(expression)}. ${WAY_OUT} For a date, use once().`);
    }
    let times: WallTimes;
    try {
      times = new WallTimes(expression);
    } catch (cause) {
      // The expression was shown, and may have any length.
      const why = (cause as Error).message.replace(` ('${expression}')`, '').replace(/^CronPattern: /, '').replace(/\.$/, '');
      throw new InvalidArgumentError(field, expression, `${field} can't be read as a cron expression; got ${show(expression)}: ${why}. ${WAY_OUT}`, { cause });
    }
    if (times.next(-1) === null) {
      throw new InvalidArgumentError(field, expression, `${field} never comes: from 1970 to 2999 no date is like ${show(expression)}. Look at its day, month and year.`);
    }
    if (read.size >= MOST_READ) read.clear();
    read.set(expression, times);
    return times;
  }

  /** The first one after a wall time. */
  next(after: number): number | null {
    if (after >= END) return null;
    const next = this.#cron.nextRun(new Date(Math.floor(after / 1_000) * 1_000))?.getTime() ?? END;
    return next < END ? next : null;
  }

  /** The last one that is not after a wall time. */
  last(to: number): number | null {
    // croner looks for what is before.
    return this.#cron.previousRuns(1, new Date(Math.min(Math.floor(to / 1_000) * 1_000 + 1_000, END)))[0]?.getTime() ?? null;
  }

  /** How many there are between two wall times, both included. */
  count(from: number, to: number): number {
    let count = 0;
    for (let time = this.next(Math.ceil(from) - 1); time !== null && time <= to;) {
      const day = Math.floor(time / DAY_MS) * DAY_MS;
      count += this.#until(to - day) - this.#until(time - 1_000 - day);
      time = this.next(day + DAY_MS - 1);
    }
    return count;
  }

  /** Whether each day that matches does so at one time. */
  get isOncePerDay(): boolean {
    const { hours, minutes, seconds } = this.#times;
    return hours.length * minutes.length * seconds.length === 1;
  }

  /** How many times of day are not after this one, in ms since midnight. */
  #until(timeOfDay: number): number {
    const { hours, minutes, seconds } = this.#times;
    if (timeOfDay < 0) return 0;
    const [hour, minute, second] = [Math.floor(timeOfDay / 3_600_000), Math.floor(timeOfDay / 60_000) % 60, Math.floor(timeOfDay / 1_000) % 60];
    const before = (list: readonly number[], value: number): number => list.filter((each) => each < value).length;
    let count = before(hours, hour) * minutes.length * seconds.length;
    if (hour > 23 || !hours.includes(hour)) return count;
    count += before(minutes, minute) * seconds.length;
    return minutes.includes(minute) ? count + before(seconds, second + 1) : count;
  }

  /** Found out by asking croner, which doesn't tell: when it is first needed. */
  get #times(): TimesOfDay {
    if (this.#timesOfDay) return this.#timesOfDay;
    const first = this.next(-1) as number;
    const matching = (values: number, ms: number): readonly number[] => {
      const zero = first - Math.floor(first / ms) % values * ms;
      return Array.from({ length: values }, (_, value) => value).filter((value) => this.#cron.match(new Date(zero + value * ms)));
    };
    return (this.#timesOfDay = { hours: matching(24, 3_600_000), minutes: matching(60, 60_000), seconds: matching(60, 1_000) });
  }
}
