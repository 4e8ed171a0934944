// The desk: events pile up during one step of the engine and go out together when it ends.
import type { Observable } from 'rxjs';
import type { TaskEvent, TaskEventBody } from '../task/event.js';
import { callGuarded } from './call-guarded.js';
import { Outlet } from './outlet.js';
import type { ScheduledTask } from './scheduled-task.js';

type Stamp = Pick<TaskEvent, 'v' | 'seq' | 'at'>;
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Stamps the events of an engine, and tells them only between its steps.
 *
 * A step is one thing that the engine does: a command, a tick, the end of a run. No user code runs inside a step, so none
 * ever sees the engine half-way; what a step has to call (an abort listener, a teardown) waits until it is over.
 */
export class Desk {
  readonly #now: () => number;
  readonly #isAbout: (task: ScheduledTask) => void;
  readonly #batches = new Outlet<readonly TaskEvent[]>();
  #events: TaskEvent[] | undefined;
  #calls: (() => void)[] | undefined;
  #depth = 0;
  #at = 0;

  /** @param isAbout is told of the task that the next step is about */
  constructor(now: () => number, isAbout: (task: ScheduledTask) => void) {
    this.#now = now;
    this.#isAbout = isAbout;
  }

  /** What each step brought about, in order. */
  readonly batches$: Observable<readonly TaskEvent[]> = this.#batches.stream$;

  /** When the step that is going on happens: one instant, however long it takes. */
  get at(): number {
    return this.#at;
  }

  /**
   * @param body what happened. It is stamped in place, for a copy would cost more than all the rest of an event; and what
   * happens to every run holds a place for the stamp already, or V8 would have to make room for it outside the object.
   */
  emit(body: TaskEventBody & Partial<Stamp>): void {
    const event = body as Mutable<TaskEventBody & Stamp>;
    event.v = 1;
    event.seq = 0;
    event.at = this.#at;
    // Arrays of one and of two, for one that is pushed to reserves room for seventeen; and most steps bring about no more events.
    const events = this.#events;
    if (!events) this.#events = [event];
    else if (events.length === 1) this.#events = [events[0] as TaskEvent, event];
    else events.push(event);
  }

  /** Calls user code once the step is over and its events are told. */
  afterwards(call: () => void): void {
    if (this.#calls) this.#calls.push(call);
    else this.#calls = [call];
  }

  step<T>(step: () => T): T {
    this.begin();
    try {
      return step();
    } finally {
      this.end();
    }
  }

  /** Begins a step that {@link end} ends, whatever happens: for what every run does, where `step` would cost a closure. */
  begin(about?: ScheduledTask): void {
    if (about) this.#isAbout(about);
    if (this.#depth++ === 0) this.#at = this.#now();
  }

  end(): void {
    if (--this.#depth === 0) this.#close();
  }

  complete(): void {
    this.#batches.complete();
  }

  #close(): void {
    const events = this.#events;
    const calls = this.#calls;
    // Both are taken before either is told, for who is told may bring about the next step.
    this.#events = undefined;
    this.#calls = undefined;
    if (events) this.#batches.next(events);
    if (calls) for (const call of calls) callGuarded(call);
  }
}
