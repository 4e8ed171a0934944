// Virtual threads: a pool for tests, whose threads are none, so that one can crash on order, and on virtual time.
import type { Transferable } from 'node:worker_threads';
import type { SchedulerLike } from 'rxjs';
import { toError } from '../task/errors.js';
import { checkBag, refuse } from '../task/options.js';
import type { RunId } from '../task/run.js';
import { Call, makeCall } from '../threads/call.js';
import type { AnyFunction } from '../threads/callee.js';
import type { Movable } from '../threads/crossing.js';
import type { WorkerFunctions } from '../threads/module-functions.js';
import { threadSetup } from '../threads/options.js';
import { textOf, type Answer, type Callee, type FromWorker, type Job, type Outcome, type ToWorker } from '../threads/protocol.js';
import type { WorkerCall } from '../threads/worker-call.js';
import { workerFunction } from '../threads/worker-function.js';
import { WorkerPool } from '../threads/worker-pool.js';
import type { ErrorCodec, Exit, PoolWorker, Workers, WorkersListener } from '../threads/workers.js';

/** Options of {@link VirtualThreads}. */
export interface VirtualThreadsOptions {
  /** The scheduler's clock, which `graceMs` is counted on. */
  readonly clock: SchedulerLike;
  /** How many there are. @default 1 */
  readonly threads?: number;
  /** How many milliseconds a run that was aborted has to end by itself, before its thread is ended. @default 1000 */
  readonly graceMs?: number;
}

/** How a virtual thread dies. */
export interface VirtualCrash {
  /** As by `process.exit(code)`. @default 1 */
  readonly exitCode?: number;
  /** Of too much memory. @default false */
  readonly outOfMemory?: boolean;
  /** Of something that was thrown, and that nobody caught. */
  readonly uncaught?: unknown;
}

/** A call that a virtual thread has. */
export interface VirtualCall {
  /** The name of the function. */
  readonly name: string;
  readonly args: readonly unknown[];
  /** The run that it is for; undefined when somebody called the function without a scheduler. */
  readonly runId: RunId | undefined;
  /** The number of the thread, from 1. One that takes the place of a thread that died has a number of its own. */
  readonly thread: number;
  /** Lets the thread die under it. */
  readonly crash: (how?: VirtualCrash) => void;
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

/** Nothing travels, so errors need no form for it. */
const errors: ErrorCodec = { pack: (value) => ({ kind: 'value', value }), unpack: (packed) => (packed as { readonly value: unknown }).value };

/** What a call's callee stands for. */
interface VirtualFunction {
  readonly name: string;
  readonly work: AnyFunction;
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

  give(call: WorkerCall): Promise<Answer> {
    const idle = [...this.#threads].find((thread) => !thread.call);
    return (idle ?? this.#start()).make(call, this.#functions.get(call.callee) as VirtualFunction);
  }

  holderOf(call: WorkerCall): PoolWorker | undefined {
    return call.lostTo ?? [...this.#threads].find((thread) => thread.call?.call === call);
  }

  withdraw(call: WorkerCall): boolean {
    const current = this.#currentOf(call);
    if (current?.state === 'given') current.state = 'withdrawn';
    return current?.state === 'withdrawn';
  }

  async end(): Promise<void> {
    const all = [...this.#threads];
    for (const thread of all) thread.end();
    await Promise.all(all.map(({ exited }) => exited));
  }

  #currentOf(call: WorkerCall): Current | undefined {
    return [...this.#threads].map((thread) => thread.call).find((current) => current?.call === call);
  }

  #start(): VirtualThread {
    const thread = new VirtualThread(++this.#started, this.#listener, (gone) => { this.#threads.delete(gone); });
    this.#threads.add(thread);
    return thread;
  }
}

/** A call that a thread has. */
interface Current {
  readonly number: number;
  /** A call that was not begun yet may be taken back. */
  state: 'given' | 'begun' | 'withdrawn';
  readonly shown: VirtualCall;
  readonly call: WorkerCall;
  /** What is kept of it inside the thread. */
  readonly inside: Call;
  readonly reject: (error: Error) => void;
}

class VirtualThread implements PoolWorker {
  readonly exited: Promise<Exit>;
  call: Current | undefined;
  readonly #number: number;
  readonly #listener: WorkersListener;
  readonly #gone: (thread: VirtualThread) => void;
  #exit: (exit: Exit) => void = () => undefined;

  constructor(number: number, listener: WorkersListener, gone: (thread: VirtualThread) => void) {
    this.#number = number;
    this.#listener = listener;
    this.#gone = gone;
    this.exited = new Promise((resolve) => { this.#exit = resolve; });
  }

  async make(call: WorkerCall, { name, work }: VirtualFunction): Promise<Answer> {
    const args = structuredClone(call.args, { transfer: [...call.moved] as Transferable[] });
    const { number, job: [, place, callee, , context] } = call;
    const crash = (how?: VirtualCrash): void => { if (this.call === current) this.#die(how); };
    const inside = new Call(number);
    let reject!: Current['reject'];
    const died = new Promise<never>((_, rejectIt) => { reject = rejectIt; });
    const current: Current = { number, state: 'given', call, inside, reject, shown: Object.freeze({ name, args, runId: call.context?.runId, thread: this.#number, crash }) };
    this.call = current;
    try {
      return await Promise.race([died, this.#run(current, context ? [number, place, callee, args, context] : [number, place, callee, args], work)]);
    } finally {
      if (this.call === current) this.call = undefined;
    }
  }

  send({ abort, reason }: ToWorker): void {
    if (this.call?.number === abort) this.call.inside.controller.abort(errors.unpack(reason));
  }

  end(): void {
    this.#die();
  }

  async #run(current: Current, job: Job, work: AnyFunction): Promise<Answer> {
    const tell = (message: FromWorker): void => { if (this.call === current) this.#listener.heard(copied(message)); };
    await Promise.resolve();
    if (current.state === 'withdrawn') return { type: 'free' };
    current.state = 'begun';
    const { outcome, moved } = await makeCall(job, current.inside, { kind: 'thread', errors, functionOf: () => work, tell });
    const sent = copied(outcome, moved);
    if (current.inside.holds.length === 0) return sent;
    tell({ call: current.number, ...sent });
    await Promise.allSettled(current.inside.holds);
    return { type: 'free' };
  }

  #die({ exitCode = 1, outOfMemory = false, uncaught }: VirtualCrash = {}): void {
    const { call } = this;
    this.call = undefined;
    this.#gone(this);
    this.#exit({ code: exitCode, signal: undefined });
    if (!call) return;
    call.call.lostTo = this;
    call.reject(outOfMemory ? outOfMemoryError() : uncaught === undefined ? new Error(`it exited with code ${exitCode}`) : toError(uncaught));
    call.inside.controller.abort(new Error('The virtual thread that had this call has died.'));
  }
}

/** What a message is once it has arrived. */
function copied<M extends FromWorker | Outcome>(message: M, moved: readonly Movable[] = []): M {
  return 'value' in message ? { ...message, value: structuredClone(message.value, { transfer: [...moved] as Transferable[] }) } : message;
}

/** As Node says it. */
function outOfMemoryError(): Error {
  return Object.assign(new Error('Worker terminated due to reaching memory limit: JS heap out of memory'), { code: 'ERR_WORKER_OUT_OF_MEMORY' });
}

function aClock(value: unknown, field: string): unknown {
  return typeof (value as Partial<SchedulerLike> | null)?.schedule === 'function' ? value : refuse(field, value, "the scheduler's clock");
}

function asIs(value: unknown): unknown {
  return value;
}
