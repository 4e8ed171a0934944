// The end of a task: when no tick will follow, what becomes of those that are due, and which final status it gets.
import type { SkipReason } from '../task/run.js';
import type { FinalStatus } from '../task/task.js';
import type { Desk } from './desk.js';
import type { Emissions } from './emissions.js';
import type { Runs } from './runs.js';
import { recurs, type ScheduledTask } from './scheduled-task.js';
import type { Ticks } from './ticks.js';

/** Brings tasks to their end. */
export class Ending {
  readonly #desk: Desk;
  readonly #ticks: Ticks;
  readonly #emissions: Emissions;
  readonly #runs: Runs;
  readonly #finished: (task: ScheduledTask, status: FinalStatus) => void;

  /** @param finished is called for each task that gets its final status */
  constructor(desk: Desk, ticks: Ticks, emissions: Emissions, runs: Runs, finished: (task: ScheduledTask, status: FinalStatus) => void) {
    this.#desk = desk;
    this.#ticks = ticks;
    this.#emissions = emissions;
    this.#runs = runs;
    this.#finished = finished;
  }

  /** No further runs; the run in progress may finish. */
  stopTask(task: ScheduledTask, reason: unknown): boolean {
    if (task.stopping) return false;
    const mayFinish = isInProgress(task);
    // A task that has had its last tick ends as its last run does; unless that one is dropped here.
    if (!task.exhausted || !mayFinish) task.verdict ??= 'CANCELLED';
    task.stopping = true;
    task.cancelReason = reason;
    this.endTicks(task, 'stopped');
    this.#runs.endRetries(task);
    if (isRunning(task)) this.#desk.emit({ type: 'taskStopping', taskId: task.id });
    this.#runs.overlap.dropQueued(task, 'stopped', true);
    this.finishIfDone(task);
    return true;
  }

  /** No further runs, and the run in progress is aborted. */
  cancelTask(task: ScheduledTask, reason: unknown): boolean {
    task.verdict = 'CANCELLED';
    task.cancelReason = reason;
    this.endTicks(task, 'cancelled');
    if (task.open > 0) {
      this.#runs.overlap.dropQueued(task, 'cancelled', true);
      for (const run of task.live) this.#runs.conclude(run, { type: 'cancelled', reason });
    }
    this.finishIfDone(task);
    return true;
  }

  /** A run has failed for good. */
  runFailed(task: ScheduledTask): void {
    if (task.policy.afterFailure !== 'stop' || task.finished || task.stopping) return;
    task.verdict ??= 'FAILED';
    task.stopping = true;
    this.endTicks(task, 'stopped');
    this.#runs.endRetries(task);
    if (isRunning(task)) this.#desk.emit({ type: 'taskStopping', taskId: task.id });
    this.#runs.overlap.dropQueued(task, 'stopped', true);
  }

  /** No tick will follow; those that were due and not handled, or swallowed by a pause, are lost. */
  endTicks(task: ScheduledTask, reason: SkipReason): void {
    const isOnPausedGrid = task.paused && recurs(task);
    if (isOnPausedGrid) this.#ticks.lose(task, 'paused');
    // A task that has had all its runs has no further ticks to lose.
    else if (reason !== 'maxRuns') this.#ticks.lose(task, reason);
    this.#emissions.lose(task, reason);
    task.exhausted = true;
    task.due = null;
    this.#ticks.disarm(task);
    const source = task.listening?.source;
    if (source) this.#desk.afterwards(() => { source.unsubscribe(); });
  }

  /** Gives the task its final status when nothing more can come of it. */
  finishIfDone(task: ScheduledTask): void {
    if (task.finished || task.open > 0 || !task.exhausted || task.keepsStatus) return;
    task.finished = true;
    const { id: taskId, error, cancelReason } = task;
    const status = task.verdict ?? (task.lastFailed ? 'FAILED' : 'COMPLETED');
    this.#finished(task, status);
    this.#runs.gate.claims.disclaim(task.claim);
    if (status === 'CANCELLED') this.#desk.emit({ v: 1, seq: 0, at: 0, type: 'taskFinished', taskId, status, cancelReason });
    else if (status === 'FAILED' && error) this.#desk.emit({ type: 'taskFinished', taskId, status, error });
    else this.#desk.emit({ v: 1, seq: 0, at: 0, type: 'taskFinished', taskId, status });
  }

  /** Ends the task's waiting, as the scheduler stops; its status stays. */
  standDown(task: ScheduledTask): void {
    this.#runs.endRetries(task);
    if (task.finished) return;
    // A task that has had its last tick may still be ended by its run in progress; not so if a run of it is dropped here.
    const mayEnd = task.exhausted && isRunning(task) && task.open === task.live.size;
    task.keepsStatus = true;
    this.endTicks(task, 'stopped');
    this.#runs.overlap.dropQueued(task, 'stopped', true);
    task.exhausted = mayEnd;
    task.keepsStatus = false;
    task.stoodDown = true;
  }
}

/** Whether a run of the task is in progress, be it between two attempts. */
function isInProgress(task: ScheduledTask): boolean {
  for (const { phase } of task.live) if (phase === 'started' || phase === 'retrying') return true;
  return false;
}

/** Whether the work of a run of the task is in progress. */
export function isRunning(task: ScheduledTask): boolean {
  for (const run of task.live) if (run.phase === 'started') return true;
  return false;
}
