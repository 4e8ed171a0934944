// Outlets and stages: what the engine's pipeline is put together of.
import { Observable, type OperatorFunction, type Subscriber } from 'rxjs';

/**
 * Where a hot path of the engine hands over to the one stream that is subscribed to it: a Subject for one subscriber and without its care: nothing here errors, and nobody joins late.
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

/**
 * The operator of a stage that takes in what comes, and lets out by its outlet what it will, when it will.
 *
 * It is `merge(source$.pipe(tap(take), ignoreElements()), outlet.stream$)` without the operators between.
 */
export function stage<A, B>(take: (value: A) => void, outlet: Outlet<B>): OperatorFunction<A, B> {
  return (source$) => new Observable<B>((subscriber) => {
    outlet.stream$.subscribe(subscriber);
    subscriber.add(source$.subscribe(take));
  });
}
