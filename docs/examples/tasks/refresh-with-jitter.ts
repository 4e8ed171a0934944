// Every 15 minutes, on a thousand instances, but not on all of them at once
import { every, type TaskId, type TaskScheduler } from 'carillon';

export function refreshWithJitter(scheduler: TaskScheduler, refresh: () => Promise<void>, instance: string): TaskId<void> {
  const quarters = every('15m', { startAt: new Date(0), jitter: '15m' });
  // How much later than the quarter of an hour follows from the id: with one id for all they would be due together after all.
  return scheduler.schedule(refresh, quarters, { id: `refresh ${instance}` });
}
