// The record of a task: what the store keeps of it, of one shape and written on as long as nobody else holds it.
import type { RunRecord } from './run-record.js';
import type { FinalStatus, TaskId, TaskState, TaskStatus } from './task.js';

/** What has happened to a task so far: of a task that only waits, nothing. */
export interface TaskPast {
  readonly inProgress: number;
  readonly completedCount: number;
  readonly lastRun: RunRecord | undefined;
  readonly result: unknown;
  readonly progress: unknown;
  readonly stopping: boolean;
  readonly failedCount: number;
  readonly cancelledCount: number;
  readonly skippedCount: number;
  readonly missedCount: number;
  readonly error: Error | undefined;
  readonly cancelReason: unknown;
}

/** Shared by the tasks that nothing has happened to; so one that waits is 100 bytes smaller. */
export const NO_PAST: TaskPast = Object.freeze(newPast());

/** What is kept of a task, always of one shape. Only a {@link TaskDraft} is written on. */
export interface TaskRecord {
  readonly id: TaskId;
  readonly name: string | undefined;
  readonly tags: readonly string[];
  readonly scheduledAt: number;
  readonly final: FinalStatus | undefined;
  readonly paused: boolean;
  /** {@link NO_INSTANT} when no tick is known of. */
  readonly nextRunAt: number;
  readonly finishedAt: number | undefined;
  readonly past: TaskPast;
  /** Somebody holds on to the record, so neither it nor its past must change any more. */
  shared: boolean;
  /** What readers see of it, once one has looked; dropped when the record is written on. */
  snapshot: TaskState | undefined;
}

type Mutable<T> = { -readonly [F in keyof T]: T[F] };

/** A record to write on. */
export type TaskDraft = Mutable<TaskRecord>;

/** How a transition comes by a draft of a record. */
export type Edit = (task: TaskRecord) => TaskDraft;

/** The status of a task: the first that holds of final, RUNNING, PAUSED, PENDING. */
export function statusOf(task: TaskRecord): TaskStatus {
  return task.final ?? (task.past.inProgress > 0 ? 'RUNNING' : task.paused ? 'PAUSED' : 'PENDING');
}

/** From now on the record stays as it is, and so does its last run: whoever changes the task, changes a copy. */
export function share(task: TaskRecord): TaskRecord {
  task.shared = true;
  if (task.past.lastRun) task.past.lastRun.shared = true;
  return task;
}

/** The past of a draft, to write on. */
export function pastOf(draft: TaskDraft): Mutable<TaskPast> {
  if (draft.past === NO_PAST) draft.past = newPast();
  return draft.past;
}

/** A copy to write on. Field by field, for V8 takes 40 times as long to spread a record of this size. */
export function copyOf(task: TaskRecord): TaskDraft {
  const { past } = task;
  return {
    final: task.final, paused: task.paused, shared: false, snapshot: undefined, nextRunAt: task.nextRunAt, finishedAt: task.finishedAt, id: task.id, name: task.name,
    tags: task.tags, scheduledAt: task.scheduledAt,
    past: past === NO_PAST ? NO_PAST : {
      inProgress: past.inProgress, lastRun: past.lastRun, completedCount: past.completedCount, result: past.result, progress: past.progress,
      stopping: past.stopping, error: past.error, cancelReason: past.cancelReason, failedCount: past.failedCount,
      cancelledCount: past.cancelledCount, skippedCount: past.skippedCount, missedCount: past.missedCount,
    },
  };
}

function newPast(): Mutable<TaskPast> {
  return {
    inProgress: 0, lastRun: undefined, completedCount: 0, result: undefined, progress: undefined, stopping: false, error: undefined,
    cancelReason: undefined, failedCount: 0, cancelledCount: 0, skippedCount: 0, missedCount: 0,
  };
}
