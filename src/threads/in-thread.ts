// inThread: a function that needs nothing around it, taken to a thread by its source.
import { InvalidArgumentError } from '../task/errors.js';
import { show } from '../task/show.js';
import { contextualWorkOf, type ResultOf } from '../task/work.js';
import { threadSetup } from './options.js';
import { ThreadWorkers } from './thread-workers.js';
import { workerFunction, type WorkerFunction } from './worker-function.js';
import { WorkerPool } from './worker-pool.js';

const setup = threadSetup('functions given to inThread()', undefined);
/** Shared by all functions: they are for scripts and first steps. */
const pool = new WorkerPool(setup, (listener) => new ThreadWorkers(setup, listener));

/**
 * A function that runs in a thread, made anew there of its source: so it may use its arguments, what JavaScript and Node have
 * globally, and what it imports itself by `await import()`, but nothing of the file it stands in. For scripts and first steps;
 * {@link workerModule} takes all else.
 *
 * All such functions share as many threads as the machine has processors to spare.
 *
 * @throws InvalidArgumentError unless `fn` is a function with a source, and no work of `withContext`. A function that
 * reaches outside itself is only found out as it runs: the run fails with a NotSerializableError
 * @example
 * const double = inThread((n: number) => n * 2);
 * await double(21); // 42
 */
export function inThread<A extends readonly unknown[], T>(fn: (...args: A) => T): WorkerFunction<A, ResultOf<T>> {
  if (typeof fn !== 'function') throw new InvalidArgumentError('fn', fn, `inThread(fn) needs a function; got ${show(fn)}.`);
  const source = Function.prototype.toString.call(fn);
  if (contextualWorkOf(fn) || /^class\b|\{\s*\[native code\]\s*\}$/.test(source)) {
    throw new InvalidArgumentError('fn', fn, 'inThread(fn) needs a function with a source of its own, which one that is bound, built in or made by withContext() has not, and no class. ' +
      'Move it to a module, and name that with workerModule().');
  }
  return workerFunction(pool, { source });
}
