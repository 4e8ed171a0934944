// Poll again one second after the last poll has ended, however long that takes
import { every, type TaskId, type TaskScheduler } from 'carillon';

export function pollAfterTheLast(scheduler: TaskScheduler, poll: () => Promise<number>): TaskId<number> {
  return scheduler.schedule(poll, every('1s', { mode: 'fixedDelay' }));
}
