// Watchers: who is to be told of one task, a link in a chain each.
import { Observable, type Subscriber, type Unsubscribable } from 'rxjs';
import type { Fold } from './fold.js';
import type { Entry } from './task-table.js';

/** What a subscriber is told of a fold, if anything. */
export type Told<T> = (fold: Fold) => T | undefined;

/**
 * One subscription of a stream of one task: its place in the chain, and what takes it out of there.
 *
 * One object, and the subscriber that RxJS makes. A subject a task, with subscribers, closures and lists of its own, took 900 bytes more.
 */
export class Watcher<T> implements Unsubscribable {
  next: Watcher<unknown> | undefined;
  previous: Watcher<unknown> | undefined;
  readonly #entry: Entry;
  readonly #subscriber: Subscriber<T>;
  readonly #told: Told<T>;
  readonly #joinedAt: number;

  /** @param joinedAt the number of the newest event: the subscriber is told of later ones */
  constructor(entry: Entry, subscriber: Subscriber<T>, told: Told<T>, joinedAt: number) {
    this.#entry = entry;
    this.#subscriber = subscriber;
    this.#told = told;
    this.#joinedAt = joinedAt;
    (entry.watchers ??= new Watchers()).add(this);
  }

  tell(fold: Fold): void {
    if (fold.event.seq <= this.#joinedAt) return;
    try {
      const told = this.#told(fold);
      if (told !== undefined) this.#subscriber.next(told);
      // One by one, not all who watch: some may have come since, for a task that failed may be retried.
      if (fold.event.type === 'taskFinished') this.#subscriber.complete();
    } catch (error) {
      reportUnhandled(error);
    }
  }

  complete(): void {
    try {
      this.#subscriber.complete();
    } catch (error) {
      reportUnhandled(error);
    }
  }

  /** Takes it out of the chain: RxJS calls this once, when the subscription is over. */
  unsubscribe(): void {
    if (this.#entry.watchers?.remove(this)) this.#entry.watchers = undefined;
  }
}

/**
 * Those who watch one task, in the order they came; a chain, so that who leaves costs the same however many stay.
 *
 * Whoever is on the way along the chain may go on from a watcher that has left: its `next` stays as it was, and leads back to those who stay.
 */
export class Watchers {
  #first: Watcher<unknown> | undefined;
  #last: Watcher<unknown> | undefined;
  /** The task's newest fold of the batch that is being folded: to be told with the state, if one of them changed that. */
  latest: Fold | undefined;
  changed = false;

  add(watcher: Watcher<unknown>): void {
    watcher.previous = this.#last;
    if (this.#last) this.#last.next = watcher;
    else this.#first = watcher;
    this.#last = watcher;
  }

  /** @returns whether nobody is left */
  remove({ previous, next }: Watcher<unknown>): boolean {
    if (previous) previous.next = next;
    else this.#first = next;
    if (next) next.previous = previous;
    else this.#last = previous;
    return this.#first === undefined;
  }

  tell(fold: Fold): void {
    for (let watcher = this.#first; watcher; watcher = watcher.next) watcher.tell(fold);
  }

  complete(): void {
    for (let watcher = this.#first; watcher; watcher = watcher.next) watcher.complete();
  }
}

/** Reports what came out of a subscriber (a finalizer of its own threw) as RxJS reports what no subscriber handles: it harms nobody else. */
function reportUnhandled(error: unknown): void {
  new Observable((subscriber) => { subscriber.error(error); }).subscribe();
}
