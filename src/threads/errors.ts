// The errors of carillon/threads: each with a code, and what it is about.
import { CarillonError } from '../task/errors.js';
import type { TaskId } from '../task/task.js';

/** The thread or process that did a run died under it. */
export class WorkerCrashedError extends CarillonError {
  readonly code = 'WORKER_CRASHED';
  /** What it exited with, if that is known. */
  readonly exitCode: number | undefined;
  /** The signal that ended it. A thread has none. */
  readonly signal: string | undefined;
  constructor(message: string, options: ErrorOptions & { readonly exitCode?: number; readonly signal?: string } = {}) {
    super(message, options);
    this.exitCode = options.exitCode;
    this.signal = options.signal;
  }
}

/** The thread that did a run needed more memory than it may have, and died of it. */
export class WorkerOutOfMemoryError extends CarillonError {
  readonly code = 'WORKER_OUT_OF_MEMORY';
  /** @param message what ran out of memory; the way out is added to it */
  constructor(message: string, options?: ErrorOptions) {
    super(`${message} Raise resourceLimits.maxOldGenerationSizeMb, or hand over less at a time.`, options);
  }
}

/** The module can't be loaded in a thread, it lacks the export, or its threads were disposed of. */
export class WorkerModuleError extends CarillonError {
  readonly code = 'WORKER_MODULE';
  constructor(readonly module: string, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** A value can't cross to a thread, or back from it. */
export class NotSerializableError extends CarillonError {
  readonly code = 'NOT_SERIALIZABLE';
  /** @param path where it was found: `args[0].items[3].callback` */
  constructor(readonly path: string, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** The connection to a scheduler in another thread is closed, or that thread has ended. */
export class ConnectionClosedError extends CarillonError {
  readonly code = 'CONNECTION_CLOSED';
  /** @param what what can't be done any more, or what ended */
  constructor(what: string, readonly taskId?: TaskId) {
    super(`${what}: the connection to the scheduler is closed. Get a new port, and connect anew.`);
  }
}
