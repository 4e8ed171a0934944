// Poll a queue every 5 seconds, never twice at once
import type { TaskId, TaskScheduler } from 'carillon';

export function pollAQueue(scheduler: TaskScheduler, poll: () => Promise<number>): TaskId<number> {
  // That is the default: a tick that comes while the last poll is at it is skipped, and told of as skipped.
  return scheduler.schedulePeriodic(poll, '5s', { overlap: 'skip' });
}
