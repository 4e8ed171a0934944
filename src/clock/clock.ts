// The clock: the one thing in the library that knows what time it is and that waits for it.
import { NEVER, isObservable } from 'rxjs';
import type { Observable, SchedulerAction, SchedulerLike, Subscription } from 'rxjs';

/** A jump of the wall clock: somebody set it, or the machine slept. */
export interface ClockJump {
  /** The wall time right after the jump, epoch ms. */
  readonly at: number;
  /** How far it went, in ms; negative when it went back. */
  readonly by: number;
}

/** What a clock calls when the time has come; `this` is the action, which can schedule itself again. */
export type ClockWork<T> = (this: SchedulerAction<T>, state?: T) => void;

/**
 * An RxJS `SchedulerLike` that owns time, and can wait for an instant of the wall clock as well as for a delay.
 *
 * Every operator of RxJS that takes a scheduler takes a clock. Laws, for every implementation:
 *
 * 1. **Never early.** Work runs only when `now()` has reached its due time, fractions of a millisecond included.
 * 2. **Never at once.** No work runs inside `schedule` or `scheduleAt`, not even when it is due.
 * 3. **In order.** Work runs in the order of its due times, and at one instant in the order scheduled.
 * 4. **Any distance.** A due time centuries away works as well as one that is near. `Infinity` never comes, and holds nothing up.
 * 5. **The past is now.** A due time that has passed, a negative delay and NaN all mean as soon as possible, after what was due already.
 * 6. **Again.** `action.schedule(state, delay)` runs the action once more; before it has run, it moves it. Nothing else repeats.
 * 7. **Cancelled is gone.** After `unsubscribe` the work never runs, `schedule` does nothing, and neither work nor state is held on to.
 * 8. **Harm stays at home.** Work that throws is closed; all the other work still runs.
 */
export interface Clock extends SchedulerLike {
  /** Epoch milliseconds. */
  now(): number;

  /**
   * Runs `work` after `delay` ms (default 0) have gone by, though the wall clock may be set back meanwhile. Set forward, it shows what it
   * would after a sleep of the machine, and that time counts as gone by.
   */
  schedule<T>(work: ClockWork<T>, delay?: number, state?: T): Subscription;

  /** Runs `work` when the wall clock shows `due` (epoch ms), however it is set meanwhile. */
  scheduleAt<T>(work: ClockWork<T>, due: number, state?: T): Subscription;

  /** Tells of each jump of the wall clock, before any work runs that it has made due. Hot, and never completes. */
  readonly jumps$: Observable<ClockJump>;
}

/**
 * Runs `work` at `due` (epoch ms) on any `SchedulerLike`: by its `scheduleAt` where it has one, else by a delay from its `now()`.
 *
 * A scheduler that only knows delays knows of no jumps, and keeps its own limits: `asyncScheduler` fires up to 1 ms early.
 */
export function scheduleAt<T>(clock: SchedulerLike, work: ClockWork<T>, due: number, state?: T): Subscription {
  if (isClock(clock)) return clock.scheduleAt(work, due, state);
  // Node's timers overflow beyond this, and fire at once; who waits for an instant has to look again, as any wake may be early.
  const delay = Math.min(due - clock.now(), 2 ** 31 - 1);
  return clock.schedule(work, delay > 0 ? delay : 0, state);
}

/** The jumps of a clock that tells of them; silent, and as endless, for any other `SchedulerLike`. */
export function jumpsOf(clock: SchedulerLike): Observable<ClockJump> {
  return isClock(clock) ? clock.jumps$ : NEVER;
}

/** By shape and not by class: a clock may come from another copy of this package, or be the user's own. */
function isClock(clock: SchedulerLike): clock is Clock {
  return 'scheduleAt' in clock && typeof clock.scheduleAt === 'function' && 'jumps$' in clock && isObservable(clock.jumps$);
}
