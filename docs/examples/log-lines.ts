// The view for a pipe or a file: plain lines, few enough to be read.
import type { TaskScheduler } from 'carillon';
import { filter, sampleTime, take } from 'rxjs';
import { printable } from '../../src/cli/cells.js';
import { count, duration } from '../../src/cli/numbers.js';
import type { View } from '../../src/cli/view.js';
import type { JobTally } from './job-tally.js';

const PROGRESS_MS = 1000;
const FAILURES_SHOWN = 20;

/** Logs failures, as far as they are few, and how far the job is, once a second. */
export function logLines(scheduler: TaskScheduler, tally: JobTally, write: (line: string) => void): View {
  const print = (line: string): void => { write(`${duration(Date.now() - tally.startedAt).padStart(7)}  ${line}`); };

  scheduler.events$
    .pipe(filter((event) => event.type === 'runFailed'), filter(({ taskId }) => !tally.isExpectedToFail(taskId)), take(FAILURES_SHOWN))
    .subscribe({
      next: ({ taskId, error }) => { print(`failed: ${printable(tally.nameOf(taskId))}: ${printable(error.message)}`); },
    });

  const closed = new Promise<void>((resolve) => {
    scheduler.events$.pipe(sampleTime(PROGRESS_MS)).subscribe({
      next: () => {
        const { tasks, open, running, waiting } = tally;
        print(`${count(tasks.scheduled - open)} of ${count(tasks.scheduled)} tasks done, ${count(running)} running, ${count(waiting)} due and waiting`);
      },
      complete: resolve,
    });
  });

  return { closed, print };
}
