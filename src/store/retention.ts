// Retention: how much of what is over is kept, so that a scheduler that runs for ever holds bounded memory.
import type { TaskId } from '../task/task.js';

/** How much of what is over is kept. */
export interface RetentionOptions {
  /** Tasks with a final status: the newest so many. @default 10000 */
  readonly tasks?: number | undefined;
  /** Runs that are over, of each task: the newest so many. @default 20 */
  readonly runs?: number | undefined;
}

/** So many forgotten ids are remembered, to tell "forgotten" from "never known". */
const REMEMBERED = 1_000;

/** A finished task, as far as retention goes: a link in the chain of those that are known. */
export interface Finished {
  readonly id: TaskId;
  older: Finished | undefined;
  newer: Finished | undefined;
}

/**
 * Which finished tasks are known, oldest first, and which were forgotten lately.
 *
 * The tasks are a chain and the ids a ring, for a `Set` that loses its oldest entries searches through the gaps they leave.
 * Who asks for an id that is not known can wait for a look at all of the ring.
 */
export class Retention {
  readonly #tasks: number;
  /** Runs that are kept of each task. */
  readonly runs: number;
  #oldest: Finished | undefined;
  #newest: Finished | undefined;
  #size = 0;
  readonly #forgotten: TaskId[] = [];
  #oldestForgotten = 0;

  constructor({ tasks = 10_000, runs = 20 }: RetentionOptions = {}) {
    this.#tasks = tasks;
    this.runs = runs;
  }

  /** The task has its final status. */
  finished(task: Finished): void {
    task.older = this.#newest;
    if (this.#newest) this.#newest.newer = task;
    else this.#oldest = task;
    this.#newest = task;
    this.#size++;
  }

  /** A finished task is no longer known. */
  removed(task: Finished): void {
    this.reopened(task);
    this.#remember(task.id);
  }

  /** A finished task may run again. */
  reopened(task: Finished): void {
    if (task.older) task.older.newer = task.newer;
    else this.#oldest = task.newer;
    if (task.newer) task.newer.older = task.older;
    else this.#newest = task.older;
    task.older = task.newer = undefined;
    this.#size--;
  }

  wasForgotten(id: TaskId): boolean {
    return this.#forgotten.includes(id);
  }

  /** The oldest finished task, when there are more than are kept. */
  surplus(): Finished | undefined {
    return this.#size > this.#tasks ? this.#oldest : undefined;
  }

  #remember(id: TaskId): void {
    this.#forgotten[this.#oldestForgotten] = id;
    this.#oldestForgotten = (this.#oldestForgotten + 1) % REMEMBERED;
  }
}
