// Remote tasks: the tasks of a scheduler in another thread, kept up by what is told of their changes.
import { defer, map, type Observable } from 'rxjs';
import { PersistentArray } from '../store/persistent-array.js';
import { TaskMap, type TaskIndex } from '../store/task-map.js';
import type { TaskId, TaskState } from '../task/task.js';
import type { TaskChanges } from './remote-protocol.js';

/** The tasks, from what is told of their changes. */
export function tasksFrom(changes$: Observable<unknown>): Observable<ReadonlyMap<TaskId, TaskState>> {
  return defer(() => {
    const tasks = new RemoteTasks();
    return changes$.pipe(map((changes) => tasks.changed(changes as TaskChanges)));
  });
}

class RemoteTasks implements TaskIndex {
  readonly #states = new PersistentArray<TaskState>();
  readonly #indices = new Map<TaskId, number>();
  #next = 0;
  #version = 0;
  removals = 0;

  /** All tasks as they are with these changes, in the order they were scheduled; it costs what the changes cost. */
  changed({ gone, now }: TaskChanges): ReadonlyMap<TaskId, TaskState> {
    for (const id of gone) {
      const index = this.#indices.get(id);
      if (index === undefined) continue;
      this.#states.delete(index);
      this.#indices.delete(id);
      this.removals++;
    }
    for (const state of now) {
      const index = this.#indices.get(state.id) ?? this.#next++;
      this.#indices.set(state.id, index);
      this.#states.set(index, state);
    }
    return new TaskMap(this.#states.view(), this, ++this.#version, (state) => state);
  }

  indexOf(id: TaskId): number | undefined {
    return this.#indices.get(id);
  }
}
