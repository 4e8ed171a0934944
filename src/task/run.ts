// Runs: one execution of a task's work, caused by one tick or by hand; and the ticks that never became one.
import type { LogLine } from './run-log.js';
import type { TaskId } from './task.js';

/** The id of a run: a UUID, unless the scheduler's `newId` says otherwise. */
export type RunId = string;

/**
 * Where a run stands.
 *
 * - `QUEUED` waits: for an earlier run of its task, for a slot, or for its task to be resumed
 * - `RUNNING` its work is in progress
 * - `RETRYING` an attempt failed and the next one waits for its time
 * - `COMPLETED`, `FAILED`, `CANCELLED` its outcome
 * - `SKIPPED`, `MISSED` a tick that never ran; the record says how many such ticks it stands for, and why
 */
export type RunStatus =
  | 'QUEUED' | 'RUNNING' | 'RETRYING'
  | 'COMPLETED' | 'FAILED' | 'CANCELLED'
  | 'SKIPPED' | 'MISSED';

/** Why there is a run: its tick was due, somebody called `runTask`, or it makes up for a tick that was handled late. */
export type RunReason = 'scheduled' | 'manual' | 'catchUp';

/**
 * Why a tick, or a run that waited, never ran.
 *
 * - `overlap` an earlier run of the task was in progress (`overlap: 'skip'`)
 * - `queueFull` `maxQueued` runs of the task waited already
 * - `maxParallel` `maxParallel` runs of the task were in progress already
 * - `replaced` a newer tick took its place (`overlap: 'replace'`) while it waited; or its task was given another trigger before it was handled
 * - `paused` the task was paused
 * - `maxRuns` it waited when the task had had all its runs
 * - `stopped`, `cancelled` the task, or the whole scheduler, was stopped or cancelled first
 * - `late` it was handled more than the grace of `misfire` too late; such a tick is `MISSED`
 * - `expired` it waited for longer than its `expiresAfter`; such a tick is `MISSED`, too, any other `SKIPPED`
 */
export type SkipReason =
  | 'overlap' | 'queueFull' | 'maxParallel' | 'replaced' | 'paused' | 'maxRuns' | 'stopped' | 'cancelled' | 'late' | 'expired';

/** A run, as it stood at one moment. Instants are epoch ms of the scheduler's clock. A held one never changes. */
export interface RunState<R = unknown> {
  readonly runId: RunId;
  readonly taskId: TaskId;
  /** The number of the tick, from 0; absent for a run by hand. For several lost ticks: the first. */
  readonly tick?: number;
  readonly status: RunStatus;
  /** When the tick was due; for a run by hand, when it was asked for. For several lost ticks: when the first was due. */
  readonly scheduledFor: number;
  readonly queuedAt?: number;
  /** When its latest attempt started. */
  readonly startedAt?: number;
  readonly finishedAt?: number;
  /** Counts the tries from 1; 0 before the first. */
  readonly attempt: number;
  readonly nextAttemptAt?: number;
  readonly reason: RunReason;
  readonly progress?: unknown;
  /** What its work said by `context.log`: the newest 100 lines, and of these no more than the newest 10,000 characters. */
  readonly logs?: readonly LogLine[];
  readonly result?: R;
  readonly error?: Error;
  readonly cancelReason?: unknown;
  readonly skipReason?: SkipReason;
  /** `SKIPPED` and `MISSED` only: for how many ticks in a row this record stands. */
  readonly count?: number;
  /** `SKIPPED` and `MISSED` only: when the last of those ticks was due. */
  readonly lastScheduledFor?: number;
}
