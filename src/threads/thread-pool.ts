// A pool of threads: gives calls to threads, aborts them, ends threads that don't stop, and says how each call ended.
import { randomUUID } from 'node:crypto';
import { WallClock } from '../clock/wall-clock.js';
import { toError } from '../task/errors.js';
import type { RunContext, WorkLimit, WorkResource } from '../task/work.js';
import { checkCrossing, unwrap, type Movable } from './crossing.js';
import { packError } from './packed-error.js';
import { crash, noStart } from './crash.js';
import { WorkerModuleError } from './errors.js';
import type { PoolSetup } from './options.js';
import type { PoolThread } from './pool-thread.js';
import { PoolThreads } from './pool-threads.js';
import type { Answer, Callee, FromThread } from './protocol.js';
import { ThreadCall } from './thread-call.js';

/** Threads are ended by real time, whatever clock the scheduler has. */
const clock = new WallClock();

/** Threads that take one call at a time. They start when they are needed, and end when nobody retains the pool any more. */
export class ThreadPool implements WorkResource {
  readonly limit: WorkLimit;
  readonly #setup: PoolSetup;
  readonly #cells: Int32Array;
  readonly #freeCells: number[];
  readonly #threads: PoolThreads;
  /** The calls that have a cell. */
  readonly #calls = new Map<number, ThreadCall>();
  readonly #waiting = new Set<ThreadCall>();
  #numbered = 0;
  #retained = 0;
  #isDisposed = false;
  #onIdle: (() => void)[] = [];

  constructor(setup: PoolSetup) {
    this.#setup = setup;
    this.limit = { key: `carillon/threads ${randomUUID()}`, limit: setup.threads };
    this.#cells = new Int32Array(new SharedArrayBuffer(setup.threads * Int32Array.BYTES_PER_ELEMENT));
    this.#threads = new PoolThreads(setup, this.#cells, {
      heard: (message) => { this.#heard(message); },
      gone: (thread) => { this.#gone(thread); },
      didNotComeUp: (cause) => { this.#didNotComeUp(cause); },
    });
    this.#freeCells = Array.from({ length: setup.threads }, (_, cell) => cell);
  }

  /** Makes a call in a thread as soon as one is free. @throws NotSerializableError (as a rejection, as all else) */
  call(callee: Callee, args: readonly unknown[], context?: RunContext): Promise<unknown> {
    try {
      this.#refuseWhenDisposed();
      const call = this.#newCall(callee, args, context);
      if (context) this.#heedAbort(call, context);
      const cell = this.#freeCells.pop();
      if (cell === undefined) this.#waiting.add(call);
      else this.#start(call, cell);
      return call.result;
    } catch (error) {
      return Promise.reject(toError(error));
    }
  }

  /** Starts all threads that are not busy, each with the module loaded. */
  async preload(module: string): Promise<void> {
    this.#refuseWhenDisposed();
    const free = this.#freeCells.length;
    await Promise.all(Array.from({ length: free }, () => this.call({ load: module }, [])));
  }

  retain(): void {
    this.#retained++;
  }

  async release(): Promise<void> {
    if (--this.#retained > 0) return;
    // A call by somebody without a scheduler may still be in progress; the threads end when it has ended.
    if (this.#isIdle) await this.#threads.end();
    else this.#onIdle.push(() => { if (this.#retained === 0) void this.#threads.end(); });
  }

  /** Aborts what is in progress, and ends all threads. Further calls are refused. */
  async dispose(): Promise<void> {
    this.#isDisposed = true;
    const error = this.#disposedError();
    for (const call of [...this.#waiting, ...this.#calls.values()]) {
      this.#abort(call, error);
      call.fail(error);
    }
    if (!this.#isIdle) await new Promise<void>((resolve) => { this.#onIdle.push(resolve); });
    await this.#threads.end();
  }

  get #isIdle(): boolean {
    return this.#calls.size === 0;
  }

  #newCall(callee: Callee, given: readonly unknown[], context: RunContext | undefined): ThreadCall {
    const moved: Movable[] = [];
    const args = given.map((arg, i) => {
      const { value, list } = unwrap(arg);
      checkCrossing(value, `args[${i}]`, list);
      moved.push(...list);
      return value;
    });
    if (context) checkCrossing(context.value, 'value');
    return new ThreadCall(++this.#numbered, callee, args, moved, context);
  }

  #start(call: ThreadCall, cell: number): void {
    call.cell = cell;
    Atomics.store(this.#cells, cell, 0);
    this.#calls.set(call.number, call);
    this.#threads.give(call).then((answer) => { this.#answered(call, answer); }, (error: unknown) => { void this.#broke(call, error); });
  }

  /** The calls that the thread had know of its end. */
  #gone(thread: PoolThread): void {
    for (const call of this.#calls.values()) if (this.#threadIdOf(call) === thread.id) call.lost = thread;
  }

  /** No thread has come up, and none will: to try again and again would help nobody. */
  #didNotComeUp(cause: unknown): void {
    for (const call of this.#calls.values()) call.startError ??= noStart(this.#setup.title, cause);
    void this.#threads.end();
  }

  /** 0 when no thread has the call, and -1 when none is to have it any more. */
  #threadIdOf(call: ThreadCall): number {
    return call.cell < 0 ? 0 : Atomics.load(this.#cells, call.cell);
  }

  #threadOf(call: ThreadCall): PoolThread | undefined {
    return call.lost ?? this.#threads.find(this.#threadIdOf(call));
  }

  #heard(message: FromThread): void {
    const call = this.#calls.get(message.call);
    if (!call || call.isSettled) return;
    if (message.type === 'progressed') {
      call.context?.progress(message.value);
      return;
    }
    // The outcome is known, and the thread is not free yet.
    call.context?.waitUntil(call.free);
    call.settle(message);
  }

  #answered(call: ThreadCall, answer: Answer): void {
    this.#threadOf(call)?.drain();
    if (answer.type !== 'free') call.settle(answer);
    this.#setFree(call);
  }

  /** Piscina has given the call up: its thread has died, or was ended, or there was none. */
  async #broke(call: ThreadCall, error: unknown): Promise<void> {
    const thread = this.#threadOf(call);
    await thread?.exited;
    call.fail(call.startError ?? crash(this.#setup.title, error, thread?.exitCode));
    this.#setFree(call);
  }

  #setFree(call: ThreadCall): void {
    this.#calls.delete(call.number);
    call.setFree();
    const [next] = this.#waiting;
    if (next) {
      this.#waiting.delete(next);
      this.#start(next, call.cell);
      return;
    }
    this.#freeCells.push(call.cell);
    if (this.#isIdle) for (const tell of this.#onIdle.splice(0)) tell();
  }

  #heedAbort(call: ThreadCall, { signal, waitUntil }: RunContext): void {
    const abort = (): void => {
      // Only the one that has a thread holds the run's slot.
      if (call.cell >= 0) waitUntil(call.free);
      this.#abort(call, signal.reason);
    };
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  }

  /** Lets the call know that it is to end, and its thread die if it doesn't. */
  #abort(call: ThreadCall, reason: unknown): void {
    if (this.#waiting.delete(call)) call.fail(reason);
    if (!this.#calls.has(call.number)) return;
    // A thread that is only coming up will find that there is nothing to do.
    if (Atomics.compareExchange(this.#cells, call.cell, 0, -1) <= 0) {
      call.fail(reason);
      return;
    }
    const thread = this.#threadOf(call);
    thread?.send({ abort: call.number, reason: packError(reason) });
    const grace = clock.schedule(() => { thread?.end(); }, this.#setup.graceMs);
    void call.free.then(() => { grace.unsubscribe(); });
  }

  #refuseWhenDisposed(): void {
    if (this.#isDisposed) throw this.#disposedError();
  }

  #disposedError(): WorkerModuleError {
    return new WorkerModuleError(this.#setup.title, `The threads for ${this.#setup.title} were disposed of. Name the module anew with workerModule().`);
  }
}
