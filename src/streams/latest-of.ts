// latestOf: an Observable as an AsyncIterable that never falls behind, since it keeps the latest value alone.
import type { Observable, Subscription } from 'rxjs';

/**
 * The values of an Observable for `for await`. Whoever is slow gets the latest one, and the last one in any case.
 *
 * Each loop subscribes by itself, at its first step, and unsubscribes when it is left. An error ends it, after the latest value.
 */
export function latestOf<T>(source$: Observable<T>): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => new Latest(source$) };
}

interface Reader<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

const DONE: IteratorReturnResult<undefined> = Object.freeze({ done: true, value: undefined });

/** By hand, for an async generator that waits for a value can't be left until one comes. */
class Latest<T> implements AsyncIterator<T, undefined> {
  readonly #source$: Observable<T>;
  readonly #readers: Reader<T>[] = [];
  #subscription: Subscription | undefined;
  #latest: { readonly value: T } | undefined;
  #failure: { readonly error: unknown } | undefined;
  #ended = false;

  constructor(source$: Observable<T>) {
    this.#source$ = source$;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (!this.#ended) this.#subscription ??= this.#subscribe();
    return new Promise((resolve, reject) => {
      this.#readers.push({ resolve, reject });
      this.#serve();
    });
  }

  return(): Promise<IteratorReturnResult<undefined>> {
    this.#subscription?.unsubscribe();
    this.#latest = this.#failure = undefined;
    this.#end();
    return Promise.resolve(DONE);
  }

  #subscribe(): Subscription {
    return this.#source$.subscribe({
      next: (value) => {
        this.#latest = { value };
        this.#serve();
      },
      error: (error: unknown) => {
        this.#failure = { error };
        this.#end();
      },
      complete: () => { this.#end(); },
    });
  }

  #end(): void {
    this.#ended = true;
    this.#serve();
  }

  /** Gives those who wait what there is. */
  #serve(): void {
    while (this.#latest ?? this.#failure ?? this.#ended) {
      const reader = this.#readers.shift();
      if (!reader) return;
      const latest = this.#latest;
      const failure = this.#failure;
      if (latest) this.#latest = undefined;
      else this.#failure = undefined;
      if (latest) reader.resolve({ done: false, value: latest.value });
      else if (failure) reader.reject(failure.error);
      else reader.resolve(DONE);
    }
  }
}
