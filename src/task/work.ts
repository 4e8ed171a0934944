// Work: the function a user hands over, and the one brand by which any special kind of work is known.
import type { Observable } from 'rxjs';
import type { RunId } from './run.js';
import { MOST_CHARACTERS } from './run-log.js';
import { show } from './show.js';
import type { TaskId } from './task.js';

/** The function that a task runs: it returns a value, a promise or an Observable. */
export type Work<A extends readonly unknown[] = never, T = unknown> = (...args: A) => T;

/** What a run of work results in: an Observable's element (its last one counts), else what a promise resolves to. */
export type ResultOf<T> = T extends Observable<infer V> ? V : Awaited<T>;

/** What a run knows of itself, handed as first argument to work made by {@link withContext}. */
export interface RunContext {
  readonly taskId: TaskId;
  readonly runId: RunId;
  /** The task's name, if it has one. */
  readonly name: string | undefined;
  /** The number of the tick that caused this run, from 0; undefined for a run by hand. */
  readonly tick: number | undefined;
  /** 1 for the first try. */
  readonly attempt: number;
  /** The instant that the run was due (epoch ms), constant across attempts. */
  readonly scheduledFor: number;
  /** The instant that this attempt started (epoch ms). */
  readonly startedAt: number;
  /**
   * Aborts when the run is cancelled or replaced, when its `timeout` or its `deadline` is over, or when the scheduler stops and doesn't wait any
   * longer. Its `reason` says which.
   */
  readonly signal: AbortSignal;
  /** What an Observable trigger emitted; undefined for any other trigger. */
  readonly value: unknown;
  /** Reports how far the run is: any value, kept as `progress` of the run and of its task. */
  readonly progress: (value: unknown) => void;
  /**
   * Says something for whoever reads along: told as a `runLogged` event, and kept with the run as `logs`, bounded. What is no text is
   * shown as text; what is longer than 10,000 characters is cut.
   */
  readonly log: (message: string) => void;
  /**
   * Keeps the run's slot taken until `promise` settles, though the outcome is decided: for work that can't let go at
   * once when its signal aborts. How it settles doesn't matter.
   */
  readonly waitUntil: (promise: PromiseLike<unknown>) => void;
}

/** The key under which the context of a run with a `timeout` has the count of its time. */
export const timing: unique symbol = Symbol.for('carillon.timing') as never;

/** The count of an attempt's time, for work that is made elsewhere and may have to wait there. */
export interface Timing {
  /** It waits: its time does not count. */
  wait(): void;
  /** It really starts: its time counts from now on, from nothing. */
  begin(): void;
}

/** A context as the engine makes it. */
export interface TimedContext extends RunContext {
  [timing]?: Timing;
}

/** A limit that work brings along: of all runs with this key, at most `limit` are in progress at once. */
export interface WorkLimit {
  readonly key: string;
  readonly limit: number;
}

/** What work needs that outlives its runs: threads, say. */
export interface WorkResource {
  /** A scheduler has got work that needs it. */
  retain(): void;
  /** That scheduler has stopped. Resolves once nothing is left that nobody else retains. */
  release(): PromiseLike<void>;
}

/** What the brand holds: how to run the work with a context, and the limit and the resource that it brings along. */
export interface ContextualWork<A extends readonly unknown[] = readonly unknown[], T = unknown> {
  run(context: RunContext, args: A): T;
  readonly limit?: WorkLimit | undefined;
  readonly resource?: WorkResource | undefined;
}

/** The key under which a function carries its {@link ContextualWork}; the same in every copy of carillon. */
export const workBrand: unique symbol = Symbol.for('carillon.work') as never;

/**
 * Gives work the {@link RunContext} as its first argument.
 *
 * The result is work like any other, with the remaining arguments as its own. Called directly, outside any scheduler,
 * it runs with a context that is never aborted and whose progress goes nowhere.
 *
 * @example
 * const copy = withContext(async ({ signal, progress }, from: string, to: string) => {
 *   await pipeline(createReadStream(from), createWriteStream(to), { signal });
 *   progress('copied');
 * });
 * scheduler.schedule(copy, after('1s'), { args: ['a.txt', 'b.txt'] });
 */
export function withContext<A extends readonly unknown[], T>(
  work: (context: RunContext, ...args: A) => T,
): Work<A, T> {
  const branded: ContextualWork<A, T> = { run: (context, args) => work(context, ...args) };
  const plain = (...args: A): T => work(detachedContext(), ...args);
  return Object.defineProperty(plain, workBrand, { value: branded });
}

/** The brand of `work`, if it carries one. */
export function contextualWorkOf(work: object): ContextualWork | undefined {
  return (work as { [workBrand]?: ContextualWork })[workBrand];
}

/** A message as it is told. */
export function messageOf(message: unknown): string {
  const text = typeof message === 'string' ? message : show(message);
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS - 1)}…` : text;
}

function detachedContext(): RunContext {
  return {
    taskId: '', runId: '', name: undefined, tick: undefined, attempt: 1, scheduledFor: 0, startedAt: 0,
    signal: new AbortController().signal, value: undefined, progress: () => undefined, log: () => undefined, waitUntil: () => undefined,
  };
}
