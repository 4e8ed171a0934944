// The newest runs of a task that are over: a ring, in which the newest takes the place of the oldest.
import type { RunRecord } from '../task/run-record.js';

/** So many runs at most, oldest first. An array that is shifted would be moved as a whole, for each run of a task. */
export class KeptRuns implements Iterable<RunRecord> {
  readonly #runs: RunRecord[];
  #oldest = 0;

  constructor(first: RunRecord) {
    this.#runs = [first];
  }

  get newest(): RunRecord {
    return this.#runs[this.#newestPlace] as RunRecord;
  }

  /** Replaces the newest. */
  set newest(run) {
    this.#runs[this.#newestPlace] = run;
  }

  /** Adds the newest. @returns the oldest, if there is no room for so many */
  add(run: RunRecord, most: number): RunRecord | undefined {
    const runs = this.#runs;
    if (runs.length < most) {
      runs.push(run);
      return undefined;
    }
    const oldest = runs[this.#oldest];
    runs[this.#oldest] = run;
    this.#oldest = this.#oldest === runs.length - 1 ? 0 : this.#oldest + 1;
    return oldest;
  }

  *[Symbol.iterator](): Iterator<RunRecord> {
    yield* this.#runs.slice(this.#oldest);
    yield* this.#runs.slice(0, this.#oldest);
  }

  get #newestPlace(): number {
    return (this.#oldest === 0 ? this.#runs.length : this.#oldest) - 1;
  }
}
