// The registry: where an engine finds the functions of a task, for commands are plain data.
import type { TaskId } from '../task/task.js';
import type { Closures } from './scheduled-task.js';

/** Closures by the id of their task, from the call that schedules it until the engine takes it on. */
export class Registry {
  readonly #closures = new Map<TaskId, Closures>();

  bind(id: TaskId, closures: Closures): void {
    this.#closures.set(id, closures);
  }

  /** The closures of a task, which from now on the engine holds. */
  take(id: TaskId): Closures {
    const closures = this.#closures.get(id);
    if (!closures) throw new Error(`carillon: no work was bound for the task "${id}". Please report this.`);
    this.#closures.delete(id);
    return closures;
  }
}
