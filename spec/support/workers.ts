// What the specs of threads and processes share: the module of work, closed after each, and waiting for what a run does.
import { afterEach } from '@jest/globals';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { RunState, TaskId, TaskScheduler } from 'carillon';
import { workerModule, type WorkerModule, type WorkerModuleOptions } from 'carillon/threads';
import { filter, firstValueFrom } from 'rxjs';
import type * as work from '../fixtures/threads/work.mjs';

const open: { readonly dispose: () => Promise<void> }[] = [];

afterEach(async () => { await Promise.all(open.splice(0).map((module) => module.dispose())); });

/** The URL of a file in the fixtures of threads. */
export function fixture(name: string): URL {
  return pathToFileURL(join(import.meta.dirname, '../fixtures/threads', name));
}

/** Disposes of the module when the spec is over. */
export function opened<M extends { readonly dispose: () => Promise<void> }>(module: M): M {
  open.push(module);
  return module;
}

/** The functions of work.mjs, in threads. */
export function inThreads(options?: WorkerModuleOptions): WorkerModule<typeof work> {
  return opened(workerModule<typeof work>(fixture('work.mjs'), options));
}

/** Resolves once a run of the task is like this. */
export async function runLike(scheduler: TaskScheduler, id: TaskId, like: Partial<RunState>): Promise<void> {
  await firstValueFrom(scheduler.runs$(id).pipe(
    filter((run) => Object.entries(like).every(([field, value]) => run[field as keyof RunState] === value)),
  ), { defaultValue: undefined });
}
