// whenStatus: of the states of a task, or of its runs, only those with certain statuses, and typed as such.
import { filter, type Observable } from 'rxjs';
import { oneOf, refuse } from '../task/check.js';
import type { RunStatus } from '../task/run.js';
import type { TaskStatus } from '../task/task.js';

/** A state that has one of these statuses: of a union, the members that may have it. */
export type WithStatus<S, Status> = S extends { readonly status: infer Own }
  ? Own extends Status ? S : [Own & Status] extends [never] ? never : S & { readonly status: Own & Status }
  : never;

/** Each status of a task or of a run; the compiler sees to it that none is missing. */
const STATUSES: Readonly<Record<TaskStatus | RunStatus, true>> = {
  PENDING: true, RUNNING: true, PAUSED: true, COMPLETED: true, FAILED: true, CANCELLED: true, QUEUED: true, RETRYING: true, SKIPPED: true, MISSED: true,
};
const aStatus = oneOf(...Object.keys(STATUSES));

/**
 * Passes the states that have one of these statuses: of a task, as `task$(id)` tells them, or of runs, as `runs$(id)` and `runEvery` do.
 *
 * It passes each of them: a run that reports progress or logs is told of as `RUNNING` more than once. For changes of the status alone,
 * `distinctUntilKeyChanged('status')` goes before it.
 *
 * The type is narrowed along: of a task that has `FAILED`, `error` is there, and the type of its result is kept. A status that such a
 * state never has lets nothing pass, and the values are of the type `never`.
 *
 * @throws InvalidArgumentError when a status is none, or none is given
 * @example
 * scheduler.task$(id).pipe(whenStatus('FAILED')).subscribe(({ error }) => alert(error.message));
 */
export function whenStatus<Status extends TaskStatus | RunStatus>(
  ...statuses: readonly Status[]
): <S extends { readonly status: string }>(states$: Observable<S>) => Observable<WithStatus<S, Status>> {
  if (statuses.length === 0) refuse('statuses', statuses, 'at least one status');
  const wanted = new Set<string>(statuses.map((status, i) => aStatus(status, `statuses[${i}]`) as Status));
  return <S extends { readonly status: string }>(states$: Observable<S>) =>
    states$.pipe(filter((state): state is S & WithStatus<S, Status> => wanted.has(state.status)));
}
