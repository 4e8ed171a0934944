// Snapshots: a record as readers see it, frozen and without the fields that have no value. Made only for readers.
import type { RunRecord } from './run-state.js';
import type { RunState } from './run.js';
import { share, statusOf, type TaskRecord } from './task-record.js';
import type { TaskState } from './task.js';

// A record that is shared never changes, so neither does its snapshot: two readers of one state get one object.
const taskSnapshots = new WeakMap<TaskRecord, TaskState>();
const runSnapshots = new WeakMap<RunRecord, RunState>();

/** A task's record as readers see it. */
export function taskSnapshot(task: TaskRecord): TaskState {
  let snapshot = taskSnapshots.get(task);
  if (!snapshot) {
    share(task);
    const { completedCount, failedCount, cancelledCount, inProgress, lastRun, stopping, skippedCount, missedCount, progress, result, error, cancelReason } = task.past;
    // What a reader looks for comes first, for states get printed.
    snapshot = valued({
      id: task.id, name: task.name, tags: task.tags, status: statusOf(task), paused: task.paused, stopping,
      scheduledAt: task.scheduledAt, nextRunAt: task.nextRunAt, runCount: completedCount + failedCount + cancelledCount + inProgress,
      completedCount, failedCount, cancelledCount, skippedCount, missedCount, progress,
      result, error, finishedAt: task.finishedAt, cancelReason, lastRun: lastRun && runSnapshot(lastRun),
    } satisfies Printed<TaskState>) as unknown as TaskState;
    taskSnapshots.set(task, snapshot);
  }
  return snapshot;
}

/** A run's record as readers see it. */
export function runSnapshot(run: RunRecord): RunState {
  let snapshot = runSnapshots.get(run);
  if (!snapshot) {
    run.shared = true;
    snapshot = valued({
      runId: run.runId, taskId: run.taskId, tick: run.tick, status: run.status, scheduledFor: run.scheduledFor, queuedAt: known(run.queuedAt),
      startedAt: known(run.startedAt), finishedAt: known(run.finishedAt), attempt: run.attempt, nextAttemptAt: run.nextAttemptAt, reason: run.reason,
      progress: run.progress, logs: run.logs, result: run.result, error: run.error, cancelReason: run.cancelReason, skipReason: run.skipReason,
      count: run.count, lastScheduledFor: run.lastScheduledFor,
    } satisfies Printed<RunState>) as unknown as RunState;
    runSnapshots.set(run, snapshot);
  }
  return snapshot;
}

/** Every field that a state may have, of whatever status. */
type Printed<T> = Record<T extends unknown ? keyof T : never, unknown>;

function known(instant: number): number | undefined {
  return Number.isNaN(instant) ? undefined : instant;
}

function valued(record: object): Readonly<Record<string, unknown>> {
  const copy: Record<string, unknown> = {};
  for (const field in record) {
    const value = (record as Readonly<Record<string, unknown>>)[field];
    if (value !== undefined) copy[field] = value;
  }
  return Object.freeze(copy);
}
