// The functions of a module, called in workers: found by name as they are asked for, with the types that the module gives them.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InvalidArgumentError } from '../task/errors.js';
import { show } from '../task/show.js';
import type { ResultOf } from '../task/work.js';
import { workerFunction, type WorkerFunction } from './worker-function.js';
import type { WorkerPool } from './worker-pool.js';

/** What of a module can be called in a worker: its exported functions, each with its own arguments and result. */
export type WorkerFunctions<M> = {
  readonly [K in keyof M as M[K] extends (...args: never) => unknown ? K : never]:
    M[K] extends (...args: infer A) => infer T ? WorkerFunction<A, ResultOf<T>> : never
};

/** The functions of a module, and what can be done with its workers. A function of the module's named `preload` or `dispose` is out of reach. */
export type WorkerModule<M> = Omit<WorkerFunctions<M>, 'preload' | 'dispose' | 'then'> & AsyncDisposable & {
  /** Starts all threads or processes, and loads the module in each: or else the first calls do. @throws WorkerModuleError */
  readonly preload: () => Promise<void>;
  /** Aborts what is in progress, and ends the workers for good; they end by themselves as the last scheduler stops that uses them. */
  readonly dispose: () => Promise<void>;
};

/** @param module the URL of the module, as {@link locate} has found it */
export function moduleFunctions<M>(module: string, pool: WorkerPool): WorkerModule<M> {
  const dispose = (): Promise<void> => pool.dispose();
  const made = new Map<string | symbol, unknown>([
    ['preload', () => pool.preload(module)],
    ['dispose', dispose],
    [Symbol.asyncDispose, dispose],
    // Or else `await` would take it for a promise.
    ['then', undefined],
    // Or else `JSON.stringify` and `String` would call them.
    ['toJSON', undefined], ['toString', undefined], ['valueOf', undefined],
  ]);
  return new Proxy(Object.create(null) as WorkerModule<M>, {
    get: (_, name) => {
      if (typeof name === 'string' && !made.has(name)) made.set(name, workerFunction(pool, { module, name }));
      return made.get(name);
    },
    set: () => false,
  });
}

const SOURCES: Readonly<Record<string, string>> = { '.js': '.ts', '.mjs': '.mts', '.cjs': '.cts' };

/** The URL of the module's file, or of its source where that is all there is. @throws InvalidArgumentError */
export function locate(url: URL | string, caller: string): string {
  const given = asUrl(url, caller);
  const source = given.href.replace(/\.[cm]?js$/, (extension) => SOURCES[extension] ?? extension);
  const found = [given.href, source].find((href) => existsSync(fileURLToPath(href)));
  if (found !== undefined) return found;
  throw new InvalidArgumentError('url', url, `${caller}(url) finds no module at ${fileURLToPath(given)}. Give new URL('./work.js', import.meta.url), with the path from the file that says so.`);
}

function asUrl(url: unknown, caller: string): URL {
  if ((url instanceof URL || typeof url === 'string') && URL.canParse(String(url))) {
    const parsed = new URL(String(url));
    if (parsed.protocol === 'file:') return parsed;
  }
  throw new InvalidArgumentError('url', url, `${caller}(url) needs the file: URL of a module, such as new URL('./work.js', import.meta.url); got ${show(url)}.`);
}
