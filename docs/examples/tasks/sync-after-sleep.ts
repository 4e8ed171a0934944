// Every hour; when the laptop has slept for some hours, once as it wakes, and not for each hour missed
import { every, type TaskId, type TaskScheduler } from 'carillon';

export function syncAfterSleep(scheduler: TaskScheduler, sync: () => Promise<void>): TaskId<void> {
  // That is the default. 'all' would make up for each of them, and 'skip' for none.
  return scheduler.schedule(sync, every('1h'), { misfire: { policy: 'latest' } });
}
