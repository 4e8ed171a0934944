// How a run is shown: as a live table in a terminal, as lines in a pipe or a file, or as JSON.
import process from 'node:process';
import { WallClock, type TaskScheduler } from '../index.js';
import { catchOutput } from './caught-output.js';
import { EventLines } from './event-lines.js';
import { jsonLine } from './json-line.js';
import { lineWriter } from './line-writer.js';
import { liveTable } from './live-table.js';
import { counted } from './numbers.js';
import { outcomeLines, outcomeReport, type Outcome } from './outcome.js';
import { Screen } from './screen.js';
import type { Tally } from './tally.js';
import type { View } from './view.js';

type Write = (text: string) => boolean;

/** What is to be shown. */
export interface Shown {
  readonly tally: Tally;
  readonly file: string;
  /** Of the tasks, by their ids. */
  readonly names: ReadonlyMap<string, string>;
  /** Where JSON lines go, if that is what is wanted. */
  readonly writeJson?: Write | undefined;
}

/** A view that also says how it all ended. */
export interface RunView extends Pick<View, 'print'> {
  /** Resolves when all is shown and written. */
  readonly conclude: (outcome: Outcome) => Promise<void>;
}

/** Shows what happens, from before anything is scheduled. */
export function showRun(scheduler: TaskScheduler, shown: Shown): RunView {
  if (shown.writeJson) return asJson(scheduler, shown.writeJson);
  const isTerminal = process.stdout.isTTY && process.env['TERM'] !== 'dumb';
  return isTerminal ? asTable(scheduler, shown) : asLines(scheduler, shown);
}

function asTable(scheduler: TaskScheduler, { tally, file, names }: Shown): RunView {
  const screen = new Screen(process.stdout);
  const { print, closed } = liveTable(scheduler, {
    tally, screen, title: `carillon run ${file}: ${counted(names.size, 'task')}`, isPinned: () => true, atEnd: () => { release(); },
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
      process.stdout.write(['', ...outcomeLines(outcome, { stacks: true })].map((line) => `${line}\n`).join(''));
    },
  };
}

function asLines(scheduler: TaskScheduler, { names }: Shown): RunView {
  const lines = new EventLines(names);
  const writeLines = lineWriter(process.stdout);
  const closed = new Promise<void>((resolve) => {
    scheduler.events$.subscribe({ next: (event) => { writeLines(lines.of(event)); }, complete: resolve });
  });
  return {
    print: (text) => { writeLines([lines.line(scheduler.now(), text)]); },
    // Where failures come from was said as they came.
    conclude: async (outcome) => closed.then(() => { writeLines(outcomeLines(outcome, { stacks: false })); }),
  };
}

/**
 * From now on what anybody prints goes to stderr: of stdout each line is JSON, from the module's first line until the process has ended.
 *
 * @returns what still writes to stdout
 */
export function divertStdout(): Write {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr);
  return write;
}

function asJson(scheduler: TaskScheduler, write: Write): RunView {
  const closed = new Promise<void>((resolve) => {
    scheduler.events$.subscribe({ next: (event) => { write(`${jsonLine(event)}\n`); }, complete: resolve });
  });
  return {
    print: (line) => { process.stderr.write(`${line}\n`); },
    conclude: async (outcome) => closed.then(() => {
      write(`${jsonLine(outcomeReport(outcome))}\n`);
    }),
  };
}
