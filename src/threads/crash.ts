// Crashes: what a call fails with whose worker has died, or never came up.
import { show } from '../task/show.js';
import { NotSerializableError, WorkerCrashedError, WorkerOutOfMemoryError } from './errors.js';
import type { WorkerSetup } from './options.js';
import type { Exit } from './workers.js';

/** @param exit how its worker ended; undefined when it had none */
export function crash({ kind, title }: WorkerSetup, cause: unknown, exit: Exit | undefined): Error {
  if (codeOf(cause) === 'ERR_WORKER_OUT_OF_MEMORY') return new WorkerOutOfMemoryError(`The ${kind} for ${title} ran out of memory.`, { cause });
  if (cause instanceof NotSerializableError) return cause;
  if (!exit && isRefusal(cause)) return new NotSerializableError('args', `The call can't be sent to the ${kind} for ${title}: ${because(cause)}`, { cause });
  return new WorkerCrashedError(`The ${kind} for ${title} died under the call: ${because(cause)}`, {
    cause, ...(exit?.code !== undefined && { exitCode: exit.code }), ...(exit?.signal !== undefined && { signal: exit.signal }),
  });
}

export function noStart({ kind, title }: WorkerSetup, cause: unknown): Error {
  if (codeOf(cause) === 'ERR_WORKER_OUT_OF_MEMORY') return new WorkerOutOfMemoryError(`A ${kind} for ${title} ran out of memory as it started.`, { cause });
  return new WorkerCrashedError(`A ${kind} for ${title} could not start: ${because(cause)}`, { cause });
}

/** Whether the call itself can't be sent, so that it would help nobody to try again. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && (error.name === 'DataCloneError' || error instanceof NotSerializableError);
}

/** What an error, or whatever it is, says. */
export function because(cause: unknown): string {
  return cause instanceof Error ? cause.message : show(cause);
}

function codeOf(cause: unknown): unknown {
  return (cause as { readonly code?: unknown } | null | undefined)?.code;
}
