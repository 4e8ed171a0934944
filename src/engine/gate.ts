// The gate: which runs may start, by the scheduler's concurrency, the key of their task, and the limit of their work.
import { ignoreElements, merge, tap, type OperatorFunction } from 'rxjs';
import { IndexedHeap } from '../clock/indexed-heap.js';
import { InvalidArgumentError } from '../task/errors.js';
import { show } from '../task/show.js';
import { Outlet } from './outlet.js';
import type { Run } from './run.js';

/** At most `limit` of the runs that pass hold a slot at once; the others wait in the order they entered the gate. */
export interface Limit {
  readonly key: string | undefined;
  limit: number;
  taken: number;
  /** How many tasks use this key. */
  users: number;
  readonly waiting: IndexedHeap<Run>;
}

/**
 * Admits runs in the order they enter, as far as each of their limits has a free slot.
 *
 * A run passes its limits one after the other, the scheduler's last, and keeps each slot while it waits for the next. All
 * runs take them in the same order, so they can't lock each other out; and none is looked at twice, so a start costs
 * O(log n), however many wait for other limits.
 */
export class Gate {
  readonly #global: Limit = limitOf(undefined, Infinity);
  readonly #unkeyed: readonly Limit[] = [this.#global];
  readonly #keyed = new Map<string, Limit>();
  /** The runs that hold all their slots, and have not been admitted yet. */
  readonly #ready = heapOfRuns();
  #entries = 0;
  readonly #admitted = new Outlet<Run>();

  get concurrency(): number {
    return this.#global.limit;
  }

  set concurrency(limit: number) {
    this.#global.limit = limit;
    this.#wake(this.#global);
  }

  /** Whether the run is the very one to be admitted next. */
  isNext(run: Run): boolean {
    return this.#ready.peek() === run;
  }

  /** How many runs could be admitted now. */
  get ready(): number {
    return this.#ready.size;
  }

  /** The operator: runs go in as they come, and come out when {@link admitNext} lets them. */
  readonly admission: OperatorFunction<Run, Run> = (runs$) =>
    merge(runs$.pipe(tap((run) => { this.enter(run); }), ignoreElements()), this.#admitted.stream$);

  /**
   * The limits of a task with these keys, which it holds until {@link disclaim}.
   *
   * @throws InvalidArgumentError when a key is in use with another limit
   */
  claim(...keys: readonly ({ readonly key: string; readonly limit: number } | undefined)[]): readonly Limit[] {
    const wanted = keys.filter((key) => key !== undefined);
    if (wanted.length === 0) return this.#unkeyed;
    for (const { key, limit } of wanted) {
      const known = this.#keyed.get(key);
      if (known && known.limit !== limit) {
        throw new InvalidArgumentError('concurrencyLimit', limit,
          `The concurrencyKey ${show(key)} has the limit ${known.limit} in another task; got ${limit}. Give all tasks of a key one limit.`);
      }
    }
    const limits = wanted.map(({ key, limit }) => {
      const known = this.#keyed.get(key) ?? limitOf(key, limit);
      known.users++;
      this.#keyed.set(key, known);
      return known;
    });
    return [...limits, this.#global];
  }

  disclaim(limits: readonly Limit[]): void {
    for (const limit of limits) {
      if (limit.key !== undefined && --limit.users === 0) this.#keyed.delete(limit.key);
    }
  }

  /** A run comes, or comes back with its old place in the order. */
  enter(run: Run): void {
    run.phase = 'entered';
    run.limits = run.task.limits;
    run.passed = 0;
    if (run.order === 0) run.order = ++this.#entries;
    this.#advance(run);
  }

  /** A run that was not admitted gives up, or waits elsewhere. */
  leave(run: Run): void {
    const limit = run.limits[run.passed];
    (limit?.waiting ?? this.#ready).remove(run);
    this.#free(run);
  }

  /** A run that was admitted lets go of its slots. */
  release(run: Run): void {
    this.#free(run);
  }

  /** Lets the next run out that holds all its slots. False when there is none. */
  admitNext(): boolean {
    const run = this.#ready.pop();
    if (!run) return false;
    this.#admitted.next(run);
    return true;
  }

  #advance(run: Run): void {
    for (let limit = run.limits[run.passed]; limit; limit = run.limits[++run.passed]) {
      if (limit.taken >= limit.limit) {
        limit.waiting.push(run);
        return;
      }
      limit.taken++;
    }
    this.#ready.push(run);
  }

  #free(run: Run): void {
    const { limits, passed } = run;
    run.passed = 0;
    for (const [i, limit] of limits.entries()) if (i < passed) limit.taken--;
    for (const [i, limit] of limits.entries()) if (i < passed) this.#wake(limit);
  }

  #wake(limit: Limit): void {
    while (limit.taken < limit.limit) {
      const run = limit.waiting.pop();
      if (!run) return;
      limit.taken++;
      run.passed++;
      this.#advance(run);
    }
  }
}

function limitOf(key: string | undefined, limit: number): Limit {
  return { key, limit, taken: 0, users: 0, waiting: heapOfRuns() };
}

function heapOfRuns(): IndexedHeap<Run> {
  return new IndexedHeap<Run>((a, b) => a.order < b.order);
}
