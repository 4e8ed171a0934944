// A virtual thread: makes one call at a time on the event loop, and dies when it is told to.
import type { Transferable } from 'node:worker_threads';
import { aBoolean, checkBag, refuse } from '../task/check.js';
import type { RunId } from '../task/run.js';
import { Call, makeCall } from '../threads/call.js';
import type { AnyFunction } from '../threads/callee.js';
import type { Movable } from '../threads/crossing.js';
import { packError, unpacker } from '../threads/packed-error.js';
import type { Answer, FromWorker, Job, Outcome, ToWorker } from '../threads/protocol.js';
import type { WorkerCall } from '../threads/worker-call.js';
import type { ErrorCodec, Exit, PoolWorker, WorkersListener } from '../threads/workers.js';

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

/** What a call's callee stands for. */
export interface VirtualFunction {
  readonly name: string;
  readonly work: AnyFunction;
}

const STANDARD = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError];

/** Errors are copied as between threads; but what makes them anew there is a package that a test need not have. */
export const errors: ErrorCodec = {
  pack: packError,
  unpack: unpacker(({ name, message, stack }) => {
    const Standard = STANDARD.find((standard) => standard.name === name) ?? Error;
    const error = new Standard(message);
    if (error.name !== name) Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true, enumerable: true });
    return Object.defineProperty(error, 'stack', { value: stack, configurable: true, writable: true });
  }),
};

const CRASH_CHECKS = {
  exitCode: (value: unknown, field: string) => Number.isSafeInteger(value) ? value : refuse(field, value, 'a whole number'),
  outOfMemory: aBoolean,
  uncaught: (value: unknown) => value,
};

/** A call that a thread has. */
interface Current {
  readonly number: number;
  /** A call that was not begun yet may be taken back. */
  state: 'given' | 'begun' | 'withdrawn';
  readonly shown: VirtualCall;
  readonly call: WorkerCall;
  /** What is kept of it inside the thread. */
  readonly inside: Call;
  readonly reject: (error: unknown) => void;
}

export class VirtualThread implements PoolWorker {
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
    const crash = (how?: VirtualCrash): void => {
      const checked = checkBag(how, CRASH_CHECKS, 'crash');
      if (this.call === current) this.#die(checked);
    };
    const inside = new Call(number);
    let reject!: Current['reject'];
    const died = new Promise<never>((_, rejectIt) => { reject = rejectIt; });
    const current: Current = { number, state: 'given', call, inside, reject, shown: Object.freeze({ name, args, runId: call.context?.runId, thread: this.#number, crash }) };
    this.call = current;
    try {
      return await Promise.race([died, this.#run(current, context ? [number, place, callee, args, structuredClone(context)] : [number, place, callee, args], work)]);
    } finally {
      if (this.call === current) this.call = undefined;
    }
  }

  send({ abort, reason }: ToWorker): void {
    const { call } = this;
    // It hears of it a little later, as a thread does.
    if (call?.number === abort) void Promise.resolve(reason).then((packed) => { call.inside.controller.abort(errors.unpack(packed)); });
  }

  end(): void {
    this.#die();
  }

  async #run(current: Current, job: Job, work: AnyFunction): Promise<Answer> {
    const tell = (message: FromWorker): void => { if (this.call === current) this.#listener.heard(copied(message)); };
    await Promise.resolve();
    if (current.state === 'withdrawn' || this.call !== current) return { type: 'free' };
    current.state = 'begun';
    const { outcome, moved } = await makeCall(job, current.inside, { kind: 'thread', errors, functionOf: () => work, tell }, (made) => made);
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
    call.reject(outOfMemory ? outOfMemoryError() : uncaught ?? new Error(`it exited with code ${exitCode}`));
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

