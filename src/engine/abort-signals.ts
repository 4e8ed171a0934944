// Abort signals: tasks that are cancelled when a signal of the user's aborts.
import type { ScheduledTask } from './scheduled-task.js';

/** Listens to each signal once, however many tasks heed it: Node takes more than ten listeners for a leak. */
export class AbortSignals {
  readonly #heeded = new Map<AbortSignal, { readonly tasks: Set<ScheduledTask>; readonly stop: () => void }>();
  readonly #cancel: (task: ScheduledTask, reason: unknown) => void;

  constructor(cancel: (task: ScheduledTask, reason: unknown) => void) {
    this.#cancel = cancel;
  }

  heed(task: ScheduledTask): void {
    const { signal } = task.closures;
    if (signal) (this.#heeded.get(signal) ?? this.#listen(signal)).tasks.add(task);
  }

  forget(task: ScheduledTask): void {
    if (this.#heeded.size === 0) return;
    const { signal } = task.closures;
    const heeded = signal && this.#heeded.get(signal);
    if (!heeded?.tasks.delete(task) || heeded.tasks.size > 0) return;
    heeded.stop();
    this.#heeded.delete(signal as AbortSignal);
  }

  #listen(signal: AbortSignal): { readonly tasks: Set<ScheduledTask>; readonly stop: () => void } {
    const tasks = new Set<ScheduledTask>();
    const abort = (): void => { for (const task of tasks) this.#cancel(task, signal.reason); };
    signal.addEventListener('abort', abort, { once: true });
    const heeded = { tasks, stop: () => { signal.removeEventListener('abort', abort); } };
    this.#heeded.set(signal, heeded);
    return heeded;
  }
}
