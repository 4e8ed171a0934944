// An outlet: where a hot path of the engine hands over to the one stream that is subscribed to it.
import { Observable, type Subscriber } from 'rxjs';

/**
 * A Subject for one subscriber and without its care: nothing here errors, and nobody joins late.
 *
 * Every tick, run and batch passes several of these, and a Subject's `next` costs more than all that is done with it.
 */
export class Outlet<T> {
  #subscriber: Subscriber<T> | undefined;

  readonly stream$ = new Observable<T>((subscriber) => { this.#subscriber = subscriber; });

  next(value: T): void {
    this.#subscriber?.next(value);
  }

  complete(): void {
    this.#subscriber?.complete();
  }
}
