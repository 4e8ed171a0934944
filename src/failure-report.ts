// Failure reports: what nobody observes goes to `onError`, which may itself fail.
import { callGuarded } from './engine/call-guarded.js';
import type { Logger } from './logger.js';
import type { FailureContext } from './scheduler-options.js';
import { toError } from './task/errors.js';
import type { TaskEvent } from './task/event.js';
import { show } from './task/show.js';

/** Hands a failure to the user's handler. */
export type FailureReport = (thrown: unknown, context?: FailureContext) => void;

/**
 * @param onError the user's handler; by default one line is written
 * @param logger where to; by default to `console`
 */
export function failureReport(onError: ((error: Error, context: FailureContext) => void) | undefined, logger: Pick<Logger, 'error'> = console): FailureReport {
  const handle = onError ?? ((error, context) => { logFailure(logger, error, context); });
  return (thrown, context = {}) => { callGuarded(() => { handle(toError(thrown), context); }); };
}

/** Where a failure comes from, by the event that tells of it. */
export function failureContext(event: TaskEvent, name: string | undefined): FailureContext {
  return { taskId: event.taskId, runId: 'runId' in event ? event.runId : undefined, name };
}

function logFailure(logger: Pick<Logger, 'error'>, error: Error, { taskId, name }: FailureContext): void {
  logger.error(taskId === undefined ? `carillon: ${show(error)}` : `carillon: task ${show(name ?? taskId)} failed: ${show(error)}`);
}
