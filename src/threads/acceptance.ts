// Acceptance: what a scheduler in another thread says to the calls that gave an id at once.
import { DuplicateTaskError, TaskNotFoundError } from '../task/errors.js';
import type { TaskId } from '../task/task.js';

/** A call of `schedule` or `runTask` that is not answered yet. */
interface Ask {
  readonly accepted: Promise<void>;
  isAwaited: boolean;
}

/** Why a call was refused, and whether that is why there is no such task. */
interface Refusal {
  readonly error: Error;
  readonly isAbsence: boolean;
}

/** How many refusals are remembered: the newest. */
const REMEMBERED = 1_000;

export class Acceptance {
  readonly #asks = new Map<TaskId, Ask>();
  readonly #refusals = new Map<TaskId, Refusal>();
  readonly #onUnobserved: (refusal: unknown, id: TaskId) => void;

  /** @param onUnobserved gets each refusal that nobody waited for */
  constructor(onUnobserved: (refusal: unknown, id: TaskId) => void) {
    this.#onUnobserved = onUnobserved;
  }

  /** A call about this task was made; the latest counts. */
  expect(id: TaskId, name: 'schedule' | 'runTask', answer: Promise<unknown>): void {
    const ask: Ask = {
      isAwaited: false,
      accepted: answer.then(() => {
        this.#refusals.delete(id);
        this.#settled(id, ask);
      }, (thrown: unknown) => {
        const error = this.explain(thrown, id) as Error;
        this.#remember(id, { error, isAbsence: error !== thrown || (name === 'schedule' && !(error instanceof DuplicateTaskError)) });
        this.#settled(id, ask);
        if (!ask.isAwaited) this.#onUnobserved(error, id);
        throw error;
      }),
    };
    ask.accepted.catch(() => undefined);
    this.#asks.set(id, ask);
  }

  /** What came of the latest call about this task; undefined when there was none, or it was accepted already. */
  of(id: TaskId): Promise<void> | undefined {
    const ask = this.#asks.get(id);
    if (ask) ask.isAwaited = true;
    const refusal = this.#refusals.get(id);
    return ask?.accepted ?? (refusal && Promise.reject(refusal.error));
  }

  /** An error that says that there is no such task says why, when that is since it was refused; any other is itself. */
  explain(error: unknown, id: TaskId): unknown {
    const refusal = this.#refusals.get(id);
    return refusal?.isAbsence && error instanceof TaskNotFoundError && !error.forgotten ? refusal.error : error;
  }

  #settled(id: TaskId, ask: Ask): void {
    if (this.#asks.get(id) === ask) this.#asks.delete(id);
  }

  #remember(id: TaskId, refusal: Refusal): void {
    this.#refusals.delete(id);
    this.#refusals.set(id, refusal);
    if (this.#refusals.size > REMEMBERED) for (const [oldest] of this.#refusals) { this.#refusals.delete(oldest); break; }
  }
}
