// Traces: what is published of an attempt on Node's diagnostics channels.
import type { RunId } from './run.js';
import type { TaskId } from './task.js';

/**
 * An attempt, as it is published on the channels of `diagnostics_channel.tracingChannel('carillon.run')`: the same object each time.
 *
 * `start` comes right before the work is called, `end` right after it has returned, and `asyncStart` and `asyncEnd` once the attempt has
 * its outcome; before them, `error` if it failed.
 */
export interface RunTrace {
  readonly taskId: TaskId;
  readonly runId: RunId;
  readonly name: string | undefined;
  readonly attempt: number;
  readonly scheduledFor: number;
  readonly startedAt: number;
  /** How the attempt ended; undefined before that. */
  readonly outcome?: 'completed' | 'failed' | 'cancelled';
  readonly result?: unknown;
  readonly error?: unknown;
}
