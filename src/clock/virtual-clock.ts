// A clock that stands still until a test moves it, one instant at a time.
import { setImmediate as macrotask } from 'node:timers/promises';
import { NEVER } from 'rxjs';
import type { Observable, Subscription } from 'rxjs';
import { ActionQueue } from './action-queue.js';
import { ClockAction } from './clock-action.js';
import type { ActionHost } from './clock-action.js';
import type { Clock, ClockJump, ClockWork } from './clock.js';

/** More actions than this, in one `runToIdle` or at one instant, are taken for a schedule that never ends. */
const DEFAULT_LIMIT = 1_000_000;

/** Options of {@link VirtualClock}. */
export interface VirtualClockOptions {
  /**
   * The time that it shows at first, epoch ms or a Date.
   * @default 0
   */
  readonly startAt?: number | Date;
}

/** Options of {@link VirtualClock.runToIdle}. */
export interface RunToIdleOptions {
  /**
   * How many actions may run before it gives up; a whole number of at least 1, or Infinity.
   * @default 1_000_000
   */
  readonly limit?: number;
}

/**
 * A clock for tests that moves only when told to, and lets promises settle at each instant before it goes on to the next.
 *
 * At each instant it runs the actions due, those scheduled meanwhile for the same instant included; then every promise that
 * can settle does, however long the chain; then it looks at the same instant again. I/O and real timers are not waited for.
 *
 * The methods that move it can be called without awaiting the call before: they take turns, in the order called. When an
 * action throws, the promise rejects with its error; the clock stands at that instant, and the other actions stay due.
 *
 * @example
 * ```ts
 * const clock = new VirtualClock({ startAt: new Date('2030-01-01') });
 * interval(1000, clock).subscribe((n) => console.log(n));
 * await clock.advanceBy(3000); // 0, 1, 2
 * ```
 */
export class VirtualClock implements Clock {
  /** It never jumps. */
  readonly jumps$: Observable<ClockJump> = NEVER;
  readonly #queue = new ActionQueue();
  readonly #host: ActionHost = {
    enqueue: (action, delay) => {
      this.#queue.putIn(action, delay, this.#now);
    },
    enqueueAt: (action, due) => {
      this.#queue.putAt(action, due, this.#now);
    },
    dequeue: (action) => {
      this.#queue.remove(action);
    },
  };
  #now: number;
  #turn: Promise<void> = Promise.resolve();

  constructor(options: VirtualClockOptions = {}) {
    this.#now = toInstant('startAt', options.startAt ?? 0);
  }

  now(): number {
    return this.#now;
  }

  schedule<T>(work: ClockWork<T>, delay = 0, state?: T): Subscription {
    return new ClockAction(this.#host, work, state).schedule(state, delay);
  }

  scheduleAt<T>(work: ClockWork<T>, due: number, state?: T, again?: Subscription): Subscription {
    return ClockAction.at(this.#host, work, due, state, again);
  }

  /** Moves to that instant, epoch ms or a Date, by way of all that is due until then; never backwards. */
  advanceTo(instant: number | Date): Promise<void> {
    return this.#inTurn(() => this.#advance(toInstant('advanceTo()', instant)));
  }

  /** Moves on by that many ms, 0 or more, by way of all that is due until then. */
  advanceBy(ms: number): Promise<void> {
    return this.#inTurn(() => {
      if (!(ms >= 0 && ms < Infinity)) {
        throw new RangeError(`advanceBy() needs a number of milliseconds, 0 or more; got ${String(ms)}. A VirtualClock never goes back.`);
      }
      return this.#advance(this.#now + ms);
    });
  }

  /** Moves on from instant to instant until nothing waits any more. What waits for Infinity is left waiting. */
  runToIdle(options: RunToIdleOptions = {}): Promise<void> {
    return this.#inTurn(async () => {
      const { limit = DEFAULT_LIMIT } = options;
      if (!(limit >= 1) || (limit < Infinity && !Number.isInteger(limit))) {
        throw new RangeError(`runToIdle() needs a limit that is a whole number of at least 1, or Infinity; got ${String(limit)}.`);
      }
      let left = limit;
      await macrotask();
      while (this.#queue.nextDue < Infinity) left -= await this.#runInstant(left, limit);
    });
  }

  async #advance(target: number): Promise<void> {
    if (target < this.#now) {
      throw new RangeError(
        `advanceTo() cannot go back to ${String(target)}: the clock shows ${String(this.#now)}. Advance to a later instant, or start a new VirtualClock.`,
      );
    }
    // What was set going before this call may still be about to schedule something.
    await macrotask();
    while (this.#queue.nextDue <= target) await this.#runInstant(DEFAULT_LIMIT, DEFAULT_LIMIT);
    this.#now = target;
  }

  /** Runs all that is due at the next instant until nothing more comes of it, and says how many actions that were. */
  async #runInstant(left: number, limit: number): Promise<number> {
    const instant = this.#queue.nextDue;
    this.#now = instant;
    let ran = 0;
    while (this.#queue.nextDue <= instant) {
      if (ran >= left) {
        throw new Error(
          `an endless schedule: ${limit} actions have run, and more are due at ${instant}. ` +
            'Stop what repeats or give it a delay; advanceBy() moves past a task that repeats for ever; runToIdle({ limit }) lets more run.',
        );
      }
      this.#queue.takeDue(instant)?.run();
      ran += 1;
      // A whole turn of the event loop, for promises to settle; they may have scheduled more for this instant.
      if (this.#queue.nextDue > instant) await macrotask();
    }
    return ran;
  }

  #inTurn(move: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(move);
    // Whoever called hears of the error; the next in line gets its turn all the same.
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

function toInstant(name: string, instant: number | Date): number {
  const at = typeof instant === 'number' ? instant : instant.getTime();
  if (Number.isFinite(at)) return at;
  throw new RangeError(`${name} needs an instant, in epoch milliseconds or as a valid Date; got ${String(instant)}.`);
}
