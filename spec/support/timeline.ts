// What happened to a task, drawn from `events$` alone, as one row of marbles.
import type { TaskEvent, TaskId } from '../../src/index.js';
import { EVENT_LETTERS } from '../../src/testing/index.js';

/** The letter of each event that is drawn; the others are not. The task's end is the end of its row. */
export const LETTERS: Readonly<Partial<Record<TaskEvent['type'], string>>> = { ...EVENT_LETTERS, taskFinished: '|' };

/** One character of a row, and its instant. */
export interface Mark {
  readonly at: number;
  readonly letter: string;
}

/** How to draw a row. */
export interface Scale {
  /** So many ms a character. @default 1 */
  readonly frame?: number;
  /** Where the row ends, unless an end is marked before: ms. What comes later is left out. */
  readonly until?: number;
}

/** The row of one task: a letter for each event, the letters of one instant in parentheses. */
export function timeline(events: readonly TaskEvent[], id: TaskId, scale: Scale = {}): string {
  const marks = events.filter(({ taskId }) => taskId === id).map(({ at, type }) => ({ at, letter: LETTERS[type] ?? '' }));
  return row(marks, scale);
}

/** The ticks of one task, each a `t` at the instant that it was due. */
export function dueTimes(events: readonly TaskEvent[], id: TaskId, scale: Scale = {}): string {
  const due = new Set<number>();
  for (const event of events) {
    if (event.taskId !== id || !('tick' in event) || event.tick === undefined) continue;
    if ('scheduledFor' in event) due.add(event.scheduledFor);
    // Lost ticks in a row are those of a grid, so they lie evenly.
    else for (let i = 0; i < event.count; i++) due.add(event.from + (i * (event.to - event.from)) / Math.max(1, event.count - 1));
  }
  return row([...due].sort((a, b) => a - b).map((at) => ({ at, letter: 't' })), scale);
}

/** Marks in the order of their instants, as one row. @throws Error when one doesn't fit: a group takes a column for each of its characters */
export function row(marks: readonly Mark[], { frame = 1, until = Infinity }: Scale): string {
  const columns = new Map<number, string>();
  for (const { at, letter } of marks) if (at < until) columns.set(at / frame, (columns.get(at / frame) ?? '') + letter);
  let drawn = '';
  for (const [column, letters] of columns) {
    if (letters === '') continue;
    if (column < drawn.length || !Number.isInteger(column)) throw new Error(`No room at column ${column} for "${letters}" behind "${drawn}"`);
    drawn = drawn.padEnd(column, '-') + (letters.length > 1 ? `(${letters})` : letters);
  }
  return drawn.includes('|') || until === Infinity ? drawn : drawn.padEnd(until / frame, '-');
}
