// Hundreds of downloads, at most 3 at once, urgent ones first
import { after, type TaskId, type TaskScheduler } from 'carillon';

export function downloadUrgentFirst(scheduler: TaskScheduler, download: (url: string) => Promise<void>, url: string, urgent: boolean): TaskId<void> {
  return scheduler.schedule(download, after(0), {
    args: [url],
    concurrencyKey: 'downloads',
    concurrencyLimit: 3,
    priority: urgent ? 1 : 0,
  });
}
