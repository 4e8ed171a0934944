// The waiting room: where an object that has a time of its own waits on a clock, without an action being made for it.
import type { SchedulerLike, Subscription } from 'rxjs';
import type { ActionHost, WaitingAction } from './clock-action.js';
import { scheduleAt } from './clock.js';

/** Lets waiting actions wait for an instant of the wall clock, each for one at a time. */
export type WaitingRoom = Pick<ActionHost, 'enqueueAt' | 'dequeue'>;

const rooms = new WeakMap<SchedulerLike, { readonly room: WaitingRoom; readonly scheduleAt: unknown }>();

/**
 * A clock of ours opens its own queue to whoever finds it by {@link roomOf}.
 *
 * @param scheduleAt what does the same by an action
 */
export function openRoom(clock: SchedulerLike, room: WaitingRoom, scheduleAt: unknown): void {
  rooms.set(clock, { room, scheduleAt });
}

/**
 * The queue of a clock of ours, where to wait costs no object of its own: an action would be 130 bytes. For any other clock, and for one whose
 * `scheduleAt` is not ours any more (by a class of the user's, or a spy), one action each.
 */
export function roomOf(clock: SchedulerLike): WaitingRoom {
  const known = rooms.get(clock);
  return known && Reflect.get(clock, 'scheduleAt') === known.scheduleAt ? known.room : new ActionsOf(clock);
}

/** One action of the clock for each that waits. */
class ActionsOf implements WaitingRoom {
  readonly #clock: SchedulerLike;
  readonly #actions = new Map<WaitingAction, Subscription>();

  constructor(clock: SchedulerLike) {
    this.#clock = clock;
  }

  enqueueAt(waiting: WaitingAction, due: number): void {
    this.dequeue(waiting);
    waiting.heapIndex = 0;
    // Handed over as the action's state, for a clock may tell what an action is for.
    this.#actions.set(waiting, scheduleAt(this.#clock, this.#wake, due, waiting));
  }

  readonly #wake = (waiting: WaitingAction | undefined): void => {
    if (!waiting) return;
    // Not unsubscribed, for then it could not tell any more what it was for.
    this.#actions.delete(waiting);
    waiting.heapIndex = -1;
    waiting.run();
  };

  dequeue(waiting: WaitingAction): void {
    this.#actions.get(waiting)?.unsubscribe();
    this.#actions.delete(waiting);
    waiting.heapIndex = -1;
  }
}
