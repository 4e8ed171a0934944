// Every error that carillon itself throws or reports: a closed set, each with a code and the ids involved.
import type { RunId } from './run.js';
import { show } from './show.js';
import type { TaskId, FinalStatus } from './task.js';

/** What every error of carillon's own is. Tell them apart by `code`, or by class. */
export abstract class CarillonError extends Error {
  abstract readonly code: string;
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A call was given something it can't use. Nothing was done. */
export class InvalidArgumentError extends CarillonError {
  readonly code = 'INVALID_ARGUMENT';
  /**
   * @param field what was wrong: the name of an option or a parameter
   * @param value what was given for it
   */
  constructor(readonly field: string, readonly value: unknown, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** No task has this id: it never had, or it was forgotten. */
export class TaskNotFoundError extends CarillonError {
  readonly code = 'TASK_NOT_FOUND';
  /** @param forgotten whether there was such a task, which finished and was removed since */
  constructor(readonly taskId: TaskId, readonly forgotten: boolean) {
    super(forgotten
      ? `The task ${show(taskId)} finished and was forgotten: it was removed, or retention keeps only newer ones. ` +
        'Raise retention.tasks, or follow the task with result() or task$() while it lives.'
      : `There is no task ${show(taskId)}. Use the id that schedule() returned; a task that finished long ago may be forgotten (see retention).`);
  }
}

/** The id is taken by a task that is still known. */
export class DuplicateTaskError extends CarillonError {
  readonly code = 'DUPLICATE_TASK';
  constructor(readonly taskId: TaskId) {
    super(`The id ${show(taskId)} is taken. Leave id out for a UUID, or say ifExists: 'keep' or 'replace'.`);
  }
}

/** The name was registered before. */
export class DuplicateWorkError extends CarillonError {
  readonly code = 'DUPLICATE_WORK';
  constructor(readonly workName: string) {
    super(`Work named ${show(workName)} is registered already. Register each name once, or choose another name.`);
  }
}

/** No work was registered by this name. */
export class WorkNotFoundError extends CarillonError {
  readonly code = 'WORK_NOT_FOUND';
  constructor(readonly workName: string) {
    super(`No work is registered as ${show(workName)}. Call register(${show(workName)}, work) first, or schedule the function itself.`);
  }
}

/** The command needs a task that may still run, and this one has its final status. */
export class TaskFinishedError extends CarillonError {
  readonly code = 'TASK_FINISHED';
  constructor(readonly taskId: TaskId, readonly status: FinalStatus) {
    super(`The task ${show(taskId)} is ${status} and can't run again. ${status === 'FAILED' ? 'Take it up again by retryTask(), or schedule it anew.' : 'Schedule it anew.'}`);
  }
}

/** Why a one-time task failed that never ran: its tick was handled too late, and its `misfire` policy says skip; or it waited longer than `expiresAfter`. */
export class TaskMissedError extends CarillonError {
  readonly code = 'TASK_MISSED';
  /** @param why which policy it was that does not allow it */
  constructor(readonly taskId: TaskId, readonly scheduledFor: number, readonly lateMs: number, why: 'misfire' | 'expiresAfter' = 'misfire') {
    super(`The task ${show(taskId)} was due at ${new Date(scheduledFor).toISOString()} and ${why === 'misfire' ? 'handled' : 'waited until it was'} ${lateMs} ms late, ` +
      (why === 'misfire' ? "which its misfire policy doesn't allow. Allow a longer misfire.grace, or use the policy 'latest'."
        : "which its expiresAfter doesn't allow. Allow a longer one, or more runs at once."));
  }
}

/** What `result()` rejects with when the task was stopped or cancelled; `cause` is the reason that was given. */
export class TaskCancelledError extends CarillonError {
  readonly code = 'TASK_CANCELLED';
  constructor(readonly taskId: TaskId, reason?: unknown) {
    super(`The task ${show(taskId)} was cancelled${reason === undefined ? '' : `: ${show(reason)}`}.`,
      reason === undefined ? undefined : { cause: reason });
  }
}

/** The scheduler was stopped: it takes no more tasks, and what waited for one of its tasks waits no longer. */
export class SchedulerStoppedError extends CarillonError {
  readonly code = 'SCHEDULER_STOPPED';
  /** @param what what can't be done any more, or what ended */
  constructor(what: string, readonly taskId?: TaskId) {
    super(`${what}: the scheduler was stopped. There is no restart; create a new TaskScheduler.`);
  }
}

/**
 * What an attempt, or a run, failed with that took longer than its `timeout`, or its `deadline`, allows. Of a deadline, `cause` is what the latest
 * attempt failed with, if one had.
 */
export class TaskTimeoutError extends CarillonError {
  readonly code = 'TASK_TIMEOUT';
  /** @param limit which of the two it was, and `ms` how long that is */
  constructor(readonly taskId: TaskId, readonly runId: RunId, readonly limit: 'timeout' | 'deadline', readonly ms: number, options?: ErrorOptions) {
    super(`The task ${show(taskId)} took longer than its ${limit} of ${ms} ms, so ${limit === 'timeout' ? 'the attempt' : 'the run'} was aborted. ` +
      `Allow a longer ${limit}, or let the work do less at a time.`, options);
  }
}

/** What `onError` gets when work that ignored its abort came to a result after all: it is dropped, for the outcome is known. */
export class LateResultError extends CarillonError {
  readonly code = 'LATE_RESULT';
  constructor(readonly taskId: TaskId, readonly runId: RunId, readonly result: unknown, timeout: TaskTimeoutError) {
    super(`The work of the task ${show(taskId)} went on after its ${timeout.limit} of ${timeout.ms} ms, and its result was dropped. ` +
      "Let it heed context.signal (see withContext), or run it in a thread, where a timeout really ends it.", { cause: timeout });
  }
}

/** Stands for a value that was thrown and is no Error; `cause` is that value. */
export class ThrownValueError extends CarillonError {
  readonly code = 'THROWN_VALUE';
  constructor(value: unknown) {
    super(`Work threw ${show(value)}, which is no Error. Throw an Error to keep its stack.`, { cause: value });
  }
}

/** Whatever was thrown, as an Error: itself if it is one (of any realm), else wrapped. */
export function toError(thrown: unknown): Error {
  return isError(thrown) ? thrown : new ThrownValueError(thrown);
}

function isError(value: unknown): value is Error {
  // An error of another realm (a vm context, jest) is no instance of our Error, but its tag shows it all the same; and
  // what an aborted signal throws is a DOMException. A proxy may throw when it is looked at.
  try {
    return value instanceof Error || /^\[object (?:Error|DOMException)\]$/.test(Object.prototype.toString.call(value));
  } catch {
    return false;
  }
}
