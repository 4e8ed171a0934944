// The gate: which runs may start, by the scheduler's concurrency, the key of their task, and the limit of their work.
import type { OperatorFunction } from 'rxjs';
import { OrderedQueue } from '../clock/ordered-queue.js';
import { InvalidArgumentError } from '../task/errors.js';
import { show } from '../task/show.js';
import type { WorkLimit } from '../task/work.js';
import { Outlet, stage } from './outlet.js';
import type { Run } from './run.js';

/** Of the runs with this key, at most `limit` hold a slot at once; the others wait, in the order they entered the gate. */
export interface Limit {
  readonly key: string;
  limit: number;
  taken: number;
  /** How many tasks use this key. */
  users: number;
  readonly waiting: OrderedQueue<Run>;
}

const NO_LIMITS: readonly Limit[] = [];

/**
 * Admits runs in the order they enter, as far as each of their limits has a free slot.
 *
 * A run passes the limits of its keys one after the other, and keeps each slot while it waits for the next; the
 * scheduler's own slot it takes last, when it is admitted. All runs take slots in that order, so they can't lock each
 * other out; and none is looked at twice, so a start costs O(log n), however many wait for other limits.
 */
export class Gate {
  readonly #limits = new Map<string, Limit>();
  /** The runs that have passed the limits of their keys. */
  readonly #ready = inOrder();
  readonly #admitted = new Outlet<Run>();
  /** How many runs may hold a slot of the scheduler's at once. */
  concurrency = Infinity;
  #taken = 0;
  #entries = 0;

  /** The operator: runs go in as they come, and come out when they are {@link letOut}. */
  readonly admission: OperatorFunction<Run, Run> = stage((run) => { this.#enter(run); }, this.#admitted);

  /** How many runs hold a slot of the scheduler's. */
  get taken(): number {
    return this.#taken;
  }

  /** Whether a run could be admitted now. */
  get isOpen(): boolean {
    return this.#taken < this.concurrency && this.#ready.size > 0;
  }

  /** Whether the run is the very one to be admitted now. */
  isNext(run: Run): boolean {
    return this.isOpen && this.#ready.peek() === run;
  }

  /**
   * The limits of a task with these keys, which it holds until {@link disclaim}.
   *
   * @param instead the limits of the task whose place it takes: a limit that nobody else uses may change
   * @throws InvalidArgumentError when a key has another limit
   */
  claim(keys: readonly WorkLimit[], instead: readonly Limit[] = NO_LIMITS): readonly Limit[] {
    if (keys.length === 0) return NO_LIMITS;
    const wanted = new Map<string, number>();
    for (const { key, limit } of keys) {
      const known = this.#limits.get(key);
      const isOthers = known !== undefined && known.users > (instead.includes(known) ? 1 : 0);
      const other = isOthers ? known.limit : wanted.get(key);
      if (other !== undefined && other !== limit) {
        throw new InvalidArgumentError('concurrencyLimit', limit,
          `The concurrencyKey ${show(key)} has the limit ${other} already; got ${limit}. Give all that share a key one limit.`);
      }
      wanted.set(key, limit);
    }
    // In one order for all tasks: whoever holds one of two waits for the other, and never the other way round.
    return [...wanted].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, limit]) => {
      const known = this.#limits.get(key) ?? { key, limit, taken: 0, users: 0, waiting: inOrder() };
      known.users++;
      known.limit = limit;
      this.#limits.set(key, known);
      this.#wake(known);
      return known;
    });
  }

  disclaim(limits: readonly Limit[]): void {
    for (const limit of limits) {
      limit.users--;
      this.#forgetIfIdle(limit);
    }
  }

  /** A run comes, or comes back with its old place in the order. */
  #enter(run: Run): void {
    if (run.phase !== 'retrying') run.phase = 'entered';
    run.limits = run.task.limits;
    run.passed = 0;
    if (run.order === 0) run.order = ++this.#entries;
    this.#advance(run);
  }

  /** A run that was not admitted gives up, or waits elsewhere. */
  leave(run: Run): void {
    (run.limits[run.passed]?.waiting ?? this.#ready).remove(run);
    this.#free(run);
  }

  /** A run that was admitted lets go of its slots. */
  release(run: Run): void {
    this.#taken--;
    this.#free(run);
  }

  /** Gives the next run that may start its slot. */
  admit(): Run | undefined {
    if (!this.isOpen) return undefined;
    this.#taken++;
    return this.#ready.pop();
  }

  /** A run that was admitted, and told of, goes on to its work. */
  letOut(run: Run): void {
    this.#admitted.next(run);
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
    for (let i = 0; i < passed; i++) {
      const limit = limits[i] as Limit;
      limit.taken--;
      this.#wake(limit);
      this.#forgetIfIdle(limit);
    }
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

  /** A limit counts for as long as one of its slots is held, though its last task may be gone. */
  #forgetIfIdle(limit: Limit): void {
    if (limit.users === 0 && limit.taken === 0 && limit.waiting.size === 0) this.#limits.delete(limit.key);
  }
}

function inOrder(): OrderedQueue<Run> {
  return new OrderedQueue<Run>((a, b) => a.order < b.order);
}
