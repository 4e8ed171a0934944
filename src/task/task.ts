// Tasks: work + trigger + options under an id, and what a reader may know of one.
import type { RunState } from './run.js';

declare const resultType: unique symbol;

/**
 * The id of a task: a string that remembers, for the compiler only, what the task results in.
 *
 * Any string will do where one is asked for; only an id that `schedule` returned knows its result type.
 */
export type TaskId<R = unknown> = string & { readonly [resultType]?: R | undefined };

/**
 * Where a task stands: the first of these that holds.
 *
 * - `COMPLETED`, `FAILED`, `CANCELLED` final: no run will follow
 * - `RUNNING` a run is in progress
 * - `PAUSED` nothing starts until it is resumed
 * - `PENDING` waits for its time, or for a slot
 */
export type TaskStatus = 'PENDING' | 'RUNNING' | 'PAUSED' | FinalStatus;

/** A status that nothing follows. */
export type FinalStatus = 'COMPLETED' | 'FAILED' | 'CANCELLED';

/** What is the same in every status of a task. Instants are epoch ms of the scheduler's clock. */
export interface TaskFacts<R = unknown> {
  readonly id: TaskId<R>;
  readonly name?: string;
  readonly tags: readonly string[];
  readonly paused: boolean;
  /** `stopTask` was called, and a run is still in progress. */
  readonly stopping: boolean;
  readonly scheduledAt: number;
  /** When the next tick is due, if that is known; absent once no tick will follow. */
  readonly nextRunAt?: number;
  /** Runs that started: `completedCount + failedCount + cancelledCount +` the runs in progress. */
  readonly runCount: number;
  readonly completedCount: number;
  readonly failedCount: number;
  readonly cancelledCount: number;
  /** Ticks, and runs that waited, that were dropped for a reason of the task's own. */
  readonly skippedCount: number;
  /** Ticks that were handled too late to run. */
  readonly missedCount: number;
  /** The newest progress that a run reported. */
  readonly progress?: unknown;
  /** The result of the latest completed run. */
  readonly result?: R;
  /** The run that started last; a one-time task whose tick was lost shows that. */
  readonly lastRun?: RunState<R>;
}

/** A task that may still run. `error` is the one of its latest failed run, if any. */
export interface LiveTask<R = unknown> extends TaskFacts<R> {
  readonly status: 'PENDING' | 'RUNNING' | 'PAUSED';
  readonly error?: Error;
}

/** A task that ended, its last run not having failed. */
export interface CompletedTask<R = unknown> extends TaskFacts<R> {
  readonly status: 'COMPLETED';
  readonly finishedAt: number;
  readonly error?: Error;
}

/** A task that ended in failure: `error` says in which. */
export interface FailedTask<R = unknown> extends TaskFacts<R> {
  readonly status: 'FAILED';
  readonly finishedAt: number;
  readonly error: Error;
}

/** A task that was stopped or cancelled before its end. */
export interface CancelledTask<R = unknown> extends TaskFacts<R> {
  readonly status: 'CANCELLED';
  readonly finishedAt: number;
  readonly cancelReason?: unknown;
  readonly error?: Error;
}

/** A task as it stood at one moment, discriminated by `status`. A held one never changes. */
export type TaskState<R = unknown> = LiveTask<R> | CompletedTask<R> | FailedTask<R> | CancelledTask<R>;

/** Whether nothing follows this status. */
export function isFinal(status: TaskStatus): status is FinalStatus {
  return status === 'COMPLETED' || status === 'FAILED' || status === 'CANCELLED';
}
