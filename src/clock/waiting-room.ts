// The waiting room: where an object that has a time of its own waits on a clock, without an action being made for it.
import type { SchedulerLike, Subscription } from 'rxjs';
import type { ActionHost, WaitingAction } from './clock-action.js';
import { scheduleAt } from './clock.js';

/** Lets waiting actions wait for an instant of the wall clock, each for one at a time. */
export type WaitingRoom = Pick<ActionHost, 'enqueueAt' | 'dequeue'>;

const rooms = new WeakMap<SchedulerLike, WaitingRoom>();

/** A clock of ours opens its own queue to whoever finds it by {@link roomOf}. */
export function openRoom(clock: SchedulerLike, room: WaitingRoom): void {
  rooms.set(clock, room);
}

/** The queue of a clock of ours, where to wait costs no object of its own: an action would be 130 bytes; for any other clock, one action each. */
export function roomOf(clock: SchedulerLike): WaitingRoom {
  const room = rooms.get(clock);
  return room && isAsMade(clock) ? room : new ActionsOf(clock);
}

/** Whether nobody has put a `scheduleAt` of his own in place of the clock's, by a class of his own or a spy. */
function isAsMade(clock: SchedulerLike): boolean {
  return !Object.hasOwn(clock, 'scheduleAt') && Object.getPrototypeOf(Object.getPrototypeOf(clock)) === Object.prototype;
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
    this.#actions.set(waiting, scheduleAt(this.#clock, () => {
      this.dequeue(waiting);
      waiting.run();
    }, due));
  }

  dequeue(waiting: WaitingAction): void {
    this.#actions.get(waiting)?.unsubscribe();
    this.#actions.delete(waiting);
    waiting.heapIndex = -1;
  }
}
