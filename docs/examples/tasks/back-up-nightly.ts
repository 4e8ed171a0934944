// A backup every night at 3, in a thread, so that nothing else has to wait for it; ended if it takes more than two hours
import { cron, type TaskId, type TaskScheduler } from 'carillon';
import type { WorkerFunction } from 'carillon/threads';

/** @param backUp of a module: `workerModule<typeof work>(new URL('./work.js', import.meta.url))` has it */
export function backUpNightly(scheduler: TaskScheduler, backUp: WorkerFunction<[folder: string], number>, folder: string): TaskId<number> {
  return scheduler.schedule(backUp, cron('0 3 * * *', { timeZone: 'Europe/Berlin' }), { args: [folder], timeout: '2h' });
}
