// Where a failure goes that nobody observes, unless `onError` says otherwise.
import type { FailureContext } from './scheduler-options.js';
import { show } from './task/show.js';

/** Writes one line to `console.error`. */
export function logFailure(error: Error, { taskId, name }: FailureContext): void {
  console.error(`carillon: task ${show(name ?? taskId)} failed: ${show(error)}`);
}
