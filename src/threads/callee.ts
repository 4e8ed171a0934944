// The callee: the function that a call is for, found in the thread by its module and name, or made of its source.
import { show } from '../task/show.js';
import { learnTypeScript } from '../learn-typescript.js';
import { because } from './crash.js';
import { NotSerializableError, WorkerModuleError } from './errors.js';
import type { Callee } from './protocol.js';

/** Whatever a call is for. */
export type AnyFunction = (...args: readonly unknown[]) => unknown;

const functions = new Map<string, AnyFunction>();

/**
 * What a text of a callee's stands for. A promise only when it has to be found first; that rejects with WorkerModuleError.
 *
 * @throws NotSerializableError
 */
export function functionOf(text: string): AnyFunction | Promise<AnyFunction> {
  const known = functions.get(text);
  if (known) return known;
  const callee = JSON.parse(text) as Callee;
  if ('load' in callee) return load(callee.load).then(() => () => undefined);
  const keep = (found: AnyFunction): AnyFunction => {
    functions.set(text, found);
    return found;
  };
  return 'source' in callee ? keep(ofSource(callee.source)) : ofModule(callee.module, callee.name).then(keep);
}

async function load(module: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    await learnTypeScript(module);
    return await import(module) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw new WorkerModuleError(module, `The module ${module} can't be loaded in a thread: ${because(cause)}`, { cause });
  }
}

async function ofModule(module: string, name: string): Promise<AnyFunction> {
  const exported = await load(module);
  const found = exported[name];
  if (typeof found === 'function') return found as AnyFunction;
  const functionsThere = Object.keys(exported).filter((key) => typeof exported[key] === 'function');
  throw new WorkerModuleError(module, `The module ${module} exports ${name in exported ? `${show(name)}, which is no function` : `no ${show(name)}`}. ` +
    `Functions that it exports: ${functionsThere.length > 0 ? functionsThere.join(', ') : 'none'}.`);
}

function ofSource(source: string): AnyFunction {
  const work = compile(source);
  return (...args) => {
    try {
      const returned = work(...args);
      return returned instanceof Promise ? returned.catch(explain) : returned;
    } catch (error) {
      return explain(error);
    }
  };
}

/** A method's source is no expression by itself, but it is one in an object. */
function compile(source: string): AnyFunction {
  for (const expression of [`(${source}\n)`, `Object.values({ ${source}\n })[0]`]) {
    try {
      // To make a function of its source is all that inThread() is for; the source is that of a function of the caller's.
      // eslint-disable-next-line @typescript-eslint/no-implied-eval
      const make = new Function('__name', `"use strict"; return ${expression}`) as (name: unknown) => unknown;
      // esbuild, and so tsx, names inner functions by a function of its own, which it does not put into the source.
      const made = make((fn: unknown) => fn);
      if (typeof made === 'function') return made as AnyFunction;
    } catch {
      // Then it is the other.
    }
  }
  throw new NotSerializableError('inThread(fn)', 'inThread(fn) can\'t make the function anew of its source. Move it to a module, and name that with workerModule().');
}

function explain(error: unknown): never {
  if (!(error instanceof ReferenceError)) throw error;
  throw new NotSerializableError('inThread(fn)',
    `inThread(fn) takes a function to its thread by its source alone, and there ${error.message}. Hand it over as an argument, ` +
      'import it inside the function with await import(), or move the function to a module and name that with workerModule().', { cause: error });
}
