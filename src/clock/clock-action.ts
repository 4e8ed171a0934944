// One piece of work that waits on a clock. All that a pending task costs is one of these, so it is kept lean.
import { Subscription } from 'rxjs';
import type { SchedulerAction } from 'rxjs';
import type { ClockWork } from './clock.js';

/** What the clocks' queue sees of an action: when it is due, and how to run it. */
export interface WaitingAction {
  /** Its place in the heap; -1 when it does not wait. */
  heapIndex: number;
  /** The order in which actions were scheduled; it decides at one instant. */
  order: number;
  /** Whether it waits for the wall clock to show an instant; else it counts elapsed time, and moves when the wall clock jumps back. */
  onWallClock: boolean;
  /** What it is for, as its state says; undefined when that says nothing. */
  readonly title: string | undefined;
  run(): void;
}

/** What an action needs of its clock. */
export interface ActionHost {
  /** Lets the action wait for `delay` ms from now; moves it if it waits already. */
  enqueue(action: WaitingAction, delay: number): void;
  /** Lets the action wait until the wall clock shows `due`; moves it if it waits already. */
  enqueueAt(action: WaitingAction, due: number): void;
  /** Forgets the action. */
  dequeue(action: WaitingAction): void;
}

/**
 * The action that our clocks hand out: a `Subscription` whose work runs when its time comes, and that can schedule itself again.
 *
 * It stays open after it has run, as RxJS's own do, so that it can be scheduled again later; `unsubscribe` closes it for good.
 */
export class ClockAction<T> extends Subscription implements SchedulerAction<T>, WaitingAction {
  heapIndex = -1;
  order = 0;
  onWallClock = false;
  readonly #host: ActionHost;
  #work: ClockWork<T> | undefined;
  #state: T | undefined;

  constructor(host: ActionHost, work: ClockWork<T>, state: T | undefined) {
    super();
    this.#host = host;
    this.#work = work;
    this.#state = state;
  }

  get title(): string | undefined {
    const state: unknown = this.#state;
    return typeof state === 'object' && state !== null && 'title' in state && typeof state.title === 'string' ? state.title : undefined;
  }

  /** Runs the work again with this state, `delay` ms from now. An action that has not run yet moves; a closed one stays closed. */
  schedule(state?: T, delay = 0): Subscription {
    if (!this.closed) {
      this.#state = state;
      this.#host.enqueue(this, delay);
    }
    return this;
  }

  /** Waits until the wall clock shows `due`. */
  at(due: number): this {
    this.#host.enqueueAt(this, due);
    return this;
  }

  /** Called by the clock when it is due. An error closes the action and is the clock's to report. */
  run(): void {
    try {
      this.#work?.call(this, this.#state);
    } catch (error) {
      this.unsubscribe();
      throw error;
    }
  }

  override unsubscribe(): void {
    if (this.closed) return;
    // A cancelled action may be held for long by whoever cancelled it; what it would have run must not be.
    this.#work = undefined;
    this.#state = undefined;
    this.#host.dequeue(this);
    super.unsubscribe();
  }
}
