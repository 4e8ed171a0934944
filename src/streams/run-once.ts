// runOnce: work that is due once, as a cold Observable of its run.
import type { Observable } from 'rxjs';
import type { InstantLike } from '../task/instant.js';
import type { RunState } from '../task/run.js';
import type { AfterTrigger, OnceTrigger } from '../task/trigger.js';
import type { ResultOf, Work } from '../task/work.js';
import { once } from '../trigger/index.js';
import { coldTask, isOfKind, type ColdOptionsParameter } from './cold-task.js';

/**
 * Work that is due once, as a cold Observable of its run: there is a task for each subscription, and no scheduler to be seen.
 *
 * - Subscribing schedules the task, and no work starts inside the call. An instant that is past by then is now.
 * - Unsubscribing cancels it at once: the signal of its run aborts, and nothing is left that keeps the process alive. A thread that
 *   goes on is ended after its grace.
 * - It tells each state of the run, with its progress and its retries, and completes when the task is over.
 * - A failure is a value: a run with the status `FAILED`. The stream errors only when a subscription comes too late for its options: after
 *   `until`, or with a `signal` that has aborted.
 *
 * @param at an instant, or `once()`, or `after()` for a delay that counts from each subscription
 * @throws InvalidArgumentError at the call, never at a subscription, for what is wrong already
 * @example
 * runOnce(sendMail, after('2s'), { args: ['Alice'], retry: 3 })
 *   .pipe(whenStatus('COMPLETED'))
 *   .subscribe(({ result }) => console.log(result));
 */
export function runOnce<A extends readonly unknown[], T>(
  work: Work<A, T>, at: InstantLike | OnceTrigger | AfterTrigger, ...[options]: ColdOptionsParameter<A, T>
): Observable<RunState<ResultOf<T>>> {
  return coldTask(work, isOfKind(at, 'once', 'after') ? at : once(at), options);
}
