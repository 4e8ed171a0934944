// Snapshots: a record as readers see it, frozen and without the fields that have no value. Made only for readers.
import type { RunRecord } from './run-state.js';
import type { RunState } from './run.js';
import { share, statusOf, type TaskRecord } from './state.js';
import type { TaskState } from './task.js';

// A record that is shared never changes, so neither does its snapshot: two readers of one state get one object.
const taskSnapshots = new WeakMap<TaskRecord, TaskState>();
const runSnapshots = new WeakMap<RunRecord, RunState>();

/** A task's record as readers see it. */
export function taskSnapshot(task: TaskRecord): TaskState {
  let snapshot = taskSnapshots.get(task);
  if (!snapshot) {
    const { id, name, tags, final: _final, paused, stopping, scheduledAt, nextRunAt, inProgress, lastRun, shared: _shared, ...rest } = share(task);
    const runCount = task.completedCount + task.failedCount + task.cancelledCount + inProgress;
    // What a reader looks for comes first, for states get printed.
    snapshot = valued({
      id, name, tags, status: statusOf(task), paused, stopping, scheduledAt, nextRunAt, runCount, ...rest, lastRun: lastRun && runSnapshot(lastRun),
    }) as unknown as TaskState;
    taskSnapshots.set(task, snapshot);
  }
  return snapshot;
}

/** A run's record as readers see it. */
export function runSnapshot(run: RunRecord): RunState {
  let snapshot = runSnapshots.get(run);
  if (!snapshot) {
    run.shared = true;
    const { shared: _shared, ...rest } = run;
    snapshot = valued(rest) as unknown as RunState;
    runSnapshots.set(run, snapshot);
  }
  return snapshot;
}

function valued(record: object): Readonly<Record<string, unknown>> {
  const copy: Record<string, unknown> = {};
  for (const field in record) {
    const value = (record as Readonly<Record<string, unknown>>)[field];
    if (value !== undefined) copy[field] = value;
  }
  return Object.freeze(copy);
}
