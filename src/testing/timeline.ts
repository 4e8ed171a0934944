// Timelines: what happened, written as marbles, and read back.
import { positiveMs, type DurationLike } from '../task/duration.js';
import { InvalidArgumentError } from '../task/errors.js';
import { instantMs, type InstantLike } from '../task/instant.js';
import { checkBag } from '../task/check.js';
import { show } from '../task/show.js';
import { lanesOf, type Lane, type Mark, type TimelineSource } from './lanes.js';

/** A longer lane than this is nobody's to read, and most likely a frame that is too small. */
const MOST_FRAMES = 1_000_000;

/** How much time a timeline shows, and how closely. */
export interface TimelineOptions {
  /** So long is one character. What happens within a frame is drawn at it. @default 1 ms */
  readonly frame?: DurationLike | undefined;
  /**
   * The instant of the first character; what came before is left out.
   * @default the first event; when the first task was scheduled; when the first run was due; for lanes, 0
   */
  readonly from?: InstantLike | undefined;
  /** The instant before which each lane ends: what comes later is left out, and what doesn't end sooner is filled up with `-`. */
  readonly until?: InstantLike | undefined;
}

/** {@link TimelineOptions}, checked, in ms. */
export interface Scale {
  readonly frame: number;
  readonly from: number;
  readonly until: number;
}

const CHECKS = { frame: (value: unknown, field: string) => positiveMs(value as DurationLike, field), from: instant, until: instant };

/** @throws InvalidArgumentError */
export function scaleOf(options: TimelineOptions | undefined, from: number): Scale {
  const scale: Scale = { frame: 1, from, until: Infinity, ...checkBag(options, CHECKS, 'options') };
  if (scale.until <= scale.from) throw new InvalidArgumentError('until', scale.until, `until needs an instant after the beginning, ${scale.from}; got ${show(scale.until)}.`);
  return scale;
}

function instant(value: unknown, field: string): number {
  return instantMs(value as InstantLike, field);
}

/**
 * Writes what happened as marbles, each task a lane: `-` is a frame of time, letters are those of `EVENT_LETTERS`, and `|` is the end
 * of the task; a failed one that is retried goes on behind it.
 *
 * What happens in one frame stands in parentheses, which take the room of their characters, as in RxJS. If more happens in that
 * room, it stands in them, too, after a comma for each frame: `(ds,q)` is a run done and one started, and a frame later one queued.
 *
 * @throws InvalidArgumentError for bad options, or when the frame is so small that a lane gets longer than a million frames
 *
 * @example
 * const events: TaskEvent[] = [];
 * scheduler.events$.subscribe((event) => events.push(event));
 * scheduler.schedule(sweep, every('10s'), { name: 'sweep', maxRuns: 2 });
 * await clock.advanceBy('1m');
 * timeline(events, { frame: '1s' }); // 'sweep  s--d------s--(d|)'
 */
export function timeline(source: TimelineSource, options?: TimelineOptions): string {
  const { lanes, from } = lanesOf(source);
  const scale = scaleOf(options, from);
  const labels = lanes.map(({ label }) => writtenLabel(label));
  const width = Math.max(0, ...labels.map(({ length }) => length));
  return lanes.map(({ marks }, i) => (width === 0 ? '' : `${(labels[i] ?? '').padEnd(width)}  `) + (marblesOf(marks, scale) || (width === 0 ? '' : '-'))).join('\n');
}

/** The marks of one lane, written. */
export function marblesOf(marks: readonly Mark[], scale: Scale): string {
  const columns = columnsOf(marks, scale);
  let marbles = '';
  for (let i = 0; i < columns.length;) {
    const { column, letters } = columns[i++] as Column;
    marbles = marbles.padEnd(column, '-');
    if (letters.length === 1) {
      marbles += letters;
      continue;
    }
    let group = letters;
    let last = column;
    for (let next = columns[i]; next && next.column < column + group.length + 2; next = columns[++i]) {
      group += ','.repeat(next.column - last) + next.letters;
      last = next.column;
    }
    marbles += `(${group})`;
  }
  // A task that failed may have been taken up again.
  const hasEnded = columns.at(-1)?.letters.endsWith('|') ?? false;
  if (hasEnded || scale.until === Infinity) return marbles;
  return marbles.padEnd(notTooLong(Math.ceil((scale.until - scale.from) / scale.frame), scale), '-');
}

function notTooLong(columns: number, { frame }: Scale): number {
  if (columns <= MOST_FRAMES) return columns;
  throw new InvalidArgumentError('frame', frame, `A lane would be more than ${MOST_FRAMES} frames of ${frame} ms long. Give a larger frame, or from and until.`);
}

/** What happens in one frame. */
export interface Column {
  readonly column: number;
  readonly letters: string;
}

/** The frames in which anything happens, in order. */
export function columnsOf(marks: readonly Mark[], scale: Scale): readonly Column[] {
  const { frame, from, until } = scale;
  const columns: { column: number; letters: string }[] = [];
  for (const { at, letter } of marks) {
    if ((at < from && columns.length === 0) || at >= until) continue;
    // A quotient such as 0.3 / 0.1 falls short by a rounding error.
    const last = columns.at(-1);
    // The wall clock may have been set back.
    const column = notTooLong(Math.max(last?.column ?? 0, Math.floor((at - from) / frame + 1e-9)), scale);
    if (last?.column === column) last.letters += letter;
    else columns.push({ column, letters: letter });
  }
  return columns;
}

/**
 * Reads what {@link timeline} writes: `timeline(parseTimeline(text, options), options)` is `text` again. Blank lines and the space
 * around lanes don't count.
 *
 * @param options the same as for writing; `from` is 0 by default
 * @throws InvalidArgumentError when it is no timeline
 */
export function parseTimeline(text: string, options?: Pick<TimelineOptions, 'frame' | 'from'>): readonly Lane[] {
  if (typeof text !== 'string') throw new InvalidArgumentError('timeline', text, `A timeline is a text; got ${show(text)}.`);
  const scale = scaleOf(options, 0);
  return text.split('\n').map((line) => line.trim()).filter((line) => line !== '').map((line) => {
    const [, quoted, plain, marbles] = /^(?:(?:("(?:[^"\\]|\\.)*")|(\S+))\s+)?(\S+)$/.exec(line) ?? refuse(line, 'it has more than a label and marbles');
    return { label: quoted === undefined ? plain ?? '' : readLabel(quoted, line), marks: marksOf(marbles as string, scale) };
  });
}

function marksOf(marbles: string, { frame, from }: Scale): readonly Mark[] {
  const marks: Mark[] = [];
  let group: number | undefined;
  for (let i = 0; i < marbles.length; i++) {
    const letter = marbles.charAt(i);
    if (letter === '(' && group === undefined) group = i;
    else if (letter === ')' && group !== undefined) group = undefined;
    else if (letter === ',' && group !== undefined) group++;
    else if ('(),'.includes(letter) || (letter === '-' && group !== undefined)) refuse(marbles, `there is a "${letter}" out of place at column ${i}`);
    else if (letter !== '-') marks.push({ at: from + (group ?? i) * frame, letter });
  }
  if (group !== undefined) refuse(marbles, 'a parenthesis is not closed');
  return marks;
}

/** A label that could be taken for something else is written as a JSON string. */
function writtenLabel(label: string): string {
  return label === '' || /^[^\s"]+$/.test(label) ? label : JSON.stringify(label);
}

function readLabel(quoted: string, line: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return refuse(line, 'its label is no JSON string');
  }
}

function refuse(text: string, why: string): never {
  throw new InvalidArgumentError('timeline', text, `A timeline can't be read: ${why}; got ${show(text)}.`);
}
