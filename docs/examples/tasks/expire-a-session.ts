// Expire a session 20 minutes after its last use (call this at each use), or never if it is closed before
import { after, type TaskId, type TaskScheduler } from 'carillon';

const expiryOf = (session: string): string => `expiry of session ${session}`;

export function expireASession(scheduler: TaskScheduler, expire: (session: string) => Promise<void>, session: string): TaskId<void> {
  const id = scheduler.schedule(expire, after('20m'), { args: [session], id: expiryOf(session), ifExists: 'replace' });
  scheduler.updateTask(id, { trigger: after('20m') }); // if it waits already, it waits anew
  return id;
}

export function closeSession(scheduler: TaskScheduler, session: string): boolean {
  return scheduler.cancelTask(expiryOf(session));
}
