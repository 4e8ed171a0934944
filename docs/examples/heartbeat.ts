// The heartbeat: a periodic task that tells how late the event loop is.
import { withContext, type TaskId, type TaskScheduler } from 'carillon';
import { IN_VIEW } from './in-view.js';

/** Marks the one task that never ends by itself. */
export const HEARTBEAT = 'heartbeat';

/** Beats ten times a second. Whatever holds the event loop up makes a beat late, and each beat results in how late it is. */
export function scheduleHeartbeat(scheduler: TaskScheduler): TaskId<string> {
  // Work made by withContext learns which run it is, and when that run was due.
  const beat = withContext(({ scheduledFor, startedAt }) => `${startedAt - scheduledFor} ms late`);
  return scheduler.schedulePeriodic(beat, '100ms', { name: 'heartbeat', tags: [IN_VIEW, HEARTBEAT] });
}
