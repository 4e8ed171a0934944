// Apply price updates one by one, and drop those that have waited longer than 2 seconds
import type { TaskId, TaskScheduler } from 'carillon';
import type { Observable } from 'rxjs';

export function applyFreshPrices(scheduler: TaskScheduler, apply: (price: number) => Promise<void>, prices$: Observable<number>): TaskId<void> {
  return scheduler.schedule(apply, prices$, { args: (price) => [price], overlap: 'queue', expiresAfter: '2s' });
}
