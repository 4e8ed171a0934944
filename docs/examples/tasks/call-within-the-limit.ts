// An API allows 10 calls a second, which all tasks have to share
import type { TaskId, TaskScheduler, Trigger } from 'carillon';

// The key is what they share. By itself it would let one call at a time through, so that is lifted.
const api = { concurrencyKey: 'api', concurrencyLimit: Infinity, rateLimit: { limit: 10, per: '1s' } } as const;

export function callWithinTheLimit(scheduler: TaskScheduler, call: (path: string) => Promise<void>, path: string, when: Trigger): TaskId<void> {
  return scheduler.schedule(call, when, { args: [path], ...api });
}
