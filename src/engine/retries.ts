// Retries: whether an attempt that failed is followed by another, and the wait for that one, in which the run holds no slot.
import type { SchedulerLike } from 'rxjs';
import { durationMs } from '../task/duration.js';
import { InvalidArgumentError } from '../task/errors.js';
import { askedDelay, causeOf, isFinalFailure } from '../task/retry-errors.js';
import { retryDelay } from '../task/retry.js';
import { show } from '../task/show.js';
import type { Desk } from './desk.js';
import { Run } from './run.js';
import { joinLive, type ScheduledTask } from './scheduled-task.js';

/** What the retries need of the engine. */
export interface RetryPorts {
  readonly clock: SchedulerLike;
  readonly desk: Desk;
  readonly random: () => number;
  /** Whether runs may start at all. */
  isOpen(): boolean;
  /** Gets what a function of the user's has thrown. */
  report(error: unknown, run: Run): void;
  /** Sends a run to the gate. */
  enter(run: Run): void;
}

/** Tries runs again. */
export class Retries {
  readonly #ports: RetryPorts;

  constructor(ports: RetryPorts) {
    this.#ports = ports;
  }

  /**
   * How long to wait for the next attempt, in ms; undefined when there is none. It calls functions of the user's, so outside any
   * step: a run may have its outcome afterwards.
   */
  delayAfter(run: Run, error: Error): number | undefined {
    const { task: { policy: { retry }, closures, stopping }, attempt, rare: { deadline } } = run;
    if (!retry || attempt >= retry.maxAttempts || isFinalFailure(error) || stopping || !this.#ports.isOpen()) return undefined;
    const cause = causeOf(error);
    try {
      const { retryIf, backoff } = closures.retry ?? {};
      if (retryIf && !retryIf(cause, attempt)) return undefined;
      const computed = backoff ? durationMs(backoff(attempt, cause), 'retry.backoff') : 0;
      const delay = askedDelay(error) ?? retryDelay(retry, attempt, computed, this.#random);
      // Whoever was asked may have stopped the task, or the scheduler.
      if (run.task.stopping || !this.#ports.isOpen()) return undefined;
      // One that could not begin in time would only keep whoever waits for the outcome waiting.
      return deadline && this.#ports.clock.now() + delay >= deadline.at ? undefined : delay;
    } catch (thrown) {
      this.#ports.report(thrown, run);
      return undefined;
    }
  }

  readonly #random = (): number => {
    const chance = this.#ports.random();
    if (chance >= 0 && chance < 1) return chance;
    throw new InvalidArgumentError('random', chance, `random() needs to return a number from 0 up to 1; got ${show(chance)}.`);
  };

  /** The attempt is followed by another, after so many ms. The slot of this one is its own to release. */
  follow(run: Run, error: Error, delay: number): void {
    const { clock, desk } = this.#ports;
    const { task, id, tick, scheduledFor, reason, value, order, priority, args } = run;
    const next = new Run(id, task, tick, scheduledFor, reason, value, run.attempt + 1);
    next.phase = 'retrying';
    next.isToldQueued = true;
    next.order = order;
    next.priority = priority;
    next.args = args;
    const [before, after] = [run.ownRare, next.ownRare];
    after.lastError = error;
    after.ownClaim = before.ownClaim;
    after.deadline = before.deadline;
    if (after.deadline) after.deadline.run = next;
    before.deadline = before.ownClaim = undefined;
    before.successor = next;
    after.predecessor = run;
    task.live.remove(run);
    joinLive(task, next);
    desk.emit({ type: 'runRetrying', taskId: task.id, runId: id, error, nextAttemptAt: desk.at + delay });
    next.wait = clock.schedule(() => {
      next.wait = undefined;
      after.isDue = true;
      this.enterIfReady(next);
    }, delay);
  }

  /** Lets a run go to the gate for its next attempt: not before its time, nor while the last one holds its slot, nor in a pause. */
  enterIfReady(run: Run): void {
    const isHeld = run.task.paused && run.reason !== 'manual';
    if (run.phase !== 'retrying' || !run.rare.isDue || run.rare.predecessor || isHeld || run.isAtGate) return;
    this.#ports.desk.step(() => { this.#ports.enter(run); });
  }

  /** The pause is over. */
  resume(task: ScheduledTask): void {
    for (const run of task.live) this.enterIfReady(run);
  }
}
