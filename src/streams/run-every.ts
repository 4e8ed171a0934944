// runEvery: work that is due again and again, as a cold Observable of its runs.
import type { Observable } from 'rxjs';
import type { DurationLike } from '../task/duration.js';
import type { RunState } from '../task/run.js';
import type { EveryTrigger } from '../task/trigger.js';
import type { ResultOf, Work } from '../task/work.js';
import { every } from '../trigger/index.js';
import { coldTask, isOfKind, type ColdOptionsParameter } from './cold-task.js';

/**
 * Work that is due at once and then after each interval, as a cold Observable of its runs, like {@link runOnce}: each subscription has a task
 * and a grid of its own, and ends it by unsubscribing.
 *
 * A run that fails is a value, and the task goes on. With `afterFailure: 'stop'` the stream completes after the run that `FAILED`; it doesn't error.
 * Completes after `maxRuns`, or at `until`; else never by itself.
 *
 * @param interval a duration, or `every()` for its options: by fixed delay, or with jitter
 * @throws InvalidArgumentError at the call
 * @example
 * runEvery(pollQueue, '5s').pipe(whenStatus('COMPLETED'), take(3)).subscribe(({ result }) => console.log(result));
 */
export function runEvery<A extends readonly unknown[], T>(
  work: Work<A, T>, interval: DurationLike | EveryTrigger, ...[options]: ColdOptionsParameter<A, T>
): Observable<RunState<ResultOf<T>>> {
  return coldTask(work, isOfKind(interval, 'every') ? interval : every(interval), options);
}
