// A reminder 24 hours before an appointment, which can be moved or called off
import type { TaskId, TaskScheduler } from 'carillon';

const reminderOf = (appointment: string): string => `reminder of ${appointment}`;

export function remindTheDayBefore(
  scheduler: TaskScheduler, remind: (appointment: string) => Promise<void>, appointment: string, at: Date,
): TaskId<void> {
  return scheduler.scheduleOneTime(remind, at.getTime() - 24 * 3_600_000, { args: [appointment], id: reminderOf(appointment), ifExists: 'replace' });
}

export function callOff(scheduler: TaskScheduler, appointment: string): boolean {
  return scheduler.cancelTask(reminderOf(appointment));
}
