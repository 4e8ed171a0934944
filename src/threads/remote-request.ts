// A remote request: what `schedule` was given, as far as it can be checked before it crosses to the scheduler's thread.
import type { Transferable } from 'node:worker_threads';
import { RegisteredWork } from '../registered-work.js';
import { readCall } from '../schedule-request.js';
import { refuse, type UncheckedOptions } from '../task/check.js';
import type { CheckedRetry } from '../task/retry.js';
import type { Trigger } from '../task/trigger.js';
import { checkCrossing, unwrap } from './crossing.js';
import { NotSerializableError } from './errors.js';

/** A request to schedule a task, as it crosses. */
export interface RemoteRequest {
  readonly name: string;
  readonly trigger: Trigger;
  /** Without the signal. */
  readonly options: UncheckedOptions;
  readonly signal: AbortSignal | undefined;
  /** What moves along with the arguments. */
  readonly moved: readonly Transferable[];
}

/** @throws InvalidArgumentError, NotSerializableError */
export function readRemoteRequest(target: unknown, when: unknown, given: unknown): RemoteRequest {
  const name = target instanceof RegisteredWork ? target.name : target;
  if (typeof name === 'function') throw closure('work', 'work is a function', 'Register it in the thread that has the scheduler, and schedule it by its name');
  if (typeof name !== 'string') return refuse('work', target, 'the name of work that was registered, or its handle');
  const { trigger, call: { signal, args, ...options } } = readCall(when, given);
  if (trigger.kind === 'observable') throw closure('trigger', 'trigger is an Observable', 'Schedule such a task in the thread that has the scheduler');
  const { backoff, retryIf } = (options['retry'] ?? {}) as Partial<CheckedRetry>;
  for (const [path, value] of Object.entries({ carry: options['carry'], concurrencyKey: options['concurrencyKey'], 'retry.backoff': backoff, 'retry.retryIf': retryIf })) {
    if (typeof value === 'function') throw closure(path, `${path} is a function`, 'Give it to register() in the thread that has the scheduler');
  }
  if (options['inputSchema']) throw closure('inputSchema', 'inputSchema is made of functions', 'Give it to register() in the thread that has the scheduler');
  if (typeof args === 'function') throw closure('args', 'args is a function', 'Give an array, or give the function to register() in the thread that has the scheduler');
  const { values, moved } = crossingArgs(args as readonly unknown[] | undefined);
  return { name, trigger, options: values ? { ...options, args: values } : options, signal: signal as AbortSignal | undefined, moved };
}

/**
 * Arguments as they cross, and what moves along with them.
 *
 * @throws NotSerializableError
 */
export function crossingArgs(args: readonly unknown[] | undefined): { readonly values: readonly unknown[] | undefined; readonly moved: readonly Transferable[] } {
  const moved = new Set<Transferable>();
  const values = args?.map((arg, i) => {
    const { value, list } = unwrap(arg, 'thread');
    checkCrossing(value, `args[${i}]`, list);
    for (const thing of list) moved.add(thing);
    return value;
  });
  return { values, moved: [...moved] };
}

/** What a function, or anything that consists of functions, is refused with. */
export function closure(path: string, what: string, way: string): NotSerializableError {
  return new NotSerializableError(path, `${what}, and functions don't cross between threads. ${way}.`);
}
