// The map that `tasks$` emits: every task as it stood at one moment, in the order they were scheduled.
import type { TaskId, TaskState } from '../task/task.js';
import type { ArrayView } from './persistent-array.js';

/** Where each task is kept that is known. */
export interface TaskIndex {
  indexOf(id: TaskId): number | undefined;
  /** How many tasks were ever forgotten. */
  readonly removals: number;
}

/**
 * An unchanging `ReadonlyMap` over a view of what is kept of each task. States are made as they are read.
 *
 * Ids are found by the index of whoever keeps the tasks; only for a task that was forgotten since does a map build one of its own.
 */
export class TaskMap<V extends { readonly id: TaskId }> implements ReadonlyMap<TaskId, TaskState> {
  readonly #records: ArrayView<V>;
  readonly #index: TaskIndex;
  readonly #removals: number;
  readonly #stateOf: (record: V) => TaskState;
  #forgotten: Map<TaskId, V> | undefined;

  /** @param version how many changes there were before */
  constructor(records: ArrayView<V>, index: TaskIndex, readonly version: number, stateOf: (record: V) => TaskState) {
    this.#records = records;
    this.#index = index;
    this.#stateOf = stateOf;
    this.#removals = index.removals;
  }

  get size(): number {
    return this.#records.size;
  }

  get(id: TaskId): TaskState | undefined {
    const record = this.#find(id);
    return record && this.#stateOf(record);
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
    for (const record of this.#records) yield this.#stateOf(record);
  }

  *entries(): MapIterator<[TaskId, TaskState]> {
    for (const record of this.#records) yield [record.id, this.#stateOf(record)];
  }

  [Symbol.iterator](): MapIterator<[TaskId, TaskState]> {
    return this.entries();
  }

  /**
   * The tasks that are others than in an earlier map, each by its place in the order of scheduling; undefined for one that is gone. With maps of
   * one scheduler it costs what has changed in between; without an earlier one, it is all tasks.
   */
  *changesSince(earlier: TaskMap<V> | undefined): Generator<readonly [place: number, state: TaskState | undefined]> {
    for (const [place, record] of this.#records.changesSince(earlier && earlier.#records)) yield [place, record && this.#stateOf(record)];
  }

  #find(id: TaskId): V | undefined {
    const index = this.#index.indexOf(id);
    const record = index === undefined ? undefined : this.#records.get(index);
    if (record || this.#index.removals === this.#removals) return record;
    this.#forgotten ??= new Map([...this.#records].map((known) => [known.id, known]));
    return this.#forgotten.get(id);
  }
}
