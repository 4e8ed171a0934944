// Failure reports: what nobody observes goes to `onError`, which may itself fail.
import { callGuarded } from './engine/call-guarded.js';
import type { FailureContext } from './scheduler-options.js';
import { toError } from './task/errors.js';
import type { TaskEvent } from './task/event.js';
import { show } from './task/show.js';

/** Hands a failure to the user's handler. */
export type FailureReport = (thrown: unknown, context?: FailureContext) => void;

/** @param onError the user's handler; by default one line is written to `console.error` */
export function failureReport(onError: ((error: Error, context: FailureContext) => void) | undefined): FailureReport {
  const handle = onError ?? logFailure;
  return (thrown, context = {}) => { callGuarded(() => { handle(toError(thrown), context); }); };
}

/** Where a failure comes from, by the event that tells of it. */
export function failureContext(event: TaskEvent, name: string | undefined): FailureContext {
  return { taskId: event.taskId, runId: 'runId' in event ? event.runId : undefined, name };
}

function logFailure(error: Error, { taskId, name }: FailureContext): void {
  console.error(taskId === undefined ? `carillon: ${show(error)}` : `carillon: task ${show(name ?? taskId)} failed: ${show(error)}`);
}
