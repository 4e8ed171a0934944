// When one task has completed, run another with its result
import { every, type TaskId, type TaskScheduler } from 'carillon';

export function publishBuilds(scheduler: TaskScheduler, build: () => Promise<string>, publish: (version: string) => Promise<void>): TaskId<void> {
  const builds = scheduler.schedule(build, every('1h'));
  return scheduler.schedule(publish, scheduler.results$(builds), { args: (version) => [version] });
}
