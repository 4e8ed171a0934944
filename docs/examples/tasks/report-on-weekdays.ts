// Every weekday at 9 in Berlin, but not on holidays; retried three times, killed after a minute, one at a time for each customer
import { cron, except, type TaskId, type TaskScheduler } from 'carillon';

const berlin = { timeZone: 'Europe/Berlin' };
const weekdays = except(cron('0 9 * * MON-FRI', berlin), ['2027-03-26', '2027-03-29', '2027-12-24'], berlin);
type Send = (customer: string, report: string) => Promise<void>;

export function reportOnWeekdays(scheduler: TaskScheduler, send: Send, customer: string, report: string): TaskId<void> {
  return scheduler.schedule(send, weekdays, {
    args: [customer, report],
    concurrencyKey: `reports for ${customer}`,
    retry: 4, timeout: '1m', // up to four attempts of a minute: in a thread one is ended then, inline its signal aborts
  });
}
