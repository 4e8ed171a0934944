// The protocol between a pool and its threads: what is sent, and over which way.
import type { MessagePort } from 'node:worker_threads';
import type { PackedError } from './packed-error.js';

/** What a thread is to call: an export of a module, or a function by its source; or a module that it is to load and no more. */
export type Callee =
  | { readonly module: string; readonly name: string }
  | { readonly source: string }
  | { readonly load: string };

/** What of a run's context is plain data. */
export interface ContextData {
  readonly taskId: string;
  readonly runId: string;
  readonly name: string | undefined;
  readonly tick: number | undefined;
  readonly attempt: number;
  readonly scheduledFor: number;
  readonly startedAt: number;
  readonly value: unknown;
}

/** One call, as a thread gets it by piscina. A thread has one at a time. */
export interface Job {
  readonly call: number;
  /** The cell of the shared memory where the thread says that it has the call: with its id, which is there even if it gets stuck. */
  readonly cell: number;
  readonly callee: Callee;
  readonly args: readonly unknown[];
  /** Undefined when somebody called the function without a scheduler. */
  readonly context: ContextData | undefined;
}

/** How a call ended. */
export type Outcome =
  | { readonly type: 'returned'; readonly value: unknown }
  | { readonly type: 'threw'; readonly error: PackedError };

/** What a thread answers by piscina: the outcome, or that it has told it by its port already and is free now. */
export type Answer = Outcome | { readonly type: 'free' };

/** What a thread sends by its port while it has a call. What it sent before its answer is there when the answer is. */
export type FromThread = { readonly call: number } & (Outcome | { readonly type: 'progressed'; readonly value: unknown });

/** What a thread is sent by its port: that a call is aborted. */
export interface ToThread {
  readonly abort: number;
  readonly reason: PackedError;
}

/** The first that a thread says: its port. */
export interface Hello {
  readonly carillonThread: number;
  readonly port: MessagePort;
}

/** What a thread is born with. */
export interface ThreadData {
  readonly cells: Int32Array;
}
