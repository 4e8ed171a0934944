// Crashes: what a call fails with whose thread has died, or never came up.
import { show } from '../task/show.js';
import { WorkerCrashedError, WorkerOutOfMemoryError } from './errors.js';

/** @param title what the thread is for */
export function crash(title: string, cause: unknown, exitCode: number | undefined): Error {
  if ((cause as { code?: unknown } | null)?.code === 'ERR_WORKER_OUT_OF_MEMORY') return new WorkerOutOfMemoryError(`The thread for ${title} ran out of memory.`, { cause });
  return new WorkerCrashedError(`The thread for ${title} died under the call: ${because(cause)}`, { cause, ...(exitCode !== undefined && { exitCode }) });
}

export function noStart(title: string, cause: unknown): Error {
  return new WorkerCrashedError(`A thread for ${title} could not start: ${because(cause)}`, { cause });
}

function because(cause: unknown): string {
  return cause instanceof Error ? cause.message : show(cause);
}
