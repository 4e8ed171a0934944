// The record of a task: what the store keeps of it, of one shape and written on as long as nobody else holds it.
import type { RunRecord } from './run-state.js';
import type { FinalStatus, TaskId, TaskStatus } from './task.js';

/** What is kept of a task, always of one shape. Only a {@link TaskDraft} is written on. */
export interface TaskRecord {
  readonly id: TaskId;
  readonly name: string | undefined;
  readonly tags: readonly string[];
  readonly scheduledAt: number;
  readonly final: FinalStatus | undefined;
  readonly paused: boolean;
  readonly stopping: boolean;
  /** {@link NO_INSTANT} when no tick is known of. */
  readonly nextRunAt: number;
  readonly inProgress: number;
  readonly completedCount: number;
  readonly failedCount: number;
  readonly cancelledCount: number;
  readonly skippedCount: number;
  readonly missedCount: number;
  readonly progress: unknown;
  readonly result: unknown;
  readonly error: Error | undefined;
  readonly lastRun: RunRecord | undefined;
  readonly finishedAt: number;
  readonly cancelReason: unknown;
  /** Somebody holds on to the record, so it must not change any more. */
  shared: boolean;
}

/** A record to write on. */
export type TaskDraft = { -readonly [F in keyof TaskRecord]: TaskRecord[F] };

/** How a transition comes by a draft of a record. */
export type Edit = (task: TaskRecord) => TaskDraft;

/** The status of a task: the first that holds of final, RUNNING, PAUSED, PENDING. */
export function statusOf(task: TaskRecord): TaskStatus {
  return task.final ?? (task.inProgress > 0 ? 'RUNNING' : task.paused ? 'PAUSED' : 'PENDING');
}

/** From now on the record stays as it is, and so does its last run: whoever changes the task, changes a copy. */
export function share(task: TaskRecord): TaskRecord {
  task.shared = true;
  if (task.lastRun) task.lastRun.shared = true;
  return task;
}

/** A copy to write on. Field by field, for V8 takes 40 times as long to spread a record of this size. */
export function copyOf(task: TaskRecord): TaskDraft {
  return {
    final: task.final, paused: task.paused, inProgress: task.inProgress, shared: false, nextRunAt: task.nextRunAt, lastRun: task.lastRun,
    completedCount: task.completedCount, result: task.result, progress: task.progress, id: task.id, stopping: task.stopping,
    finishedAt: task.finishedAt, error: task.error, cancelReason: task.cancelReason, failedCount: task.failedCount,
    cancelledCount: task.cancelledCount, skippedCount: task.skippedCount, missedCount: task.missedCount, name: task.name, tags: task.tags,
    scheduledAt: task.scheduledAt,
  };
}
