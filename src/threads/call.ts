// A call in a worker: the function with its arguments and, if it asks for one, its context; what it returns becomes one outcome.
import type { Observable, Subscription } from 'rxjs';
import { toError } from '../task/errors.js';
import { isThenable } from '../task/thenable.js';
import { contextualWorkOf, messageOf, type RunContext } from '../task/work.js';
import type { AnyFunction } from './callee.js';
import { checkCrossing, isHarmless, NOTHING, unwrap, type Movable } from './crossing.js';
import type { ContextData, FromWorker, Job, Outcome, WorkerKind } from './protocol.js';
import type { ErrorCodec } from './workers.js';

/** What is kept of a call while it is made. */
export class Call {
  /** The promises that its work has given to `waitUntil`. */
  readonly holds: PromiseLike<unknown>[] = [];
  /** Whether it has sent anything yet. */
  said = false;
  #controller: AbortController | undefined;

  constructor(readonly number: number) {}

  /** Made at the first look: most calls are never asked for it. */
  get controller(): AbortController {
    return (this.#controller ??= new AbortController());
  }
}

/** How a call ended, and what moves to the other side with its result. */
export interface Made {
  readonly outcome: Outcome;
  readonly moved: readonly Movable[];
}

/** What a call needs of the worker that makes it. */
export interface Surroundings {
  /** What this worker is. */
  readonly kind: WorkerKind;
  readonly errors: ErrorCodec;
  readonly functionOf: (callee: string) => AnyFunction | Promise<AnyFunction>;
  /** Sends what the call has to tell before its outcome. */
  readonly tell: (message: FromWorker, moved?: readonly Movable[]) => void;
}

/**
 * Makes a call, and answers when it has ended. It never throws. It waits only for work that takes its time, and then once: each turn of a promise
 * costs, in a thread that has just been woken.
 */
export function makeCall<T>([, , callee, args, context]: Job, call: Call, here: Surroundings, answer: (made: Made) => T | PromiseLike<T>): T | PromiseLike<T> {
  const failed = (thrown: unknown): T | PromiseLike<T> => answer(failure(thrown, here));
  const ended = (result: unknown): T | PromiseLike<T> => answer(toMade(result, here));
  let returned: unknown;
  let later: Promise<unknown> | undefined;
  try {
    const found = here.functionOf(callee);
    returned = typeof found === 'function' ? invoke(found, args, context, call, here) : found.then((work) => invoke(work, args, context, call, here));
    later = isThenable(returned) ? Promise.resolve(returned) : undefined;
  } catch (thrown) {
    return failed(thrown);
  }
  return later ? later.then(ended, failed) : ended(returned);
}

function invoke(work: AnyFunction, args: readonly unknown[], context: ContextData | undefined, call: Call, here: Surroundings): unknown {
  // That it had to be loaded first is no time of its own.
  if (context?.tellsBegun) here.tell({ call: call.number, type: 'begun' });
  const branded = context && contextualWorkOf(work);
  const returned = branded ? branded.run(contextOf(context, call, here), args) : work(...args);
  return isObservable(returned) ? lastOf(returned, progressOf(call, here), call) : returned;
}

function toMade(result: unknown, here: Surroundings): Made {
  if (isHarmless(result)) return { outcome: { type: 'returned', value: result }, moved: NOTHING };
  try {
    const { value, list } = unwrap(result, here.kind);
    checkCrossing(value, 'result', list, here.kind);
    return { outcome: { type: 'returned', value }, moved: list };
  } catch (thrown) {
    return failure(thrown, here);
  }
}

function failure(thrown: unknown, { errors }: Surroundings): Made {
  return { outcome: { type: 'threw', error: errors.pack(thrown) }, moved: NOTHING };
}

function progressOf({ number }: Call, { kind, tell }: Surroundings): RunContext['progress'] {
  return (value) => {
    checkCrossing(value, 'progress', [], kind);
    tell({ call: number, type: 'progressed', value });
  };
}

function contextOf({ withheld, tellsBegun: _, ...data }: ContextData, call: Call, here: Surroundings): RunContext {
  const { tell, errors } = here;
  const context: RunContext = {
    ...data,
    progress: progressOf(call, here),
    log: (message) => { tell({ call: call.number, type: 'logged', message: messageOf(message) }); },
    get signal() { return call.controller.signal; },
    waitUntil: (promise) => { call.holds.push(promise); },
  };
  return withheld ? Object.defineProperty(context, 'value', { get: () => { throw errors.unpack(withheld); }, enumerable: true }) : context;
}

/** By its shape, as RxJS itself does; so rxjs need not be loaded in a thread that has no use for it. */
function isObservable(value: unknown): value is Observable<unknown> {
  const { subscribe, lift } = (value ?? {}) as Partial<Record<'subscribe' | 'lift', unknown>>;
  return typeof subscribe === 'function' && typeof lift === 'function';
}

/** Each value is progress; the last one is the result. An abort lets go of the source. */
function lastOf(source: Observable<unknown>, progress: (value: unknown) => void, { controller: { signal } }: Call): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let last: unknown;
    const following: { subscription?: Subscription; isOver: boolean } = { isOver: false };
    const end = (why: Error): void => {
      following.isOver = true;
      following.subscription?.unsubscribe();
      reject(why);
    };
    following.subscription = source.subscribe({
      next: (value) => {
        try {
          progress(value);
          last = value;
        } catch (error) {
          end(toError(error));
        }
      },
      error: reject,
      complete: () => { resolve(last); },
    });
    signal.addEventListener('abort', () => { end(toError(signal.reason)); }, { once: true });
    if (signal.aborted) end(toError(signal.reason));
    // It may have ended while it was subscribed to.
    if (following.isOver) following.subscription.unsubscribe();
  });
}
