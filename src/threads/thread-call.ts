// One call to a thread, seen from outside: what it is for, how it ends, and when its thread is free again.
import type { RunContext } from '../task/work.js';
import { type Movable } from './crossing.js';
import { unpackError } from './packed-error.js';
import type { PoolThread } from './pool-thread.js';
import type { Callee, ContextData, Job, Outcome } from './protocol.js';

/** A call, from the moment it is asked for until its thread is free. */
export class ThreadCall {
  readonly result: Promise<unknown>;
  /** The place in the shared memory that the call has while it has a thread, or is about to; -1 before. */
  cell = -1;
  /** The thread that has it, once that is known to have exited under it. */
  lost: PoolThread | undefined;
  /** Why no thread has come up for it. */
  startError: Error | undefined;
  readonly free: Promise<void>;
  isSettled = false;
  #resolve: (value: unknown) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;
  #freed: () => void = () => undefined;

  constructor(
    readonly number: number, readonly callee: Callee, readonly args: readonly unknown[], readonly moved: readonly Movable[],
    readonly context: RunContext | undefined,
  ) {
    this.result = new Promise((resolve, reject) => { [this.#resolve, this.#reject] = [resolve, reject]; });
    this.free = new Promise((resolve) => { this.#freed = resolve; });
  }

  /** As it is sent to the thread. */
  get job(): Job {
    const { number, cell, callee, args, context } = this;
    return { call: number, cell, callee, args, context: context && dataOf(context) };
  }

  /** The first outcome counts. */
  settle(outcome: Outcome): void {
    if (outcome.type === 'returned') this.#resolve(outcome.value);
    else this.#reject(unpackError(outcome.error));
    this.isSettled = true;
  }

  fail(error: unknown): void {
    this.#reject(error);
    this.isSettled = true;
  }

  setFree(): void {
    this.#freed();
  }
}

function dataOf({ taskId, runId, name, tick, attempt, scheduledFor, startedAt, value }: RunContext): ContextData {
  return { taskId, runId, name, tick, attempt, scheduledFor, startedAt, value };
}
