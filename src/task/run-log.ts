// The log of a run: what its work has said, and how much of that is kept.

/** One message of a run's work. */
export interface LogLine {
  /** When it was said: epoch ms. */
  readonly at: number;
  readonly message: string;
}

/** The most lines that are kept of a run. */
const MOST_LINES = 100;

/** The most characters that all lines of a run may have together; a single message has no more, either. */
export const MOST_CHARACTERS = 10_000;

/** The lines and one more; the oldest make room for it. */
export function withLine(lines: readonly LogLine[] | undefined, line: LogLine): readonly LogLine[] {
  if (!lines) return Object.freeze([line]);
  let room = MOST_CHARACTERS - line.message.length;
  let first = lines.length;
  while (first > 0 && lines.length - first < MOST_LINES - 1) {
    room -= (lines[first - 1] as LogLine).message.length;
    if (room < 0) break;
    first--;
  }
  return Object.freeze([...lines.slice(first), line]);
}
