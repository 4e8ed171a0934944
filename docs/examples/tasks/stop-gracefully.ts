// At SIGTERM let what is in progress finish, but for 30 seconds at most
import type { StopReport, TaskScheduler } from 'carillon';
import { once } from 'node:events';

export async function stopGracefully(scheduler: TaskScheduler, host: NodeJS.EventEmitter = process): Promise<StopReport> {
  await once(host, 'SIGTERM');
  return scheduler.stop({ deadline: '30s' }); // then signals abort, and threads are ended
}
