// Where a failure goes that nobody observes.
import { Observable } from 'rxjs';
import type { FailureContext } from './scheduler-options.js';
import { show } from './task/show.js';

/** Writes one line to `console.error`. */
export function logFailure(error: Error, { taskId, name }: FailureContext): void {
  console.error(`carillon: task ${show(name ?? taskId)} failed: ${show(error)}`);
}

/** Calls a handler that may throw; what it throws is reported as RxJS reports an error that no subscriber handles. */
export function callGuarded(call: () => void): void {
  new Observable<never>(() => { call(); }).subscribe();
}
