// Rebuild on each change of a file; changes during a build cause one more build, and not one each
import type { TaskId, TaskScheduler } from 'carillon';
import type { Observable } from 'rxjs';

/** @param changes$ any Observable, such as `fromEvent(watch('src'), 'change')` */
export function rebuildOnChange(scheduler: TaskScheduler, build: () => Promise<void>, changes$: Observable<unknown>): TaskId<void> {
  return scheduler.schedule(build, changes$, { overlap: 'queue', maxQueued: 1 });
}
