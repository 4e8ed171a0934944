// Events: one fact each, past tense, immutable. The state of every task is the fold of its events.
import type { RunId, RunReason, SkipReason } from './run.js';
import type { FinalStatus, TaskId } from './task.js';
import type { ObservableTrigger, Trigger } from './trigger.js';

/** What every event has. */
interface Fact<T extends string> {
  /** The version of the event's shape. */
  readonly v: 1;
  /** Counts the events of one scheduler, from 1, without a gap. */
  readonly seq: number;
  /** When it happened: epoch ms of the scheduler's clock. */
  readonly at: number;
  readonly type: T;
}

interface TaskFact<T extends string> extends Fact<T> {
  readonly taskId: TaskId;
}

interface RunFact<T extends string> extends TaskFact<T> {
  readonly runId: RunId;
}

/** An event that uses up a tick, or moves the grid, says when the next tick is due: null when none will follow. */
interface Rescheduling {
  readonly nextRunAt?: number | null;
}

/** What a run is, once known: the same in the event that queues and in the one that starts it. */
interface RunOrigin {
  readonly tick?: number | undefined;
  readonly scheduledFor: number;
  readonly reason: RunReason;
}

/** The engine has the task. Also told when `updateTask`, or `ifExists: 'replace'`, gave it another trigger, other arguments, work or options (`replaced`). */
export interface TaskScheduled extends TaskFact<'taskScheduled'>, Rescheduling {
  readonly name?: string | undefined;
  readonly tags: readonly string[];
  readonly trigger: Trigger | ObservableTrigger;
  readonly replaced: boolean;
}
/** Nothing starts until the task is resumed. */
export type TaskPaused = TaskFact<'taskPaused'>;
/** The pause is over. */
export interface TaskResumed extends TaskFact<'taskResumed'>, Rescheduling {}
/** No further run will start; a run in progress may still finish. */
export type TaskStopping = TaskFact<'taskStopping'>;
/** The task has its final status. `error` is there when no run of its own says why it failed. */
export interface TaskFinished extends TaskFact<'taskFinished'> {
  readonly status: FinalStatus;
  readonly error?: Error;
  readonly cancelReason?: unknown;
}
/** A task that had failed was taken up again, by `retryTask`. */
export interface TaskRetried extends TaskFact<'taskRetried'>, Rescheduling {}
/** The task is forgotten: by `removeTask`, by retention, or since another one took its id. */
export interface TaskRemoved extends TaskFact<'taskRemoved'> {
  readonly reason: 'removed' | 'retention' | 'replaced';
}
/** The run could not start at once, and waits. */
export interface RunQueued extends RunFact<'runQueued'>, RunOrigin, Rescheduling {}
/** The run's work is about to be called. */
export interface RunStarted extends RunFact<'runStarted'>, RunOrigin, Rescheduling {
  readonly attempt: number;
}
/** The run has told how far it is. */
export interface RunProgressed extends RunFact<'runProgressed'> {
  readonly progress: unknown;
}
/** The run has said something for whoever reads along. */
export interface RunLogged extends RunFact<'runLogged'> {
  readonly message: string;
}
/** An attempt failed, and the next one waits for its time. */
export interface RunRetrying extends RunFact<'runRetrying'> {
  readonly error: Error;
  readonly nextAttemptAt: number;
}
/** The run's outcome: its work returned. */
export interface RunCompleted extends RunFact<'runCompleted'>, Rescheduling {
  readonly result: unknown;
}
/** The run's outcome: its work threw, or rejected, or errored. */
export interface RunFailed extends RunFact<'runFailed'>, Rescheduling {
  readonly error: Error;
}
/** The run's outcome: it was aborted. */
export interface RunCancelled extends RunFact<'runCancelled'>, Rescheduling {
  readonly cancelReason?: unknown;
}
/** Ticks that never ran, in a row and for one reason: the first was due at `from`, the last at `to`. */
interface TicksLost<T extends string> extends TaskFact<T>, Rescheduling {
  /** The id of the run, when it was one that waited and was dropped. */
  readonly runId?: RunId;
  /** The number of the first tick; absent when it was a run by hand that was dropped. */
  readonly tick?: number | undefined;
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly reason: SkipReason;
}
/** Ticks, or a run that waited, that the task's own policy or a command dropped. */
export type TicksSkipped = TicksLost<'ticksSkipped'>;
/** Ticks that were handled too late, since the loop was blocked, the machine slept or the clock was set forward. */
export type TicksMissed = TicksLost<'ticksMissed'>;
/** The wall clock was set, or the machine slept. With a `taskId`: that task's grid moved along. */
export interface ClockJumped extends Fact<'clockJumped'>, Rescheduling {
  readonly taskId?: TaskId;
  readonly by: number;
}

/** Everything that can happen: one closed union, discriminated by `type`. */
export type TaskEvent =
  | TaskScheduled | TaskPaused | TaskResumed | TaskStopping | TaskFinished | TaskRetried | TaskRemoved
  | RunQueued | RunStarted | RunProgressed | RunLogged | RunRetrying | RunCompleted | RunFailed | RunCancelled
  | TicksSkipped | TicksMissed | ClockJumped;

/** An event before the engine has stamped it with version, number and instant. */
export type TaskEventBody = TaskEvent extends infer E ? E extends TaskEvent ? Omit<E, 'v' | 'seq' | 'at'> : never : never;
