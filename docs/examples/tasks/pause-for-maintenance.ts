// Sundays from 2 to 4 the database is in maintenance: pause what needs it, and go on afterwards
import { cron, type TaskId, type TaskScheduler } from 'carillon';

export function pauseForMaintenance(scheduler: TaskScheduler, tag: string): void {
  const each = (steer: (id: TaskId) => boolean) => (): void => {
    for (const { id } of scheduler.getTasks({ tag })) steer(id);
  };
  // What is due at 2:00 or 4:00 sharp may fall on either side.
  scheduler.schedule(each((id) => scheduler.pauseTask(id)), cron('0 2 * * SUN', { timeZone: 'UTC' }));
  scheduler.schedule(each((id) => scheduler.resumeTask(id)), cron('0 4 * * SUN', { timeZone: 'UTC' }));
}
