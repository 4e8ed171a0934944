// untilSettled: the states of a task up to its final one, or an error if that never comes.
import { concat, defer, takeWhile, tap, throwError, type Observable } from 'rxjs';
import { SchedulerStoppedError } from '../task/errors.js';
import { show } from '../task/show.js';
import { isFinal, type TaskState } from '../task/task.js';

/**
 * Passes the states of one task, and completes with the first that is final. When the source completes before, it errors with
 * `SchedulerStoppedError`, for that is how the streams of a scheduler end that stops, and those of a connection that is closed; so
 * `lastValueFrom` of it is the final state, or rejects.
 *
 * `task$(id)` completes after its final state by itself, but also without one. A stream that was made of others, as of `tasks$`, goes on
 * for ever: this gives it its end. Put it before whatever else ends the stream, as `takeUntil`.
 *
 * A stream of several tasks ends with the first of them that settles. To wait for all, give each its own:
 * `forkJoin(ids.map((id) => scheduler.task$(id).pipe(untilSettled())))`.
 *
 * @example
 * const final = await lastValueFrom(scheduler.task$(id).pipe(untilSettled()));
 */
export function untilSettled(): <S extends TaskState>(task$: Observable<S>) => Observable<S> {
  return <S extends TaskState>(task$: Observable<S>) => defer(() => {
    let latest: S | undefined;
    const cut$ = throwError(() => new SchedulerStoppedError(`The task ${latest ? `${show(latest.id)} ` : ''}did not settle`, latest?.id));
    return concat(task$.pipe(tap((task) => { latest = task; })), cut$).pipe(takeWhile(({ status }) => !isFinal(status), true));
  });
}
