// A virtual clock whose event loop can be blocked, so that what is due meanwhile is handled late.
import type { Subscription } from 'rxjs';
import type { ClockWork } from '../../src/clock/clock.js';
import { VirtualClock } from '../../src/testing/index.js';

/**
 * Shows the end of a block from its beginning on, as a loop does that was busy until then: the actions that were due in
 * between run in their order, and all of them find that it is later than they wanted.
 */
export class LateClock extends VirtualClock {
  #blockedUntil = -Infinity;

  override now(): number {
    return Math.max(super.now(), this.#blockedUntil);
  }

  /** Keeps the loop busy for so many ms from now: what work does that computes for so long. */
  block(ms: number): void {
    this.#blockedUntil = this.now() + ms;
  }

  override schedule<T>(work: ClockWork<T>, delay = 0, state?: T): Subscription {
    return super.schedule(work, this.now() - super.now() + Math.max(delay, 0), state);
  }

  override scheduleAt<T>(work: ClockWork<T>, due: number, state?: T): Subscription {
    return super.scheduleAt(work, Math.max(due, this.now()), state);
  }
}
