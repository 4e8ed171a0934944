// On the last working day of each month at 18:00
import { cron, type TaskId, type TaskScheduler } from 'carillon';

export function billAtTheEndOfTheMonth(scheduler: TaskScheduler, sendBills: () => Promise<number>): TaskId<number> {
  // L is the last day of the month, and W makes it the nearest day from Monday to Friday in the month.
  return scheduler.schedule(sendBills, cron('0 18 LW * *', { timeZone: 'Europe/Berlin' }));
}
