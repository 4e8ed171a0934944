// Time limits: an attempt that takes longer than its `timeout`, and a run that takes longer than its `deadline`.
import type { SchedulerLike } from 'rxjs';
import { TaskTimeoutError } from '../task/errors.js';
import type { Timing } from '../task/work.js';
import type { Deadline, Run } from './run.js';

/** Waits for the time limits of runs: one action of the clock each, and none for a task without. */
export class TimeLimits {
  readonly #clock: SchedulerLike;
  readonly #exceeded: (run: Run, error: TaskTimeoutError) => void;

  /** @param exceeded is called when an attempt has taken too long, or a run that may be waiting for its next attempt */
  constructor(clock: SchedulerLike, exceeded: (run: Run, error: TaskTimeoutError) => void) {
    this.#clock = clock;
    this.#exceeded = exceeded;
  }

  /** An attempt has started. */
  started(run: Run): void {
    const { deadline } = run.task.policy;
    // What it waited for until now was its `expiresAfter`.
    this.attemptEnded(run);
    this.#waitForTimeout(run);
    if (deadline === undefined || run.attempt > 1) return;
    // Whichever attempt the run is at by then, it is that one's.
    const limit: Deadline = { run, at: run.startedAt + deadline, wait: undefined };
    limit.wait = this.#clock.schedule(() => { this.#exceeded(limit.run, this.#error(limit.run, 'deadline', deadline)); }, deadline);
    run.ownRare.deadline = limit;
  }

  /** The count of an attempt whose work may have to wait for a thread that is only coming up, or that others hold. */
  timingOf(run: Run): Timing {
    return {
      wait: () => { this.attemptEnded(run); },
      begin: () => {
        this.attemptEnded(run);
        if (run.phase === 'started') this.#waitForTimeout(run);
      },
    };
  }

  /** The attempt is over; the run perhaps not. */
  attemptEnded(run: Run): void {
    run.wait?.unsubscribe();
    run.wait = undefined;
  }

  runEnded(run: Run): void {
    this.attemptEnded(run);
    if (!run.rare.deadline) return;
    run.rare.deadline.wait?.unsubscribe();
    run.ownRare.deadline = undefined;
  }

  #waitForTimeout(run: Run): void {
    const { timeout } = run.task.policy;
    if (timeout !== undefined) run.wait = this.#clock.schedule(() => { this.#exceeded(run, this.#error(run, 'timeout', timeout)); }, timeout);
  }

  #error({ task, id, rare: { lastError } }: Run, limit: 'timeout' | 'deadline', ms: number): TaskTimeoutError {
    // Why there was more than one attempt; a timeout is that of the attempt alone.
    const cause = limit === 'deadline' && lastError ? { cause: lastError } : undefined;
    return new TaskTimeoutError(task.id, id, limit, ms, cause);
  }
}
