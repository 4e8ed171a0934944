// Stop after the first failure, and alert somebody
import type { TaskId, TaskScheduler } from 'carillon';
import { filter } from 'rxjs';

export function stopAtTheFirstFailure(scheduler: TaskScheduler, transfer: () => Promise<void>, alert: (error: Error) => void): TaskId<void> {
  const id = scheduler.schedulePeriodic(transfer, '1m', { afterFailure: 'stop' });
  scheduler.task$(id).pipe(filter((task) => task.status === 'FAILED')).subscribe(({ error }) => { alert(error); });
  return id;
}
