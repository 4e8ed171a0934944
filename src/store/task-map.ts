// The map that `tasks$` emits: every task as it stood at one moment, in the order they were scheduled.
import { taskSnapshot } from '../task/snapshot.js';
import type { TaskRecord } from '../task/state.js';
import type { TaskId, TaskState } from '../task/task.js';
import type { ArrayView } from './persistent-array.js';

/** Where the store keeps each task that it knows. */
export interface TaskIndex {
  indexOf(id: TaskId): number | undefined;
  /** How many tasks were ever forgotten. */
  readonly removals: number;
}

/**
 * An unchanging `ReadonlyMap` over a view of the store's records. States are made as they are read.
 *
 * Ids are found by the store's own index; only for a task that was forgotten since does a map build one of its own.
 */
export class TaskMap implements ReadonlyMap<TaskId, TaskState> {
  readonly #records: ArrayView<TaskRecord>;
  readonly #index: TaskIndex;
  readonly #removals: number;
  #forgotten: Map<TaskId, TaskRecord> | undefined;

  /** @param version how many changes the store had seen */
  constructor(records: ArrayView<TaskRecord>, index: TaskIndex, readonly version: number) {
    this.#records = records;
    this.#index = index;
    this.#removals = index.removals;
  }

  get size(): number {
    return this.#records.size;
  }

  get(id: TaskId): TaskState | undefined {
    const record = this.#find(id);
    return record && taskSnapshot(record);
  }

  has(id: TaskId): boolean {
    return this.#find(id) !== undefined;
  }

  forEach(visit: (state: TaskState, id: TaskId, map: ReadonlyMap<TaskId, TaskState>) => void, thisArg?: unknown): void {
    for (const [id, state] of this) visit.call(thisArg, state, id, this);
  }

  *keys(): MapIterator<TaskId> {
    for (const record of this.#records) yield record.id;
  }

  *values(): MapIterator<TaskState> {
    for (const record of this.#records) yield taskSnapshot(record);
  }

  *entries(): MapIterator<[TaskId, TaskState]> {
    for (const record of this.#records) yield [record.id, taskSnapshot(record)];
  }

  [Symbol.iterator](): MapIterator<[TaskId, TaskState]> {
    return this.entries();
  }

  #find(id: TaskId): TaskRecord | undefined {
    const index = this.#index.indexOf(id);
    const record = index === undefined ? undefined : this.#records.get(index);
    if (record || this.#index.removals === this.#removals) return record;
    this.#forgotten ??= new Map([...this.#records].map((known) => [known.id, known]));
    return this.#forgotten.get(id);
  }
}
