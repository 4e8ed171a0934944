// workerModule: the exported functions of a module, called in threads.
import { locate, moduleFunctions, type WorkerModule } from './module-functions.js';
import { threadSetup, type WorkerModuleOptions } from './options.js';
import { ThreadWorkers } from './thread-workers.js';
import { WorkerPool } from './worker-pool.js';

/**
 * The functions that a module exports, each called in a thread, with the types that they have.
 *
 * Each is a plain async function, and work for a scheduler: its runs wait as `QUEUED` for a free thread. All functions of the
 * module share its threads, which start when they are needed. A run that is cancelled, or outlives a stop, is told so by the
 * `signal` of its context, and its thread is ended when it goes on for longer than `graceMs`.
 *
 * @param url where the module is: `new URL('./work.js', import.meta.url)`. Where only `work.ts` is there, that is taken, for
 * `tsx` and for Node's own type stripping.
 * @throws InvalidArgumentError when there is no such file, or an option can't be used. What is wrong inside the module is told
 * by the calls: they reject with a WorkerModuleError
 * @example
 * import type * as work from './work.js';
 * const { fibonacci } = workerModule<typeof work>(new URL('./work.js', import.meta.url), { threads: 2 });
 * scheduler.scheduleOneTime(fibonacci, at, { args: [40] });
 */
export function workerModule<M extends object>(url: URL | string, options?: WorkerModuleOptions): WorkerModule<M> {
  const module = locate(url, 'workerModule');
  const setup = threadSetup(module, options);
  return moduleFunctions(module, new WorkerPool(setup, (listener) => new ThreadWorkers(setup, listener)));
}
