// workerModule: the exported functions of a module, called in threads.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ResultOf } from '../task/work.js';
import { InvalidArgumentError } from '../task/errors.js';
import { show } from '../task/show.js';
import { readSetup, type WorkerModuleOptions } from './options.js';
import { threadFunction, type ThreadFunction } from './thread-function.js';
import { ThreadPool } from './thread-pool.js';

/** What of a module can be called in a thread: its exported functions, each with its own arguments and result. */
export type ThreadFunctions<M> = {
  readonly [K in keyof M as M[K] extends (...args: never) => unknown ? K : never]:
    M[K] extends (...args: infer A) => infer T ? ThreadFunction<A, ResultOf<T>> : never
};

/** The functions of a module, and what can be done with its threads. A function of the module's named `preload` or `dispose` is out of reach. */
export type WorkerModule<M> = Omit<ThreadFunctions<M>, 'preload' | 'dispose' | 'then'> & AsyncDisposable & {
  /** Starts all threads, and loads the module in each: or else the first calls do. @throws WorkerModuleError */
  readonly preload: () => Promise<void>;
  /** Aborts what is in progress, and ends the threads for good; they end by themselves as the last scheduler stops that uses them. */
  readonly dispose: () => Promise<void>;
};

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
  const module = locate(url);
  const pool = new ThreadPool(readSetup(module, options));
  const dispose = (): Promise<void> => pool.dispose();
  const made = new Map<string | symbol, unknown>([
    ['preload', () => pool.preload(module)],
    ['dispose', dispose],
    [Symbol.asyncDispose, dispose],
    // Or else `await` would take it for a promise.
    ['then', undefined],
  ]);
  return new Proxy(Object.create(null) as WorkerModule<M>, {
    get: (_, name) => {
      if (typeof name === 'string' && !made.has(name)) made.set(name, threadFunction(pool, { module, name }));
      return made.get(name);
    },
    set: () => false,
  });
}

const SOURCES: Readonly<Record<string, string>> = { '.js': '.ts', '.mjs': '.mts', '.cjs': '.cts' };

function locate(url: URL | string): string {
  const given = asUrl(url);
  const source = given.href.replace(/\.[cm]?js$/, (extension) => SOURCES[extension] ?? extension);
  const found = [given.href, source].find((href) => existsSync(fileURLToPath(href)));
  if (found !== undefined) return found;
  throw new InvalidArgumentError('url', url, `workerModule(url) finds no module at ${fileURLToPath(given)}. Give new URL('./work.js', import.meta.url), with the path from the file that says so.`);
}

function asUrl(url: unknown): URL {
  if ((url instanceof URL || typeof url === 'string') && URL.canParse(String(url))) {
    const parsed = new URL(String(url));
    if (parsed.protocol === 'file:') return parsed;
  }
  throw new InvalidArgumentError('url', url, `workerModule(url) needs the file: URL of a module, such as new URL('./work.js', import.meta.url); got ${show(url)}.`);
}
