// The desk: events pile up during one step of the engine and go out together when it ends.
import type { Observable } from 'rxjs';
import type { TaskEvent, TaskEventBody } from '../task/event.js';
import { callGuarded } from './call-guarded.js';
import { Outlet } from './outlet.js';

type Stamp = Pick<TaskEvent, 'v' | 'seq' | 'at'>;
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Numbers and stamps the events of an engine, and tells them only between its steps.
 *
 * A step is one thing that the engine does: a command, a tick, the end of a run. No user code runs inside a step, so none
 * ever sees the engine half-way; what a step has to call (an abort listener, a teardown) waits until it is over.
 */
export class Desk {
  readonly #now: () => number;
  readonly #batches = new Outlet<readonly TaskEvent[]>();
  #events: TaskEvent[] = [];
  #calls: (() => void)[] = [];
  #depth = 0;
  #seq = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** What each step brought about, in order. */
  readonly batches$: Observable<readonly TaskEvent[]> = this.#batches.stream$;

  emit(body: TaskEventBody): void {
    // Stamped in place: the body was made for this, and a copy would cost more than all the rest of an event.
    const event = body as Mutable<TaskEventBody & Stamp>;
    event.v = 1;
    event.seq = ++this.#seq;
    event.at = this.#now();
    this.#events.push(event);
  }

  /** Calls user code once the step is over and its events are told. */
  afterwards(call: () => void): void {
    this.#calls.push(call);
  }

  step<T>(step: () => T): T {
    this.#depth++;
    try {
      return step();
    } finally {
      if (--this.#depth === 0) this.#close();
    }
  }

  complete(): void {
    this.#batches.complete();
  }

  #close(): void {
    const events = this.#events;
    const calls = this.#calls;
    // Both are taken before either is told, for who is told may bring about the next step.
    const [hasEvents, hasCalls] = [events.length > 0, calls.length > 0];
    if (hasEvents) this.#events = [];
    if (hasCalls) this.#calls = [];
    if (hasEvents) this.#batches.next(events);
    if (hasCalls) for (const call of calls) callGuarded(call);
  }
}
