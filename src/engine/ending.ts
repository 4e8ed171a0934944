// The end of a task: when no tick will follow, what becomes of those that are due, and which final status it gets.
import type { SkipReason } from '../task/run.js';
import type { Desk } from './desk.js';
import type { Emissions } from './emissions.js';
import type { Runs } from './runs.js';
import type { ScheduledTask } from './scheduled-task.js';
import type { Ticks } from './ticks.js';

/** Brings tasks to their end. */
export class Ending {
  readonly #desk: Desk;
  readonly #ticks: Ticks;
  readonly #emissions: Emissions;
  readonly #runs: Runs;
  readonly #finished: (task: ScheduledTask) => void;

  /** @param finished is called for each task that has got its final status */
  constructor(desk: Desk, ticks: Ticks, emissions: Emissions, runs: Runs, finished: (task: ScheduledTask) => void) {
    this.#desk = desk;
    this.#ticks = ticks;
    this.#emissions = emissions;
    this.#runs = runs;
    this.#finished = finished;
  }

  /** No tick will follow; those that are due, and were not handled, are lost. */
  endTicks(task: ScheduledTask, reason: SkipReason): void {
    const isOnPausedGrid = task.paused && task.trigger.kind === 'every';
    if (!task.exhausted && reason !== 'maxRuns') this.#ticks.lose(task, isOnPausedGrid ? 'paused' : reason);
    this.#emissions.lose(task, reason);
    this.exhaust(task);
  }

  exhaust(task: ScheduledTask): void {
    task.exhausted = true;
    task.due = null;
    this.#ticks.disarm(task);
    const source = task.listening?.source;
    if (source) this.#desk.afterwards(() => { source.unsubscribe(); });
  }

  finishIfDone(task: ScheduledTask): void {
    if (task.finished || task.open > 0 || !task.exhausted || task.keepsStatus) return;
    task.finished = true;
    this.#finished(task);
    this.#runs.gate.disclaim(task.limits);
    task.forgetSignal?.();
    const { id: taskId, error, cancelReason } = task;
    const status = task.verdict ?? (task.lastFailed ? 'FAILED' : 'COMPLETED');
    if (status === 'CANCELLED') this.#desk.emit({ type: 'taskFinished', taskId, status, cancelReason });
    else if (status === 'FAILED' && error) this.#desk.emit({ type: 'taskFinished', taskId, status, error });
    else this.#desk.emit({ type: 'taskFinished', taskId, status });
  }

  runFailed(task: ScheduledTask): void {
    if (task.policy.afterFailure !== 'stop' || task.finished) return;
    task.verdict ??= 'FAILED';
    this.endTicks(task, 'stopped');
    this.#runs.overlap.dropQueued(task, 'stopped', true);
  }

  /** Ends the task's waiting for a stop; its status stays. */
  standDown(task: ScheduledTask): void {
    // A task that has had its last tick may still be ended by the run in progress; a task whose run is dropped here may not.
    const mayEnd = task.exhausted && isRunning(task);
    task.keepsStatus = true;
    this.endTicks(task, 'stopped');
    this.#runs.overlap.dropQueued(task, 'stopped', true);
    task.exhausted = mayEnd;
    task.keepsStatus = false;
  }
}

/** Whether a run of the task is in progress. */
export function isRunning(task: ScheduledTask): boolean {
  for (const run of task.live) if (run.phase === 'started') return true;
  return false;
}
