// The registry: where an engine finds the functions of a task, for commands are plain data.
import type { TaskId } from '../task/task.js';
import type { WorkResource } from '../task/work.js';
import type { Bound } from './scheduled-task.js';

/** What is bound to a task, by its id, from the call that schedules it until the engine takes it on. */
export class Registry {
  readonly #bound = new Map<TaskId, Bound>();
  /** What was bound last, which an engine in this thread takes at once: a Map in and out of which everything goes is rehashed all the time. */
  #latest: { readonly id: TaskId; readonly bound: Bound } | undefined;

  /** What the work needs that was bound so far. */
  readonly #resources = new Set<WorkResource>();

  bind(id: TaskId, bound: Bound): void {
    const { work } = bound;
    if (typeof work !== 'function' && work.resource) this.#retain(work.resource);
    if (this.#latest) this.#bound.set(this.#latest.id, this.#latest.bound);
    this.#latest = { id, bound };
  }

  /** What is bound to a task, which from now on the engine holds. */
  take(id: TaskId): Bound {
    const isLatest = this.#latest?.id === id;
    const bound = isLatest ? this.#latest?.bound : this.#bound.get(id);
    if (!bound) throw new Error(`carillon: no work was bound for the task "${id}". Please report this.`);
    if (isLatest) this.#latest = undefined;
    else this.#bound.delete(id);
    return bound;
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
