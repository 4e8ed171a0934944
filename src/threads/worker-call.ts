// One call to a worker, seen from outside: what it is for, how it ends, and when its worker is free again.
import type { HeapItem } from '../clock/indexed-heap.js';
import { timing, type RunContext, type TimedContext, type Timing } from '../task/work.js';
import { checkCrossing, type Movable } from './crossing.js';
import type { ContextData, Job, Outcome, WorkerKind } from './protocol.js';
import type { ErrorCodec, PoolWorker } from './workers.js';

/** A call, from the moment it is asked for until its worker is free. */
export class WorkerCall implements HeapItem {
  readonly result: Promise<unknown>;
  /** The place in the pool that it has; -1 while it waits for one. */
  place = -1;
  /** Where it is among those that wait. */
  heapIndex = -1;
  /** The worker that had it, once that has exited under it. */
  lostTo: PoolWorker | undefined;
  /** Why no worker has come up for it. */
  startError: Error | undefined;
  isSettled = false;
  #givenAgain = 0;
  #resolve!: (value: unknown) => void;
  #reject!: (error: unknown) => void;
  /** Made when somebody asks for it: of most calls nobody does. */
  #free: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;
  #isFree = false;

  constructor(
    readonly number: number, readonly kind: WorkerKind, readonly callee: string, readonly args: readonly unknown[], readonly moved: readonly Movable[],
    readonly context: RunContext | undefined, readonly errors: ErrorCodec,
  ) {
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Those that came first are first to get a place. */
  get order(): number {
    return this.number;
  }

  /** Resolves when its worker is free again. */
  get free(): Promise<void> {
    if (!this.#free) {
      let resolve!: () => void;
      this.#free = { promise: new Promise((resolveIt) => { resolve = resolveIt; }), resolve: () => { resolve(); } };
      if (this.#isFree) resolve();
    }
    return this.#free.promise;
  }

  /** The count of its time, if it has a `timeout`: from when the worker has loaded what it needs, and calls the work. */
  get timing(): Timing | undefined {
    return (this.context as TimedContext | undefined)?.[timing];
  }

  /** As it is sent to the worker. */
  get job(): Job {
    const { number, place, callee, args, context } = this;
    return context ? [number, place, callee, args, dataOf(context, this.kind, this.errors)] : [number, place, callee, args];
  }

  /** Whether it may be given to another worker, since none has begun it: twice, and then no more. */
  mayBeGivenAgain(): boolean {
    return this.#givenAgain++ < 2;
  }

  /** The first outcome counts. */
  settle(outcome: Outcome): void {
    if (outcome.type === 'returned') this.#resolve(outcome.value);
    else this.#reject(this.errors.unpack(outcome.error));
    this.isSettled = true;
  }

  fail(error: unknown): void {
    this.#reject(error);
    this.isSettled = true;
  }

  setFree(): void {
    this.#isFree = true;
    this.#free?.resolve();
  }
}

function dataOf(context: RunContext, to: WorkerKind, errors: ErrorCodec): ContextData {
  const { taskId, runId, name, tick, attempt, scheduledFor, startedAt, value } = context;
  const data = { taskId, runId, name, tick, attempt, scheduledFor, startedAt, tellsBegun: timing in context };
  try {
    checkCrossing(value, 'value', [], to);
    return { ...data, value, withheld: undefined };
  } catch (error) {
    return { ...data, value: undefined, withheld: errors.pack(error) };
  }
}
