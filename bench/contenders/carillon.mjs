// Carillon, as built in ../dist (`npm run build` at the root), or in the folder that CARILLON_DIST names.
import { pathToFileURL } from 'node:url';

const dist = process.env.CARILLON_DIST ? pathToFileURL(`${process.env.CARILLON_DIST}/`) : new URL('../../dist/', import.meta.url);
const { TaskScheduler } = await import(new URL('index.js', dist).href);
export const { VirtualClock } = await import(new URL('testing/index.js', dist).href);

/** What `import 'carillon'` loads, and what of it others have made. */
export const entry = new URL('index.js', dist).href;
export const dependencies = ['rxjs', 'croner', 'uuid'];

/** The first tick of a periodic task is the call itself. */
export const firstTick = 0;

/** @param keep how many finished tasks stay known */
export function open({ concurrency, keep, clock } = {}) {
  const scheduler = new TaskScheduler({ concurrency, clock, ...(keep === undefined ? {} : { retention: { tasks: keep } }) });
  return {
    scheduler,
    once: (work, at, options) => scheduler.scheduleOneTime(work, at, options),
    // However late a tick is handled, it runs: no lateness hides behind a tick that was given up.
    every: (work, ms) => scheduler.schedulePeriodic(work, ms, { misfire: { grace: '1m' } }),
    cancel: (id) => scheduler.cancelTask(id),
    statusOf: (id) => scheduler.getTaskStatus(id),
    resultOf: (id) => scheduler.getTaskResult(id),
    close: () => scheduler.stop(),
  };
}

/** One function of thread-work.mjs: to be called directly, or scheduled to run now. */
export async function openThreads({ threads, name }) {
  const { workerModule } = await import(new URL('threads/index.js', dist).href);
  const { [name]: call, preload, dispose } = workerModule(new URL('thread-work.mjs', import.meta.url), { threads });
  const scheduler = new TaskScheduler();
  await preload();
  return {
    call,
    schedule: (...args) => scheduler.result(scheduler.scheduleOneTime(call, Date.now(), { args })),
    close: async () => {
      await scheduler.stop();
      await dispose();
    },
  };
}
