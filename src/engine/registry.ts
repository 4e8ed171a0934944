// The registry: where an engine finds the functions of a task, for commands are plain data.
import type { TaskId } from '../task/task.js';
import type { WorkResource } from '../task/work.js';
import type { Closures } from './scheduled-task.js';

/** Closures by the id of their task, from the call that schedules it until the engine takes it on. */
export class Registry {
  readonly #closures = new Map<TaskId, Closures>();
  /** What was bound last, which an engine in this thread takes at once: a Map in and out of which everything goes is rehashed all the time. */
  #latest: { readonly id: TaskId; readonly closures: Closures } | undefined;

  /** What the work needs that was bound so far. */
  readonly #resources = new Set<WorkResource>();

  bind(id: TaskId, closures: Closures): void {
    const { work } = closures;
    if (typeof work !== 'function' && work.resource) this.#retain(work.resource);
    if (this.#latest) this.#closures.set(this.#latest.id, this.#latest.closures);
    this.#latest = { id, closures };
  }

  /** The closures of a task, which from now on the engine holds. */
  take(id: TaskId): Closures {
    const isLatest = this.#latest?.id === id;
    const closures = isLatest ? this.#latest?.closures : this.#closures.get(id);
    if (!closures) throw new Error(`carillon: no work was bound for the task "${id}". Please report this.`);
    if (isLatest) this.#latest = undefined;
    else this.#closures.delete(id);
    return closures;
  }

  /** Gives up what the work needed; resolves once that is gone, as far as nobody else needs it. */
  async release(): Promise<void> {
    const resources = [...this.#resources];
    this.#resources.clear();
    await Promise.all(resources.map((resource) => resource.release()));
  }

  #retain(resource: WorkResource): void {
    if (this.#resources.has(resource)) return;
    this.#resources.add(resource);
    resource.retain();
  }
}
