// Look every 5 seconds whether it is ready, and give up after 10 minutes
import { after, type TaskScheduler } from 'carillon';

export function waitUntilReady(scheduler: TaskScheduler, isReady: () => Promise<boolean>): Promise<void> {
  const look = async (): Promise<void> => {
    if (!(await isReady())) throw new Error('It is not ready.');
  };
  const id = scheduler.schedule(look, after(0), { retry: { maxAttempts: Infinity, backoff: 'fixed', delay: '5s' }, deadline: '10m' });
  return scheduler.result(id);
}
