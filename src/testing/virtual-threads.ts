// Virtual threads: a pool for tests, whose threads are none, so that one can crash on order, and on virtual time.
import type { SchedulerLike } from 'rxjs';
import { checkBag, refuse } from '../task/check.js';
import type { AnyFunction } from '../threads/callee.js';
import type { WorkerFunctions } from '../threads/module-functions.js';
import { threadSetup } from '../threads/options.js';
import { textOf, type Callee } from '../threads/protocol.js';
import type { WorkerCall } from '../threads/worker-call.js';
import { workerFunction } from '../threads/worker-function.js';
import { WorkerPool } from '../threads/worker-pool.js';
import type { PoolWorker, Workers, WorkersListener } from '../threads/workers.js';
import { VirtualThread, errors, type VirtualCall, type VirtualCrash, type VirtualFunction } from './virtual-thread.js';

/** Options of {@link VirtualThreads}. */
export interface VirtualThreadsOptions {
  /** The scheduler's clock, which `graceMs` is counted on. */
  readonly clock: SchedulerLike;
  /** How many there are. @default 1 */
  readonly threads?: number;
  /** How many milliseconds a run that was aborted has to end by itself, before its thread is ended. @default 1000 */
  readonly graceMs?: number;
}

/**
 * Threads for tests: functions run on the event loop, and all around them is as with `workerModule`. Runs wait as `QUEUED` for a free
 * thread, what crosses is copied, or refused if it can't be, aborts and `graceMs` end a thread on the scheduler's clock; and a thread
 * dies when the test says so.
 *
 * A function whose thread has died can't really be ended here. Its signal aborts, and nothing of it counts any more.
 *
 * @example
 * const threads = new VirtualThreads({ clock, threads: 2 });
 * const { resize } = threads.module({ resize: fake.work });
 * const id = scheduler.schedule(resize, after(0));
 * await clock.advanceBy(0);
 * threads.crash({ outOfMemory: true });
 * await clock.advanceBy(0);
 * scheduler.getTaskError(id); // WorkerOutOfMemoryError
 */
export class VirtualThreads {
  readonly #pool: WorkerPool;
  readonly #threads = new Set<VirtualThread>();
  readonly #functions = new Map<string, VirtualFunction>();

  /** @throws InvalidArgumentError */
  constructor(options: VirtualThreadsOptions) {
    const { clock, ...given } = checkBag(options, { clock: aClock, threads: asIs, graceMs: asIs }, 'options');
    const setup = threadSetup('VirtualThreads', { threads: 1, ...given });
    if (!clock) refuse('clock', clock, "the scheduler's clock");
    this.#pool = new WorkerPool(setup, (listener) => new VirtualWorkers(setup.workers, this.#threads, this.#functions, listener), clock as SchedulerLike);
  }

  /**
   * Functions as `workerModule` gives them, in these threads: those of a module, or fakes in their place.
   *
   * @param functions what the module exports: `await import('./work.js')`, or functions by their names
   */
  module<M extends object>(functions: M): WorkerFunctions<M> {
    const made = Object.entries(functions).filter(([, fn]) => typeof fn === 'function').map(([name, fn]) => {
      const callee: Callee = { module: `VirtualThreads ${this.#functions.size}`, name };
      this.#functions.set(textOf(callee), { name, work: fn as AnyFunction });
      return [name, workerFunction(this.#pool, callee)];
    });
    return Object.freeze(Object.fromEntries(made)) as WorkerFunctions<M>;
  }

  /** The calls that are in progress, the oldest first. */
  get calls(): readonly VirtualCall[] {
    return [...this.#threads].flatMap((thread) => thread.call ?? []).sort((a, b) => a.number - b.number).map(({ shown }) => shown);
  }

  /** How many threads are up: as with real ones, each starts with a call that finds no other free. */
  get alive(): number {
    return this.#threads.size;
  }

  /** Lets the thread die that has the oldest call. @throws Error when there is none */
  crash(how?: VirtualCrash): void {
    const [oldest] = this.calls;
    if (!oldest) throw new Error('No call is in progress in these VirtualThreads. Has its time come?');
    oldest.crash(how);
  }
}

class VirtualWorkers implements Workers {
  readonly errors = errors;
  readonly places: number;
  readonly #threads: Set<VirtualThread>;
  readonly #functions: ReadonlyMap<string, VirtualFunction>;
  readonly #listener: WorkersListener;
  #started = 0;

  constructor(places: number, threads: Set<VirtualThread>, functions: ReadonlyMap<string, VirtualFunction>, listener: WorkersListener) {
    this.places = places;
    this.#threads = threads;
    this.#functions = functions;
    this.#listener = listener;
  }

  give(call: WorkerCall): void {
    const idle = [...this.#threads].find((thread) => !thread.call);
    (idle ?? this.#start()).make(call, this.#functions.get(call.callee) as VirtualFunction)
      .then((answer) => { this.#listener.answered(call, answer); }, (error: unknown) => { this.#listener.broke(call, error); });
  }

  holderOf(call: WorkerCall): PoolWorker | undefined {
    return call.lostTo ?? [...this.#threads].find((thread) => thread.call?.call === call);
  }

  withdraw(call: WorkerCall): boolean {
    const current = [...this.#threads].find((thread) => thread.call?.call === call)?.call;
    if (current?.state === 'given') current.state = 'withdrawn';
    return current?.state === 'withdrawn';
  }

  async end(): Promise<void> {
    const all = [...this.#threads];
    for (const thread of all) thread.end();
    await Promise.all(all.map(({ exited }) => exited));
  }

  #start(): VirtualThread {
    const thread = new VirtualThread(++this.#started, this.#listener, (gone) => { this.#threads.delete(gone); });
    this.#threads.add(thread);
    return thread;
  }
}

function aClock(value: unknown, field: string): unknown {
  return typeof (value as Partial<SchedulerLike> | null)?.schedule === 'function' ? value : refuse(field, value, "the scheduler's clock");
}

function asIs(value: unknown): unknown {
  return value;
}
