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

/** Which finished tasks are known, oldest first, and which were forgotten lately. */
export class Retention {
  readonly #finished = new Set<TaskId>();
  readonly #forgotten = new Set<TaskId>();
  readonly #tasks: number;
  /** Runs that are kept of each task. */
  readonly runs: number;

  constructor({ tasks = 10_000, runs = 20 }: RetentionOptions = {}) {
    this.#tasks = tasks;
    this.runs = runs;
  }

  /** The task has its final status. */
  finished(id: TaskId): void {
    this.#finished.add(id);
  }

  /** The task is no longer known. */
  removed(id: TaskId): void {
    this.#finished.delete(id);
    this.#forgotten.delete(id);
    this.#forgotten.add(id);
    if (this.#forgotten.size > REMEMBERED) for (const oldest of this.#forgotten) { this.#forgotten.delete(oldest); break; }
  }

  wasForgotten(id: TaskId): boolean {
    return this.#forgotten.has(id);
  }

  /** The oldest finished task, when there are more than are kept. */
  surplus(): TaskId | undefined {
    if (this.#finished.size <= this.#tasks) return undefined;
    for (const oldest of this.#finished) return oldest;
    return undefined;
  }
}
