// How a run is shown: as a live table in a terminal, as lines in a pipe or a file, or as JSON.
import process from 'node:process';
import { WallClock, type TaskScheduler } from '../index.js';
import { catchOutput } from './caught-output.js';
import { EventLines } from './event-lines.js';
import { jsonLine } from './json-line.js';
import { liveTable } from './live-table.js';
import { counted } from './numbers.js';
import { outcomeLines, outcomeReport, type Outcome } from './outcome.js';
import { Screen } from './screen.js';
import type { Tally } from './tally.js';
import type { View } from './view.js';

/** What is to be shown. */
export interface Shown {
  readonly tally: Tally;
  readonly file: string;
  /** Of the tasks, by their ids. */
  readonly names: ReadonlyMap<string, string>;
  readonly format: 'text' | 'json';
}

/** A view that also says how it all ended. */
export interface RunView extends Pick<View, 'print'> {
  /** Resolves when all is shown and written. */
  readonly conclude: (outcome: Outcome) => Promise<void>;
}

/** Shows what happens, from before anything is scheduled. */
export function showRun(scheduler: TaskScheduler, shown: Shown): RunView {
  if (shown.format === 'json') return asJson(scheduler);
  const isTerminal = process.stdout.isTTY && process.env['TERM'] !== 'dumb';
  return isTerminal ? asTable(scheduler, shown) : asLines(scheduler, shown);
}

function asTable(scheduler: TaskScheduler, { tally, file, names }: Shown): RunView {
  const screen = new Screen(process.stdout);
  const { print, closed } = liveTable(scheduler, {
    tally, screen, title: `carillon run ${file}: ${counted(names.size, 'task')}`, isPinned: () => true,
    // Frames are no reason to go on.
    clock: new WallClock({ keepAlive: false }),
  });
  // What the tasks print would go across the table, if it goes to the terminal.
  const release = catchOutput([process.stdout, ...(process.stderr.isTTY ? [process.stderr] : [])], print);
  scheduler.events$.subscribe((event) => { if (event.type === 'runLogged') print(`${names.get(event.taskId) ?? event.taskId}: ${event.message}`); });
  return {
    print,
    conclude: async (outcome) => {
      await closed;
      release();
      writeLines(['', ...outcomeLines(outcome, { stacks: true })]);
    },
  };
}

function asLines(scheduler: TaskScheduler, { names }: Shown): RunView {
  const lines = new EventLines(names);
  const closed = new Promise<void>((resolve) => {
    scheduler.events$.subscribe({ next: (event) => { writeLines(lines.of(event)); }, complete: resolve });
  });
  return {
    print: (text) => { writeLines([lines.line(scheduler.now(), text)]); },
    // Where failures come from was said as they came.
    conclude: async (outcome) => closed.then(() => { writeLines(outcomeLines(outcome, { stacks: false })); }),
  };
}

function asJson(scheduler: TaskScheduler): RunView {
  const write = process.stdout.write.bind(process.stdout);
  // Of stdout each line is JSON; so what tasks print goes elsewhere.
  process.stdout.write = process.stderr.write.bind(process.stderr);
  const closed = new Promise<void>((resolve) => {
    scheduler.events$.subscribe({ next: (event) => { write(`${jsonLine(event)}\n`); }, complete: resolve });
  });
  return {
    print: (line) => { process.stderr.write(`${line}\n`); },
    conclude: async (outcome) => closed.then(() => {
      write(`${jsonLine(outcomeReport(outcome))}\n`);
      process.stdout.write = write;
    }),
  };
}

function writeLines(lines: readonly string[]): void {
  if (lines.length > 0) process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}
