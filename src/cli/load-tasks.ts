// The tasks of a module: what it exports that `defineTask` has made.
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { isTaskDefinition, type TaskDefinition } from '../define-task.js';
import { learnTypeScript } from '../learn-typescript.js';
import { show } from '../task/show.js';
import { suggestion, UsageError } from './arguments.js';

/** A message is no place for more names. */
const NAMES_SHOWN = 20;

/** The module was found, and could not be loaded; `cause` says why. */
export class LoadError extends Error {
  override readonly name = 'LoadError';
}

/** The definitions that a module exports, by the names of their exports. */
export type ExportedTasks = ReadonlyMap<string, TaskDefinition>;

/**
 * Loads a module, and picks some of its tasks.
 *
 * @param names of exports; none for all of them
 * @throws UsageError, LoadError
 */
export async function loadTasks(file: string, names: readonly string[]): Promise<ExportedTasks> {
  const path = resolve(file);
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) throw new UsageError(`there is no file ${path}.`);
  const tasks = exportedTasks(await load(path));
  const shown = basename(path);
  if (tasks.size === 0) {
    throw new UsageError(`${shown} exports no task. Write: import { defineTask, every } from 'carillon'; export const hello = defineTask(() => 'Hello!', every('5s'));`);
  }
  return names.length === 0 ? tasks : new Map(names.map((name) => {
    const task = tasks.get(name);
    if (!task) throw new UsageError(`${shown} exports no task ${name}.${suggestion(name, tasks.keys())} There are: ${listed([...tasks.keys()])}.`);
    return [name, task];
  }));
}

/** The tasks among what a module exports. One that has several names is one task, under the first of them. */
export function exportedTasks(exported: Readonly<Record<string, unknown>>): ExportedTasks {
  const tasks = new Map<string, TaskDefinition>();
  const seen = new Set<TaskDefinition>();
  const add = (name: string, value: unknown): void => {
    if (!isTaskDefinition(value) || seen.has(value)) return;
    seen.add(value);
    tasks.set(name, value);
  };
  // Any other name says more than "default" does; and than "module.exports", as newer Nodes call that of a CommonJS module besides.
  const { default: main, 'module.exports': same, ...named } = exported;
  for (const [name, value] of Object.entries(named)) add(name, value);
  add('default', main);
  add('default', same);
  // Of a CommonJS module, what it exports is the default.
  if (typeof main === 'object' && main !== null && !isTaskDefinition(main)) for (const [name, value] of Object.entries(main)) add(name, value);
  return tasks;
}

async function load(path: string): Promise<Readonly<Record<string, unknown>>> {
  const { href } = pathToFileURL(path);
  try {
    await learnTypeScript(href);
    return await imported(href);
  } catch (cause) {
    throw new LoadError(`${path} can't be loaded: ${cause instanceof Error ? cause.message : show(cause)}${wayOut(path, cause)}`, { cause });
  }
}

/** An import that nothing can end any more fails: or else the process would end without a word. */
async function imported(href: string): Promise<Readonly<Record<string, unknown>>> {
  const settled = new AbortController();
  try {
    return await Promise.race([
      import(href) as Promise<Readonly<Record<string, unknown>>>,
      once(process, 'beforeExit', { signal: settled.signal }).then(() => { throw new Error('it awaits, at its top level, what can never come.'); }),
    ]);
  } finally {
    settled.abort();
  }
}

function listed(names: readonly string[]): string {
  const more = names.length - NAMES_SHOWN;
  return names.slice(0, NAMES_SHOWN).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** What to do about it, as far as that can be told. */
function wayOut(path: string, cause: unknown): string {
  const isTypeScript = /\.[cm]?tsx?$/.test(path);
  if (!(cause instanceof Error)) return '';
  // Where it is that something can't be read, Node says only to whoever runs it.
  if (!isTypeScript) return cause instanceof SyntaxError && !placeOf(cause) ? `. To see where, run: node ${basename(path)}` : '';
  const isByNode = (process.features as { readonly typescript?: unknown }).typescript === 'strip';
  // No enums, no CommonJS, no import of "./work.js" for what is work.ts.
  if (!isByNode || !(cause instanceof SyntaxError || ('code' in cause && /MODULE|EXTENSION|IMPORT/.test(String(cause.code))))) return '';
  return `. Node strips types from TypeScript and does no more; tsx does the rest: NODE_OPTIONS='--import tsx' npx carillon run ${basename(path)}`;
}

/** Of some errors, Node puts before the stack where it is in which file, and what stands there. */
export function placeOf({ stack, name }: Error): string {
  return typeof stack === 'string' ? stack.slice(0, Math.max(0, stack.indexOf(`${name}:`))) : '';
}
