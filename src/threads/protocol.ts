// The protocol between a pool and its workers: what is sent, and over which way.
import type { MessagePort } from 'node:worker_threads';
import type { PackedError } from './packed-error.js';

/** What a worker is. */
export type WorkerKind = 'thread' | 'process';

/** What a worker is to call: an export of a module, or a function by its source; or a module that it is to load and no more. */
export type Callee =
  | { readonly module: string; readonly name: string }
  | { readonly source: string }
  /** `together` with so many others, each in a worker of its own. */
  | { readonly load: string; readonly together: number };

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
  /** Why what the trigger emitted is not in `value`: it can't cross. Only work that looks at it fails. */
  readonly withheld: PackedError | undefined;
  /** Whether the worker is to tell when it calls the work: its `timeout` counts from then. */
  readonly tellsBegun: boolean;
}

/** A callee as text, by which a worker knows it again. */
export function textOf(callee: Callee): string {
  return JSON.stringify(callee);
}

/** Whether a text is that of a module to load. */
export function isLoad(callee: string): boolean {
  return callee.startsWith('{"load":');
}

/**
 * One call, as a worker gets it: it has one at a time. A list, for names cost more to copy than what they name.
 *
 * `place` is the one that the call has in its pool, in whose cell a thread says that it has the call; `callee` is a text; `context` is absent when somebody
 * called the function without a scheduler.
 */
export type Job = readonly [call: number, place: number, callee: string, args: readonly unknown[], context?: ContextData];

/** How a call ended. */
export type Outcome =
  | { readonly type: 'returned'; readonly value: unknown }
  | { readonly type: 'threw'; readonly error: PackedError };

/** What a worker answers: the outcome, or that it has told it already and is free now. A thread answers by piscina, and says whether it sent more by its port. */
export type Answer = (Outcome | { readonly type: 'free' }) & { readonly said?: boolean };

/** An answer as a thread sends it: nearly always only what the work returned, in a list, for names cost more to copy than what they name. */
export type ThreadAnswer = Answer | readonly [returned: unknown];

/** What a worker says while it has a call; a thread does by its port. What it sent before its answer is there when the answer is. */
export type FromWorker = { readonly call: number } & (Outcome | { readonly type: 'begun' } | { readonly type: 'progressed'; readonly value: unknown } | { readonly type: 'logged'; readonly message: string });

/** What a worker is told meanwhile: that a call is aborted. */
export interface ToWorker {
  readonly abort: number;
  readonly reason: PackedError;
}

/** All that a process sends; the first is that it is up. */
export type FromProcess = 'up' | FromWorker | { readonly type: 'answer'; readonly answer: Answer };

/** All that a process is sent. */
export type ToProcess = Job | ToWorker;

/** The first that a thread says: its port. */
export interface Hello {
  readonly carillonThread: number;
  readonly port: MessagePort;
}

/** What a thread is born with: a cell for each place, with the id of the thread that has the call in that place; or what {@link doneBy} says. In one more cell the threads that are being warmed count themselves. */
export interface ThreadData {
  readonly cells: Int32Array;
  readonly niceIncrement: number;
}

/** What is in a cell once the thread of this id has made the call, and is about to answer. Below -1, which says something else there. */
export function doneBy(id: number): number {
  return -1 - id;
}

/** The id of the thread by which a call was done. */
export function idOf(done: number): number {
  return -1 - done;
}
