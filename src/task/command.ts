// Commands: what an engine can be asked to do, in the imperative and as plain data.
import type { TaskPolicy } from './policy.js';
import type { RunId } from './run.js';
import type { TaskId } from './task.js';
import type { ObservableTrigger, Trigger } from './trigger.js';

/** Take on a task. Its work is looked up in the registry: under `work` if that is given, else under `taskId`. */
export interface ScheduleTask {
  readonly type: 'scheduleTask';
  readonly taskId: TaskId;
  readonly work: string | undefined;
  readonly trigger: Trigger | ObservableTrigger;
  readonly policy: TaskPolicy;
  readonly args: readonly unknown[];
  /** A task with this id is known, and this one takes its place. */
  readonly replace: boolean;
}

/** No further runs; the run in progress may finish. */
export interface StopTask { readonly type: 'stopTask'; readonly taskId: TaskId; readonly reason: unknown }
/** No further runs, and the run in progress is aborted. */
export interface CancelTask { readonly type: 'cancelTask'; readonly taskId: TaskId; readonly reason: unknown }
/** The same of several tasks, as one step. */
export interface CancelTasks { readonly type: 'cancelTasks'; readonly taskIds: readonly TaskId[]; readonly reason: unknown }
/** Another trigger, other arguments, or both. */
export interface UpdateTask {
  readonly type: 'updateTask';
  readonly taskId: TaskId;
  readonly trigger?: Trigger | undefined;
  readonly args?: readonly unknown[] | undefined;
}
/** Take up a task that has failed: it runs once more now, under the given id, and its trigger goes on. */
export interface RetryTask { readonly type: 'retryTask'; readonly taskId: TaskId; readonly runId: RunId }
export interface PauseTask { readonly type: 'pauseTask'; readonly taskId: TaskId }
export interface ResumeTask { readonly type: 'resumeTask'; readonly taskId: TaskId }
/** One extra run, now, under the given id. */
export interface RunTask { readonly type: 'runTask'; readonly taskId: TaskId; readonly runId: RunId }
/** Forget a task that has its final status. */
export interface RemoveTask { readonly type: 'removeTask'; readonly taskId: TaskId }
/** How many runs may be in progress at once. */
export interface SetConcurrency { readonly type: 'setConcurrency'; readonly limit: number }

/** Everything that an engine can be asked: one closed union, discriminated by `type`. */
export type Command =
  | ScheduleTask | StopTask | CancelTask | CancelTasks | UpdateTask | RetryTask | PauseTask | ResumeTask | RunTask | RemoveTask | SetConcurrency;
