// toad-scheduler: a `setInterval` a job. It has no one-time jobs, and its state is whether a job is started.
import { SimpleIntervalJob, Task, ToadScheduler } from 'toad-scheduler';

export const entry = import.meta.resolve('toad-scheduler');
export const firstTick = 1;

export function open() {
  const scheduler = new ToadScheduler();
  let jobs = 0;
  return {
    every: (work, ms) => {
      const id = `job-${jobs++}`;
      scheduler.addSimpleIntervalJob(new SimpleIntervalJob({ milliseconds: ms }, new Task(id, work), { id }));
      return id;
    },
    close: () => scheduler.stop(),
  };
}
