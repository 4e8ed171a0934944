// processModule: the exported functions of a module, called in child processes.
import { locate, moduleFunctions, type WorkerModule } from './module-functions.js';
import { processSetup, type ProcessModuleOptions } from './options.js';
import { ProcessWorkers } from './process-workers.js';
import { WorkerPool } from './worker-pool.js';

/**
 * As {@link workerModule}, over child processes: for work that may crash natively, or has to die for certain.
 *
 * A process that is ended by a signal costs its own run alone, which fails with a WorkerCrashedError that names the signal; and
 * SIGKILL ends what a thread's end has to wait for, such as a call into native code. A process takes longer to start than a
 * thread and more memory, and nothing moves to it: what {@link transfer} names is copied.
 *
 * @param url where the module is, as for `workerModule()`
 * @throws InvalidArgumentError when there is no such file, or an option can't be used
 * @example
 * import type * as work from './native-work.js';
 * const { decode } = processModule<typeof work>(new URL('./native-work.js', import.meta.url), { processes: 2 });
 */
export function processModule<M extends object>(url: URL | string, options?: ProcessModuleOptions): WorkerModule<M> {
  const module = locate(url, 'processModule');
  const setup = processSetup(module, options);
  return moduleFunctions(module, new WorkerPool(setup, (listener) => new ProcessWorkers(setup, listener)));
}
