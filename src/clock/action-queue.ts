// The actions that wait on one clock, in the order in which they are to run.
import type { WaitingAction } from './clock-action.js';
import { OrderedQueue } from './ordered-queue.js';

/** The actions of one clock, ordered by due time and then by the order scheduled. */
export class ActionQueue {
  readonly #actions = new OrderedQueue<WaitingAction>();
  #order = 0;

  /** How many actions wait. */
  get size(): number {
    return this.#actions.size;
  }

  /** When the first action is due; Infinity when none ever is. */
  get nextDue(): number {
    return this.#actions.firstKey;
  }

  /** The number that the next action put in will get. */
  get nextOrder(): number {
    return this.#order;
  }

  /** Lets an action wait for `delay` ms of elapsed time from `now`; NaN and less than nothing are 0. */
  putIn(action: WaitingAction, delay: number, now: number): void {
    this.#put(action, delay > 0 ? now + delay : now, false);
  }

  /**
   * Lets an action wait until the wall clock shows `due`.
   *
   * One that is due already is put after those that are due at `now`: in front, it could starve them by doing so again and
   * again. And it has nothing left to wait for, so should the wall clock jump back before it runs, it goes along.
   */
  putAt(action: WaitingAction, due: number, now: number): void {
    this.#put(action, due > now ? due : now, due > now);
  }

  /** Takes an action out, if it is in. */
  remove(action: WaitingAction): void {
    this.#actions.remove(action);
  }

  /** Takes out the first action, if it is due at `now` and was put in before the one numbered `before`. */
  takeDue(now: number, before = Infinity): WaitingAction | undefined {
    if (this.#actions.firstKey > now) return undefined;
    const first = this.#actions.peek();
    if (first === undefined || first.order >= before) return undefined;
    this.#actions.remove(first);
    return first;
  }

  /** Moves the due time of every action that counts elapsed time. */
  moveElapsed(by: number): void {
    this.#actions.rekey((action, due) => action.onWallClock ? due : due + by);
  }

  #put(action: WaitingAction, due: number, onWallClock: boolean): void {
    this.#actions.remove(action);
    action.onWallClock = onWallClock;
    action.order = this.#order;
    this.#order += 1;
    this.#actions.push(action, due);
  }
}
