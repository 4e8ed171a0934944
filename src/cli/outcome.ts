// The outcome of `carillon run`: what became of the tasks, in words, in JSON, and as an exit code.
import type { StopReport, TaskState } from '../index.js';
import { printable } from './cells.js';
import { stackLines } from './event-lines.js';
import { count, counted, duration } from './numbers.js';
import type { Tally } from './tally.js';
import { errorText } from './value-text.js';

/** Exit codes of the command. */
export const EXIT = { well: 0, failed: 1, usage: 2, sigint: 130, sigterm: 143, sigpipe: 141 } as const;

/** What made an end of it. */
export type End = 'done' | 'idle' | 'SIGINT' | 'SIGTERM' | 'SIGPIPE';

/** What is known when all is over. */
export interface Outcome {
  readonly end: End;
  readonly tookMs: number;
  readonly stop: StopReport;
  readonly tasks: readonly TaskState[];
  readonly tally: Pick<Tally, 'tasks' | 'runs' | 'lost' | 'open'>;
}

/**
 * 0 when no task has failed; after a signal, when what was in progress has ended besides.
 * 1 when a task has failed.
 * 128 and the number of the signal when that broke something off.
 */
export function exitCode({ end, stop, tasks }: Pick<Outcome, 'end' | 'stop' | 'tasks'>): number {
  if (end === 'SIGPIPE') return EXIT.sigpipe;
  if (stop.deadlineHit && end === 'SIGINT') return EXIT.sigint;
  if (stop.deadlineHit && end === 'SIGTERM') return EXIT.sigterm;
  return stop.deadlineHit || tasks.some(({ status }) => status === 'FAILED') ? EXIT.failed : EXIT.well;
}

/** What became of it all, in a few lines. */
export function outcomeLines({ end, tookMs, stop, tasks, tally }: Outcome, { stacks }: { readonly stacks: boolean }): string[] {
  const { completed, failed, cancelled } = tally.tasks;
  const aborted = stop.cancelled + stop.abandoned;
  return [
    `${HOW[end]}, after ${duration(tookMs)}`,
    `  tasks: ${listed([[completed, 'completed'], [failed, 'failed'], [cancelled, 'cancelled'], [tally.open, 'not ended']])}`,
    `  runs: ${listed([[tally.runs.completed, 'completed'], [tally.runs.failed, 'failed'], [tally.runs.cancelled, 'cancelled']])}`,
    ...(tally.lost.skipped + tally.lost.missed > 0 ? [`  ticks that never ran: ${listed([[tally.lost.skipped, 'skipped'], [tally.lost.missed, 'missed']])}`] : []),
    ...(stop.deadlineHit ? [`  at the deadline ${counted(aborted, 'run')} ${aborted === 1 ? 'was' : 'were'} aborted${stop.abandoned > 0 ? `, and ${count(stop.abandoned)} went on all the same` : ''}`] : []),
    ...tasks.flatMap((task) => (task.status === 'FAILED'
      ? [`  ${printable(task.name ?? task.id)} failed: ${printable(errorText(task.error))}`, ...(stacks ? stackLines(task.error) : [])]
      : [])),
  ];
}

/** The same as plain data, but for the errors: the last of the JSON lines. */
export function outcomeReport(outcome: Outcome): object {
  const { end, tookMs, stop, tasks } = outcome;
  return {
    v: 1, type: 'report', end, tookMs, exitCode: exitCode(outcome), stop,
    tasks: tasks.map(({ id, name, status, runCount, completedCount, failedCount, cancelledCount, skippedCount, missedCount, error }) => ({
      id, name, status, runCount, completedCount, failedCount, cancelledCount, skippedCount, missedCount, ...(error && { error }),
    })),
  };
}

const HOW: Readonly<Record<End, string>> = {
  done: 'All tasks have ended', idle: 'Nothing is left to wait for', SIGINT: 'Stopped by SIGINT', SIGTERM: 'Stopped by SIGTERM', SIGPIPE: 'Nobody reads on',
};

function listed(amounts: readonly (readonly [amount: number, what: string])[]): string {
  return amounts.filter(([amount]) => amount > 0).map(([amount, what]) => `${count(amount)} ${what}`).join(', ') || 'none';
}
