// One picture of the live table: a pure function from what is known to lines of text.
import type { TaskState } from '../index.js';
import { fit } from './cells.js';
import { count, duration, until } from './numbers.js';
import type { Tally } from './tally.js';
import { errorText } from './value-text.js';

/** What the frame has to fit into. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** What a frame shows. */
export interface Picture {
  readonly size: Size;
  readonly colours: boolean;
  readonly now: number;
  /** What stands at the top; without a title it is a bar for how much is done. */
  readonly title?: string | undefined;
  readonly tally: Pick<Tally, 'startedAt' | 'known' | 'tasks' | 'runs' | 'open' | 'running' | 'waiting'>;
  /** The tasks that get a row, as far as there are rows. */
  readonly shown: readonly TaskState[];
  /** What was printed, oldest first. */
  readonly printed: readonly string[];
  /** The text of a task's result. */
  readonly resultText: (result: unknown, task: TaskState) => string;
}

const COLOUR = { PENDING: 90, RUNNING: 36, PAUSED: 33, COMPLETED: 32, FAILED: 31, CANCELLED: 33 } as const;
const BOLD = 1;

/** How the rows of a screen are shared out. */
export function layout({ rows }: Size): { table: number; printed: number } {
  const printed = rows >= 20 ? 6 : rows >= 14 ? 3 : rows >= 8 ? 1 : 0;
  // Two for the bar and the counts, one for the heads of the columns, one for "more", one between table and print.
  return { table: Math.max(0, rows - 4 - (printed > 0 ? printed + 1 : 0)), printed };
}

/** The lines of a frame: no more than there are rows, each of them narrower than the screen. */
export function frame(picture: Picture): string[] {
  const { size, tally, shown, printed, title } = picture;
  const room = layout(size);
  // The last column stays free: what a terminal does after writing there depends on the terminal.
  const columns = Math.max(1, size.columns - 1);
  const paint = picture.colours ? painted : plain;
  const rows = shown.slice(0, room.table);
  const more = tally.known - rows.length;
  const last = room.printed > 0 ? printed.slice(-room.printed) : [];
  return [
    title === undefined ? fit(bar(picture, columns), columns) : paint(fit(title, columns), BOLD),
    paint(fit(counts(picture), columns), COLOUR.PENDING),
    ...(room.table > 0 ? [paint(row(HEADS, columns), BOLD)] : []),
    ...rows.map((task) => taskRow(task, picture, columns, paint)),
    ...(room.table > 0 && more > 0 ? [paint(fit(`+${count(more)} more`, columns), COLOUR.PENDING)] : []),
    ...(last.length > 0 ? ['', ...last.map((line) => fit(line, columns))] : []),
  ].slice(0, size.rows);
}

function bar({ tally: { tasks, open } }: Picture, columns: number): string {
  const done = tasks.scheduled - open;
  const share = tasks.scheduled === 0 ? 0 : done / tasks.scheduled;
  // 100 % is said when all is done, not when nearly all is.
  const label = ` ${Math.floor(share * 100)} %  ${count(done)} of ${count(tasks.scheduled)} tasks`;
  const cells = Math.max(0, columns - label.length);
  const full = Math.floor(share * cells);
  return '█'.repeat(full) + '░'.repeat(cells - full) + label;
}

function counts({ tally, now, title }: Picture): string {
  const { tasks, runs, running, waiting } = tally;
  return [
    duration(now - tally.startedAt),
    `${count(running)} running`,
    `${count(waiting)} due and waiting`,
    // Beside a bar for the tasks, these add up to what is done of them.
    `${count((title === undefined ? tasks : runs).completed)} completed`,
    `${count(runs.failed)} failed`,
  ].join(' · ');
}

type Row = readonly [task: string, status: string, runs: string, next: string, last: string];
type Paint = (text: string, colour: number) => string;

const HEADS: Row = ['TASK', 'STATUS', 'RUNS', 'NEXT', 'LAST RESULT OR ERROR'];

function taskRow(task: TaskState, { now, resultText }: Picture, columns: number, paint: Paint): string {
  const cells: Row = [task.name ?? task.id, task.status, count(task.runCount), next(task, now), last(task, resultText)];
  return row(cells, columns, (status) => paint(status, COLOUR[task.status]));
}

/** A line of the table. Where there is little room, it does without a column or two, rather than all being cut to nothing. */
function row([task, status, runs, next, last]: Row, columns: number, paintStatus = (text: string): string => text): string {
  const middle = columns >= 60 ? ` ${fit(runs, 5)} ${fit(next, 7)}` : '';
  const statusCells = Math.min(9, Math.max(0, columns - 1));
  const rest = Math.max(0, columns - statusCells - middle.length - 2);
  const taskCells = Math.ceil(rest * (rest < 30 ? 1 : 0.45));
  const end = rest - taskCells > 0 ? ` ${fit(last, rest - taskCells - 1)}` : '';
  return `${fit(task, taskCells, 'end')} ${paintStatus(fit(status, statusCells))}${middle}${end}`;
}

function next({ status, nextRunAt, runCount }: TaskState, now: number): string {
  if (nextRunAt !== undefined) return until(nextRunAt - now);
  // Its time has come, its turn has not.
  return status === 'PENDING' && runCount === 0 ? 'waits' : '-';
}

function last(task: TaskState, resultText: Picture['resultText']): string {
  const { error, lastRun } = task;
  if (lastRun?.progress !== undefined && lastRun.finishedAt === undefined) return resultText(lastRun.progress, task);
  if (lastRun?.status === 'RETRYING' && lastRun.error) return errorText(lastRun.error);
  if (error && (lastRun === undefined || lastRun.status === 'FAILED')) return errorText(error);
  return task.result === undefined ? '' : resultText(task.result, task);
}

function painted(text: string, colour: number): string {
  return `\x1b[${colour}m${text}\x1b[0m`;
}

function plain(text: string): string {
  return text;
}
