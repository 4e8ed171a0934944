// Every morning at 6, and at once whenever somebody presses the button
import { cron, type RunId, type TaskScheduler } from 'carillon';

export function runItNow(scheduler: TaskScheduler, report: () => Promise<void>): () => RunId {
  const id = scheduler.schedule(report, cron('0 6 * * *', { timeZone: 'Europe/Berlin' }), { overlap: 'queue' }); // so no press is lost while it runs
  return () => scheduler.runTask(id);
}
