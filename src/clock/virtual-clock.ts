// A clock that stands still until a test moves it, one instant at a time.
import { Subject } from 'rxjs';
import type { Observable, Subscription } from 'rxjs';
import { durationMs, signedMs, type DurationLike } from '../task/duration.js';
import { InvalidArgumentError } from '../task/errors.js';
import { instantMs, type InstantLike } from '../task/instant.js';
import { show } from '../task/show.js';
import { ActionQueue } from './action-queue.js';
import { ClockAction } from './clock-action.js';
import type { ActionHost, WaitingAction } from './clock-action.js';
import type { Clock, ClockJump, ClockWork } from './clock.js';
import { Settler } from './settler.js';
import { UnmovedClocks } from './unmoved-clocks.js';
import { openRoom } from './waiting-room.js';

/** More actions than this, in one `runToIdle` or at one instant, are taken for a schedule that never ends. */
const DEFAULT_LIMIT = 1_000_000;

/** No static of the class: one that speaks of itself by its name is named `_VirtualClock` in the bundle. */
const unmovedClocks = new UnmovedClocks();

/** Options of {@link VirtualClock}. */
export interface VirtualClockOptions {
  /**
   * The time that it shows at first: an instant, or one in ISO 8601 with its offset, such as `'2026-03-08T00:00-05:00'`.
   * @default 0
   */
  readonly startAt?: InstantLike;
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
 * Where the test runner has a global `afterEach`, as jest has, a clock that something waits on and that was never moved is
 * warned of at the end of its test.
 *
 * @example
 * const clock = new VirtualClock({ startAt: '2030-01-01T09:00Z' });
 * interval(1000, clock).subscribe((n) => console.log(n));
 * await clock.advanceBy('3s'); // 0, 1, 2
 */
export class VirtualClock implements Clock {
  /** Tells of what {@link jumpWallClock} and {@link sleep} do. */
  readonly jumps$: Observable<ClockJump>;
  readonly #jumps = new Subject<ClockJump>();
  readonly #queue = new ActionQueue();
  readonly #settler = new Settler();
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
  /** What ran last. */
  #latest: WaitingAction | undefined;
  #turn: Promise<void> = Promise.resolve();

  /** @throws InvalidArgumentError unless `startAt` is an instant */
  constructor(options: VirtualClockOptions = {}) {
    this.#now = instantMs(options.startAt ?? 0, 'startAt');
    this.jumps$ = this.#jumps.asObservable();
    openRoom(this, this.#host, OWN_SCHEDULE_AT);
    unmovedClocks.add(this);
  }

  now(): number {
    return this.#now;
  }

  schedule<T>(work: ClockWork<T>, delay = 0, state?: T): Subscription {
    return new ClockAction(this.#host, work, state).schedule(state, delay);
  }

  scheduleAt<T>(work: ClockWork<T>, due: number, state?: T): Subscription {
    return new ClockAction(this.#host, work, state).at(due);
  }

  /** How many actions wait. */
  get waiting(): number {
    return this.#queue.size;
  }

  /** Moves to that instant, by way of all that is due until then; never backwards. */
  advanceTo(instant: InstantLike): Promise<void> {
    return this.#inTurn(() => this.#advance(instantMs(instant, 'advanceTo(instant)')));
  }

  /** Moves on by so much, by way of all that is due until then. */
  advanceBy(duration: DurationLike): Promise<void> {
    return this.#inTurn(() => this.#advance(this.#now + durationMs(duration, 'advanceBy(duration)')));
  }

  /** Moves on from instant to instant until nothing waits any more. What waits for Infinity is left waiting. */
  runToIdle(options: RunToIdleOptions = {}): Promise<void> {
    return this.#inTurn(async () => {
      const { limit = DEFAULT_LIMIT } = options;
      if (!(limit >= 1) || (limit < Infinity && !Number.isInteger(limit))) {
        throw new InvalidArgumentError('limit', limit, `runToIdle() needs a limit that is a whole number of at least 1, or Infinity; got ${show(limit)}.`);
      }
      let left = limit;
      await this.#settler.settle();
      while (this.#queue.nextDue < Infinity) left -= await this.#runInstant(left, limit);
    });
  }

  /**
   * Sets the wall clock forward, or back by a negative duration, as somebody's hand or a time server does, and then runs what
   * that has made due. What counts elapsed time is moved along by a jump back, and not by one forward: as on a `WallClock`.
   *
   * @example
   * await clock.jumpWallClock({ hours: -1 });
   */
  jumpWallClock(by: DurationLike): Promise<void> {
    return this.#inTurn(() => this.#jump(signedMs(by, 'jumpWallClock(by)')));
  }

  /** Lets the machine sleep for so long: nothing runs meanwhile, and what was due by then runs late, at the end. */
  sleep(duration: DurationLike): Promise<void> {
    return this.#inTurn(() => this.#jump(durationMs(duration, 'sleep(duration)')));
  }

  /**
   * Keeps the event loop busy for so long, as work does that computes: called by what runs, it shows the later time at once, and what
   * is due meanwhile runs late.
   *
   * @example
   * clock.schedule(() => { clock.block('2s'); }, 500);
   */
  block(duration: DurationLike): void {
    this.#now += durationMs(duration, 'block(duration)');
  }

  async #advance(target: number): Promise<void> {
    if (target < this.#now) {
      throw new InvalidArgumentError('advanceTo(instant)', target,
        `advanceTo(instant) can't go back to ${target}: the clock shows ${this.#now}. Give a later instant, or set the wall clock back with jumpWallClock().`);
    }
    // What was set going before this call may still be about to schedule something.
    await this.#settler.settle();
    while (this.#queue.nextDue <= target) await this.#runInstant(DEFAULT_LIMIT, DEFAULT_LIMIT);
    // What ran may have blocked the event loop for longer.
    this.#now = Math.max(this.#now, target);
  }

  async #jump(by: number): Promise<void> {
    if (by === 0) return;
    await this.#settler.settle();
    this.#now += by;
    if (by < 0) this.#queue.moveElapsed(by);
    this.#jumps.next({ at: this.#now, by });
    await this.#settler.settle();
    while (this.#queue.nextDue <= this.#now) await this.#runInstant(DEFAULT_LIMIT, DEFAULT_LIMIT);
  }

  /** Runs all that is due at the next instant until nothing more comes of it, and says how many actions that were. */
  async #runInstant(left: number, limit: number): Promise<number> {
    // After a jump what is due was due before.
    const instant = this.#now = Math.max(this.#now, this.#queue.nextDue);
    let ran = 0;
    while (this.#queue.nextDue <= instant) {
      if (ran >= left) {
        const last = this.#latest?.title;
        throw new Error(
          `an endless schedule: ${limit} actions have run, ${last ? `the last one for the ${last}, ` : ''}and more are due at ${instant}. ` +
            'Stop what repeats or give it a delay; advanceBy() moves past a task that repeats for ever; runToIdle({ limit }) lets more run.',
        );
      }
      for (let action = this.#queue.takeDue(instant); action; action = ran < left ? this.#queue.takeDue(instant) : undefined) {
        this.#latest = action;
        ran += 1;
        action.run();
      }
      // What settles may schedule more for this instant.
      if (this.#queue.nextDue > instant) await this.#settler.settle();
    }
    return ran;
  }

  #inTurn(move: () => Promise<void>): Promise<void> {
    unmovedClocks.delete(this);
    const turn = this.#turn.then(move);
    // Whoever called hears of the error; the next in line gets its turn all the same.
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

/** As it is here, whatever a class of the user's or a spy puts in its place. */
const OWN_SCHEDULE_AT: unknown = Reflect.get(VirtualClock.prototype, 'scheduleAt');
