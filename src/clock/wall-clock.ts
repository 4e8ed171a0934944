// The clock of real time: one Node timer over one heap of actions.
import { Observable, Subject } from 'rxjs';
import type { Subscription } from 'rxjs';
import { ActionQueue } from './action-queue.js';
import { ClockAction } from './clock-action.js';
import type { ActionHost } from './clock-action.js';
import type { Clock, ClockJump, ClockWork } from './clock.js';
import { JumpWatch } from './jump-watch.js';
import { inRootContext } from './root-context.js';
import { openRoom } from './waiting-room.js';

/** Waits are cut into hops: a jump of the wall clock is noticed within one, and a delay never overflows Node's 2^31 - 1 ms. */
const LONGEST_HOP_MS = 60_000;

/** How long due actions may hold the event loop before I/O and other timers get their turn. */
const SLICE_MS = 10;

/**
 * After so many due actions the microtasks get their turn, as Node gives it to them between two of its own timers: what an
 * action has begun, and is settled by promises that are settled already, ends before the next ones begin.
 */
const TURN = 16;

/** Options of {@link WallClock}. */
export interface WallClockOptions {
  /**
   * Whether waiting actions keep the process alive; false lets it exit as if they were not there.
   * @default true
   */
  readonly keepAlive?: boolean;
}

/**
 * The clock of real time, a lean and punctual stand-in for RxJS's `asyncScheduler`.
 *
 * Beyond the laws of {@link Clock}: it holds one Node timer, however many actions wait, and none when no action does; a herd
 * of due actions runs in slices of about 10 ms, between which the event loop turns; an action scheduled by another is never
 * in the same slice; and a jump of the wall clock is noticed at the next wake, which is at most a minute off, or the next `schedule`.
 *
 * An action's error is reported as RxJS reports unhandled errors: to `config.onUnhandledError`, else as an uncaught exception.
 *
 * @example
 * ```ts
 * const clock = new WallClock();
 * timer(new Date('2030-01-01'), clock).subscribe(() => console.log('Happy new year!'));
 * ```
 */
export class WallClock implements Clock {
  readonly jumps$: Observable<ClockJump>;
  readonly #jumps = new Subject<ClockJump>();
  readonly #untold: ClockJump[] = [];
  readonly #watch = new JumpWatch();
  readonly #queue = new ActionQueue();
  readonly #keepAlive: boolean;
  readonly #host: ActionHost = {
    enqueue: (action, delay) => {
      this.#heed(this.#watch.glance());
      this.#queue.putIn(action, delay, this.#watch.wall);
      this.#arm();
    },
    enqueueAt: (action, due) => {
      this.#heed(this.#watch.glance());
      this.#queue.putAt(action, due, this.#watch.wall);
      this.#arm();
    },
    dequeue: (action) => {
      this.#queue.remove(action);
      this.#arm();
    },
  };
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  /** When the armed timer goes off; Infinity while none is armed, -Infinity for an immediate. */
  #armedFor = Infinity;
  /** From the wake until all of a slice has run. */
  #awake = false;
  /** The slice that is running: the first action that is not in it any more, and when it has to end, by the clock that only counts up. */
  #sliceBefore = 0;
  #sliceEnd = 0;

  constructor(options: WallClockOptions = {}) {
    this.#keepAlive = options.keepAlive ?? true;
    this.jumps$ = this.#jumps.asObservable();
    openRoom(this, this.#host, OWN_SCHEDULE_AT);
  }

  now(): number {
    return Date.now();
  }

  schedule<T>(work: ClockWork<T>, delay = 0, state?: T): Subscription {
    return new ClockAction(this.#host, work, state).schedule(state, delay);
  }

  scheduleAt<T>(work: ClockWork<T>, due: number, state?: T): Subscription {
    return new ClockAction(this.#host, work, state).at(due);
  }

  readonly #wake = (): void => {
    this.#disarm();
    this.#awake = true;
    this.#heed(this.#watch.look());
    this.#tellJumps();
    this.#sliceBefore = this.#queue.nextOrder;
    this.#sliceEnd = this.#watch.elapsed + SLICE_MS;
    this.#runSlice();
  };

  /** Runs what is due, but nothing that was scheduled since the slice began: so work that always schedules more cannot hold the loop. */
  readonly #runSlice = (): void => {
    for (let turn = 0; turn < TURN; turn++) {
      const action = this.#queue.takeDue(this.#watch.wall, this.#sliceBefore);
      if (!action) {
        this.#sleep();
        return;
      }
      try {
        action.run();
      } catch (error) {
        // RxJS exports no way to report an unhandled error but this: an Observable's, when nobody handles it.
        new Observable<never>((subscriber) => subscriber.error(error)).subscribe();
      }
      // The clock that only counts up tells how long this takes, should `Date` be one that stands still; to look at it after each action takes 0.06 µs.
      this.#heed(turn === TURN - 1 ? this.#watch.look() : this.#watch.glance());
      // A jump is told first, for what it has made due is judged by whoever hears of it.
      if (this.#watch.elapsed >= this.#sliceEnd || this.#untold.length > 0) {
        this.#sleep();
        return;
      }
    }
    queueMicrotask(this.#runSlice);
  };

  #sleep(): void {
    this.#awake = false;
    this.#arm();
  }

  /**
   * Takes note of a jump that was seen, if any.
   *
   * One looks before anything is scheduled, too: what is scheduled after a jump back must not move as if it had been there before,
   * and after a jump forward the armed timer is later than its instant says.
   */
  #heed(by: number): void {
    // While nothing waits nobody looks: what has happened since the last look concerns no action.
    const idle = this.#armedFor === Infinity && !this.#awake;
    if (by === 0 || idle) return;
    // Forward, nothing moves: what is due by then is due, for a machine that slept has let time go by.
    if (by < 0) this.#queue.moveElapsed(by);
    this.#untold.push({ at: this.#watch.wall, by });
  }

  #tellJumps(): void {
    let jump: ClockJump | undefined;
    while ((jump = this.#untold.shift()) !== undefined) this.#jumps.next(jump);
  }

  /** Sees to it that we wake in time for the first action, at once for a jump to tell of, and not at all when there is neither. */
  #arm(): void {
    if (this.#awake) return;
    const due = this.#untold.length > 0 ? -Infinity : this.#queue.nextDue;
    if (due === Infinity) {
      this.#disarm();
      return;
    }
    if (this.#armedFor <= due) return;
    this.#disarm();
    const now = this.now();
    if (due <= now) {
      this.#armedFor = -Infinity;
      this.#immediate = inRootContext(setImmediate, this.#wake);
      if (!this.#keepAlive) this.#immediate.unref();
    } else {
      this.#armedFor = Math.min(due, now + LONGEST_HOP_MS);
      this.#timer = inRootContext(setTimeout, this.#wake, Math.ceil(this.#armedFor - now));
      if (!this.#keepAlive) this.#timer.unref();
    }
  }

  #disarm(): void {
    if (this.#armedFor === Infinity) return;
    this.#armedFor = Infinity;
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    this.#timer = undefined;
    this.#immediate = undefined;
  }
}

/** As it is here, whatever a class of the user's or a spy puts in its place. */
const OWN_SCHEDULE_AT: unknown = Reflect.get(WallClock.prototype, 'scheduleAt');
