// A thread function: calls something in a thread, as a plain async function, and as work for a scheduler.
import { workBrand, type ContextualWork } from '../task/work.js';
import { textOf, type Callee } from './protocol.js';
import type { WorkerPool } from './worker-pool.js';

/** A function whose calls are made in a thread. It is work like any other. */
export type WorkerFunction<A extends readonly unknown[], R> = (...args: A) => Promise<R>;

export function workerFunction<A extends readonly unknown[], R>(pool: WorkerPool, callee: Callee): WorkerFunction<A, R> {
  const text = textOf(callee);
  const branded: ContextualWork = { run: (context, args) => pool.call(text, args, context), limit: pool.limit, resource: pool };
  const plain = (...args: A): Promise<R> => pool.call(text, args) as Promise<R>;
  return Object.defineProperty(plain, workBrand, { value: branded });
}
