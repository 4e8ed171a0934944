// A heartbeat that ends when my AbortSignal aborts, the request in progress included
import { withContext, type TaskId, type TaskScheduler } from 'carillon';

export function beatUntilAborted(scheduler: TaskScheduler, beat: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): TaskId<void> {
  const work = withContext((context) => beat(context.signal)); // aborts by a timeout, too
  return scheduler.schedulePeriodic(work, '10s', { signal, timeout: '5s' });
}
