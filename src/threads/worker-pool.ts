// A pool of workers: gives calls to threads or processes, aborts them, ends workers that don't stop, and says how each call ended.
import { randomUUID } from 'node:crypto';
import type { SchedulerLike } from 'rxjs';
import { OrderedQueue } from '../clock/ordered-queue.js';
import { WallClock } from '../clock/wall-clock.js';
import { toError } from '../task/errors.js';
import type { RunContext, WorkLimit, WorkResource } from '../task/work.js';
import { crash, isRefusal, noStart } from './crash.js';
import { checkCrossing, isDetached, isHarmless, NOTHING, unwrap } from './crossing.js';
import { NotSerializableError, WorkerModuleError } from './errors.js';
import type { WorkerSetup } from './options.js';
import { textOf, type Answer, type FromWorker } from './protocol.js';
import { WorkerCall } from './worker-call.js';
import type { Workers, WorkersListener } from './workers.js';

/** Threads and processes are ended by real time, whatever clock the scheduler has. */
const realTime = new WallClock();

/** Workers that take one call at a time. They start when they are needed, and end when nobody retains the pool any more. */
export class WorkerPool implements WorkResource {
  readonly limit: WorkLimit;
  readonly #setup: WorkerSetup;
  readonly #workers: Workers;
  readonly #clock: SchedulerLike;
  /** As many calls have a worker at once, or are about to. */
  readonly #freePlaces: number[];
  /** The calls by their places. */
  readonly #calls: (WorkerCall | undefined)[];
  /** How many have a place. */
  #busy = 0;
  /** Those that have none yet. Not a Set: one that much goes through keeps what is gone from it until the next collection of the old half. */
  readonly #waiting = new OrderedQueue<WorkerCall>();
  #numbered = 0;
  #retained = 0;
  #isDisposed = false;
  #preloading: Promise<void> | undefined;
  #onIdle: (() => void)[] = [];

  constructor(setup: WorkerSetup, open: (listener: WorkersListener) => Workers, clock: SchedulerLike = realTime) {
    this.#setup = setup;
    this.#clock = clock;
    this.limit = { key: `carillon/threads ${randomUUID()}`, limit: setup.workers };
    this.#workers = open({
      heard: (message) => { this.#heard(message); },
      answered: (call, answer) => { this.#answered(call, answer); },
      broke: (call, error) => { void this.#broke(call, error); },
      freed: () => { this.#startNext(); },
      didNotComeUp: (cause) => { this.#didNotComeUp(cause); },
    });
    this.#freePlaces = Array.from({ length: this.#workers.places }, (_, place) => place);
    this.#calls = this.#freePlaces.map(() => undefined);
  }

  /** Makes a call as soon as a worker is free, of the callee that has this text. Rejects with whatever it fails with, a NotSerializableError among that. */
  call(callee: string, args: readonly unknown[], context?: RunContext): Promise<unknown> {
    try {
      this.#refuseWhenDisposed();
      const call = this.#newCall(callee, args, context);
      call.timing?.wait();
      if (this.#busy < this.#setup.workers) this.#start(call);
      else this.#waiting.push(call, call.order);
      if (context) this.#heedAbort(call, context);
      return call.result;
    } catch (error) {
      return Promise.reject(toError(error));
    }
  }

  /** Starts all workers that are not busy, each with the module loaded. */
  preload(module: string): Promise<void> {
    this.#preloading ??= this.#preload(module).finally(() => { this.#preloading = undefined; });
    return this.#preloading;
  }

  retain(): void {
    this.#retained++;
  }

  async release(): Promise<void> {
    if (--this.#retained > 0) return;
    // What is left of runs was aborted as the scheduler stopped, and ends within its grace.
    await Promise.all(this.#inPlace.filter(({ context }) => context).map(({ free }) => free));
    // A call by somebody without a scheduler may still be in progress; the workers end when it has ended.
    if (this.#isIdle) await this.#workers.end();
    else this.#onIdle.push(() => { if (this.#retained === 0) void this.#workers.end(); });
  }

  /** Aborts what is in progress, and ends all workers. Further calls are refused. */
  async dispose(): Promise<void> {
    this.#isDisposed = true;
    const error = this.#disposedError();
    for (const call of [...this.#waiting, ...this.#inPlace]) {
      this.#abort(call, error);
      call.fail(error);
    }
    if (!this.#isIdle) await new Promise<void>((resolve) => { this.#onIdle.push(resolve); });
    await this.#workers.end();
  }

  get #isIdle(): boolean {
    return this.#busy === 0;
  }

  get #inPlace(): readonly WorkerCall[] {
    return this.#calls.filter((call) => call !== undefined);
  }

  #hasPlace(call: WorkerCall): boolean {
    return this.#calls[call.place] === call;
  }

  async #preload(module: string): Promise<void> {
    this.#refuseWhenDisposed();
    const free = this.#setup.workers - this.#busy;
    await Promise.all(Array.from({ length: free }, () => this.call(textOf({ load: module, together: free }), [])));
  }

  #newCall(callee: string, given: readonly unknown[], context: RunContext | undefined): WorkerCall {
    const { kind } = this.#setup;
    let moved = NOTHING;
    const args = given.map((arg, i) => {
      if (isHarmless(arg)) return arg;
      const { value, list } = unwrap(arg, kind);
      checkCrossing(value, `args[${i}]`, list, kind);
      moved = [...moved, ...list.filter((thing) => !moved.includes(thing))];
      return value;
    });
    return new WorkerCall(++this.#numbered, kind, callee, args, moved, context, this.#workers.errors);
  }

  #startNext(): void {
    const next = this.#freePlaces.length > 0 ? this.#waiting.pop() : undefined;
    if (next) this.#start(next);
  }

  /** Gives a call a place, of which one has to be free, and a worker. */
  #start(call: WorkerCall): void {
    call.place = this.#freePlaces.pop() as number;
    this.#calls[call.place] = call;
    this.#busy++;
    this.#give(call);
  }

  #give(call: WorkerCall): void {
    if (call.moved.some(isDetached)) {
      void this.#broke(call, new NotSerializableError('args', 'args name something to transfer that has moved to a thread meanwhile. Make a new one for each call.'));
      return;
    }
    this.#workers.give(call);
  }

  /** No worker has come up, and none will: to try again and again would help nobody. */
  #didNotComeUp(cause: unknown): void {
    for (const call of this.#inPlace) call.startError ??= noStart(this.#setup, cause);
    void this.#workers.end();
  }

  #heard(message: FromWorker): void {
    const call = this.#calls.find((given) => given?.number === message.call);
    if (!call || call.isSettled) return;
    if (message.type === 'begun') {
      call.timing?.begin();
      return;
    }
    if (message.type === 'progressed') {
      call.context?.progress(message.value);
      return;
    }
    if (message.type === 'logged') {
      call.context?.log(message.message);
      return;
    }
    // The outcome is known, and the worker is not free yet.
    call.context?.waitUntil(call.free);
    call.settle(message);
  }

  #answered(call: WorkerCall, answer: Answer): void {
    if (answer.type !== 'free') call.settle(answer);
    this.#setFree(call);
  }

  /** Its worker has died, or was ended, or there was none. */
  async #broke(call: WorkerCall, error: unknown): Promise<void> {
    // What could not be sent has cost no worker.
    const exit = await (isRefusal(error) ? undefined : this.#workers.holderOf(call)?.exited);
    // A worker that was ended for another's sake may have been given this call in its last moment.
    if (!exit && !call.startError && !call.isSettled && !isRefusal(error) && call.mayBeGivenAgain()) {
      this.#give(call);
      return;
    }
    call.fail(call.startError ?? crash(this.#setup, error, exit));
    this.#setFree(call);
  }

  #setFree(call: WorkerCall): void {
    this.#calls[call.place] = undefined;
    this.#busy--;
    this.#freePlaces.push(call.place);
    call.setFree();
    if (this.#busy < this.#setup.workers) this.#startNext();
    if (this.#isIdle) for (const tell of this.#onIdle.splice(0)) tell();
  }

  #heedAbort(call: WorkerCall, { signal, waitUntil }: RunContext): void {
    const abort = (): void => {
      // Only the one that has a place holds the run's slot.
      if (this.#hasPlace(call)) waitUntil(call.free);
      this.#abort(call, signal.reason);
    };
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  }

  /** Lets the call know that it is to end, and its worker die if it doesn't. */
  #abort(call: WorkerCall, reason: unknown): void {
    if (this.#waiting.remove(call)) call.fail(reason);
    if (!this.#hasPlace(call)) return;
    // A worker that is only coming up will find that there is nothing to do.
    if (this.#workers.withdraw(call)) {
      call.fail(reason);
      return;
    }
    const worker = this.#workers.holderOf(call);
    worker?.send({ abort: call.number, reason: this.#workers.errors.pack(reason) });
    // If the event loop was held up, the answer may wait behind this: so the end comes a turn later.
    let grace = this.#clock.schedule(() => { grace = this.#clock.schedule(() => { worker?.end(); }, 1); }, this.#setup.graceMs);
    void call.free.then(() => { grace.unsubscribe(); });
  }

  #refuseWhenDisposed(): void {
    if (this.#isDisposed) throw this.#disposedError();
  }

  #disposedError(): WorkerModuleError {
    const { title, kind } = this.#setup;
    return new WorkerModuleError(title, `${kind === 'thread' ? 'The threads' : 'The processes'} for ${title} were disposed of. Name the module anew.`);
  }
}
