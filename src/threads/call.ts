// A call in a worker: the function with its arguments and, if it asks for one, its context; what it returns becomes one outcome.
import type { Observable, Subscription } from 'rxjs';
import { toError } from '../task/errors.js';
import { contextualWorkOf, messageOf, type RunContext } from '../task/work.js';
import type { AnyFunction } from './callee.js';
import { checkCrossing, unwrap, type Movable } from './crossing.js';
import type { Callee, ContextData, FromWorker, Job, Outcome, WorkerKind } from './protocol.js';
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
interface Made {
  readonly outcome: Outcome;
  readonly moved: readonly Movable[];
}

/** What a call needs of the worker that makes it. */
export interface Surroundings {
  /** What this worker is. */
  readonly kind: WorkerKind;
  readonly errors: ErrorCodec;
  readonly functionOf: (callee: Callee) => Promise<AnyFunction>;
  /** Sends what the call has to tell before its outcome. */
  readonly tell: (message: FromWorker) => void;
}

/** Makes a call. It never throws. */
export async function makeCall(job: Job, call: Call, { kind, errors, functionOf, tell }: Surroundings): Promise<Made> {
  const progress = (value: unknown): void => {
    checkCrossing(value, 'progress', [], kind);
    tell({ call: job.call, type: 'progressed', value });
  };
  const log = (message: string): void => { tell({ call: job.call, type: 'logged', message: messageOf(message) }); };
  try {
    const returned = invoke(await functionOf(job.callee), job, call, { progress, log }, errors);
    const { value, list } = unwrap(isObservable(returned) ? await lastOf(returned, progress, call) : await returned, kind);
    checkCrossing(value, 'result', list, kind);
    return { outcome: { type: 'returned', value }, moved: list };
  } catch (thrown) {
    return { outcome: { type: 'threw', error: errors.pack(thrown) }, moved: [] };
  }
}

type Says = Pick<RunContext, 'progress' | 'log'>;

function invoke(work: AnyFunction, { args, context }: Job, call: Call, says: Says, errors: ErrorCodec): unknown {
  const branded = context && contextualWorkOf(work);
  return branded ? branded.run(contextOf(context, call, says, errors), args) : work(...args);
}

function contextOf({ withheld, ...data }: ContextData, call: Call, says: Says, errors: ErrorCodec): RunContext {
  const context: RunContext = {
    ...data, ...says, get signal() { return call.controller.signal; }, waitUntil: (promise) => { call.holds.push(promise); },
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
