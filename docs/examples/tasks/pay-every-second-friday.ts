// Every second Friday at 15:00
import { calendar, type TaskId, type TaskScheduler } from 'carillon';

export function payEverySecondFriday(scheduler: TaskScheduler, pay: () => Promise<void>): TaskId<void> {
  // Any of these Fridays will do, a past one too. (The second Friday of each month is cron('0 15 * * FRI#2').)
  const startAt = new Date('2027-01-08T15:00+01:00');
  return scheduler.schedule(pay, calendar({ weeks: 2 }, { timeZone: 'Europe/Berlin', startAt }));
}
