// For a health check: how many runs have failed within the last hour, as a stream
import type { TaskScheduler } from 'carillon';
import { distinctUntilChanged, filter, map, scan, type Observable } from 'rxjs';

export function countRecentFailures(scheduler: TaskScheduler): Observable<number> {
  const minutes = scheduler.schedulePeriodic(() => undefined, '1m'); // so that old ones go, though nothing else happens
  return scheduler.events$.pipe(
    filter(({ type, taskId }) => type === 'runFailed' || (type === 'runCompleted' && taskId === minutes)),
    scan((failures: number[], { type, at }) => [...failures, ...(type === 'runFailed' ? [at] : [])].filter((then) => then > at - 3_600_000), []),
    map(({ length }) => length),
    distinctUntilChanged(),
  );
}
