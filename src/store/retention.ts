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

/** A finished task, as far as retention goes. */
export interface Finished {
  readonly record: { readonly id: TaskId };
}

/**
 * Which finished tasks are known, oldest first, and which were forgotten lately.
 *
 * Queues are arrays with a moving head, for a `Set` that loses its oldest entries searches through the gaps they leave.
 */
export class Retention {
  readonly #tasks: number;
  /** Runs that are kept of each task. */
  readonly runs: number;
  #finished: (Finished | undefined)[] = [];
  #head = 0;
  readonly #known = new Set<Finished>();
  readonly #forgotten = new Set<TaskId>();
  readonly #forgottenInOrder: TaskId[] = [];
  #oldestForgotten = 0;

  constructor({ tasks = 10_000, runs = 20 }: RetentionOptions = {}) {
    this.#tasks = tasks;
    this.runs = runs;
  }

  /** The task has its final status. */
  finished(task: Finished): void {
    this.#known.add(task);
    this.#finished.push(task);
  }

  /** The task is no longer known. */
  removed(task: Finished): void {
    this.#known.delete(task);
    this.#remember(task.record.id);
    // Those that were removed by hand leave gaps, which are closed once they are the greater part.
    if (this.#finished.length - this.#head > 2 * this.#known.size + REMEMBERED) this.#close();
  }

  wasForgotten(id: TaskId): boolean {
    return this.#forgotten.has(id);
  }

  /** The oldest finished task, when there are more than are kept. */
  surplus(): TaskId | undefined {
    if (this.#known.size <= this.#tasks) return undefined;
    for (;;) {
      const oldest = this.#finished[this.#head];
      if (oldest && this.#known.has(oldest)) return oldest.record.id;
      this.#finished[this.#head++] = undefined;
      if (this.#head > REMEMBERED && this.#head > this.#finished.length / 2) this.#close();
    }
  }

  #close(): void {
    this.#finished = this.#finished.slice(this.#head).filter((task) => task !== undefined && this.#known.has(task));
    this.#head = 0;
  }

  #remember(id: TaskId): void {
    if (this.#forgotten.has(id)) return;
    this.#forgotten.add(id);
    if (this.#forgottenInOrder.length < REMEMBERED) {
      this.#forgottenInOrder.push(id);
      return;
    }
    this.#forgotten.delete(this.#forgottenInOrder[this.#oldestForgotten] as TaskId);
    this.#forgottenInOrder[this.#oldestForgotten] = id;
    this.#oldestForgotten = (this.#oldestForgotten + 1) % REMEMBERED;
  }
}
