// The threads of a pool, on piscina: started when there is a call for one, each with a port of its own, and ended.
import { stat } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { FixedQueue, Piscina } from 'piscina';
import { toError } from '../task/errors.js';
import type { WorkerSetup } from './options.js';
import { errorCodec } from './error-codec.js';
import { IdleEnd } from './idle-end.js';
import { idOf, isLoad, type Hello, type ThreadAnswer, type ThreadData } from './protocol.js';
import { ThreadWorker } from './thread-worker.js';
import type { WorkerCall } from './worker-call.js';
import type { PoolWorker, Workers, WorkersListener } from './workers.js';

/** What is in a call's cell while no thread has it; else it is the thread's id. */
const NOBODY = 0;
/** What is there when none is to have it any more. */
const WITHDRAWN = -1;

/** Piscina looks at its queue the moment that a thread is free. Then a call can go there at once: some µs later the thread would be asleep. */
class WatchedQueue extends FixedQueue {
  readonly #onLook: () => void;

  constructor(onLook: () => void) {
    super();
    this.#onLook = onLook;
  }

  get length(): number {
    return super.size;
  }

  override get size(): number {
    this.#onLook();
    return super.size;
  }
}

/** Threads by their ids. */
export class ThreadWorkers implements Workers {
  readonly errors = errorCodec;
  readonly places: number;
  readonly #setup: WorkerSetup;
  readonly #listener: WorkersListener;
  /** Where a thread says which call it has: in memory that they share, so it can be read though the thread be stuck. */
  readonly #cells: Int32Array;
  readonly #threads = new Map<number, ThreadWorker>();
  /** The calls by their places. */
  readonly #calls: (WorkerCall | undefined)[];
  /** How many there are. */
  #given = 0;
  /** Whether threads keep the process alive. */
  #isHeld = false;
  readonly #idleEnd: IdleEnd<ThreadWorker>;
  /** Piscina's own queue: it holds calls while threads come up, and no others. */
  readonly #queue = new WatchedQueue(() => { this.#looked(); });
  #piscina: Piscina | undefined;
  #isRunning = false;
  /** Whether there was no thread for a call since piscina's threads were looked at. */
  #lacksThreads = false;

  constructor(setup: WorkerSetup, listener: WorkersListener) {
    this.#setup = setup;
    this.#listener = listener;
    this.#idleEnd = new IdleEnd(setup.idleMs, () => this.#idle(), (thread) => { thread.end(); });
    // A thread has a call, and perhaps one that it has done, whose answer was not heard yet.
    this.places = 2 * setup.workers;
    this.#calls = Array.from({ length: this.places });
    this.#cells = new Int32Array(new SharedArrayBuffer((this.places + 1) * Int32Array.BYTES_PER_ELEMENT));
  }

  give(call: WorkerCall): void {
    Atomics.store(this.#cells, call.place, NOBODY);
    if (isLoad(call.callee) && !this.#calls.some((given) => given && isLoad(given.callee))) Atomics.store(this.#cells, this.places, 0);
    this.#calls[call.place] = call;
    this.#given++;
    this.#run(call).then((answer) => { this.#answered(call, answer); }, (error: unknown) => {
      this.#taken(call);
      this.#letGoOfLoads();
      this.#listener.broke(call, error);
    });
  }

  holderOf(call: WorkerCall): PoolWorker | undefined {
    return call.lostTo ?? this.#threadOf(call);
  }

  withdraw(call: WorkerCall): boolean {
    const before = Atomics.compareExchange(this.#cells, call.place, NOBODY, WITHDRAWN);
    return before === NOBODY || before === WITHDRAWN;
  }

  async end(): Promise<void> {
    const piscina = this.#piscina;
    this.#piscina = undefined;
    this.#idleEnd.stop();
    const all = [...this.#threads.values()];
    for (const thread of all) thread.hold();
    await piscina?.destroy();
    await Promise.all(all.map(({ exited }) => exited));
  }

  #answered(call: WorkerCall, sent: ThreadAnswer | null): void {
    const answer = isList(sent) ? { type: 'returned', value: sent[0] } as const : sent;
    if (answer?.said) this.#threadOf(call)?.drain();
    this.#taken(call);
    if (answer) this.#listener.answered(call, answer);
    // What piscina says of a thread that threw null.
    else this.#listener.broke(call, new Error('it threw null, which nobody caught'));
  }

  #threadOf(call: WorkerCall): ThreadWorker | undefined {
    const cell = Atomics.load(this.#cells, call.place);
    return this.#threads.get(cell < WITHDRAWN ? idOf(cell) : cell);
  }

  #taken(call: WorkerCall): void {
    this.#calls[call.place] = undefined;
    this.#given--;
    this.#idleEnd.used(this.#threadOf(call));
    if (this.#given > 0 || !this.#isHeld) return;
    this.#isHeld = false;
    for (const thread of this.#threads.values()) thread.letGo();
  }

  /** The threads that have no call: it can't be told while a call is on its way to one of them. */
  #idle(): readonly ThreadWorker[] | undefined {
    const given = this.#calls.filter((call) => call !== undefined);
    if (given.some(({ place }) => Atomics.load(this.#cells, place) === NOBODY)) return undefined;
    const busy = new Set(given.map((call) => this.#threadOf(call)));
    return [...this.#threads.values()].filter((thread) => thread.isUp && !busy.has(thread));
  }

  /** Threads that wait for others to come up, wait for none that is not to come. */
  #letGoOfLoads(): void {
    Atomics.store(this.#cells, this.places, this.places);
    Atomics.notify(this.#cells, this.places);
  }

  #run(call: WorkerCall): Promise<ThreadAnswer | null> {
    const piscina = (this.#piscina ??= this.#open());
    this.#isRunning = true;
    try {
      const answer = piscina.run(call.job, call.moved.length === 0 ? undefined : { transferList: [...call.moved] }) as Promise<ThreadAnswer | null>;
      if (this.#lacksThreads || this.#queue.length > 0) this.#watch(piscina);
      return answer;
    } catch (error) {
      // Not even the thread could be made. Piscina still has the call as the last in its queue, with a promise that nobody knows.
      const before = Array.from({ length: this.#queue.length }, () => this.#queue.shift()).slice(0, -1);
      for (const task of before) if (task) this.#queue.push(task);
      this.#failed(error);
      return Promise.reject(toError(error));
    } finally {
      this.#isRunning = false;
    }
  }

  #looked(): void {
    if (!this.#piscina || this.#isRunning) return;
    if (this.#lacksThreads) this.#watch(this.#piscina);
    if (this.#queue.length > 0) return;
    let busy = 0;
    for (let place = 0; place < this.places; place++) if (this.#calls[place] && Atomics.load(this.#cells, place) >= WITHDRAWN) busy++;
    if (busy < this.#setup.workers) this.#listener.freed();
  }

  #open(): Piscina {
    const { workers, niceIncrement, env, execArgv, resourceLimits } = this.#setup;
    // The threads that Node reads files with are made by whoever needs them first. They are to have the priority of this thread.
    stat('.', () => undefined);
    const piscina = new Piscina({
      filename: fileURLToPath(new URL('./inside-thread.js', import.meta.url)),
      name: 'run',
      minThreads: 0,
      maxThreads: workers,
      concurrentTasksPerWorker: 1,
      taskQueue: this.#queue,
      // A thread that is about to end gets no call any more. Where there is no other, piscina starts one right after.
      loadBalancer: (_, threads) => {
        const idle = threads.find(({ id, currentUsage }) => currentUsage === 0 && !this.#threads.get(id)?.isEnded);
        this.#lacksThreads ||= !idle;
        return idle ?? null;
      },
      // Threads are ended from here: piscina would set and clear a timer for each call.
      idleTimeout: Infinity,
      recordTiming: false,
      workerData: { cells: this.#cells, niceIncrement } satisfies ThreadData,
      ...(env && { env }),
      ...(execArgv && { execArgv: [...execArgv] }),
      ...(resourceLimits && { resourceLimits }),
    });
    piscina.on('message', (message: Partial<Hello> | null | undefined) => {
      // Work may send something of its own, for nobody.
      const { carillonThread: id, port } = message ?? {};
      if (id === undefined || !port) return;
      this.#watch(piscina);
      const thread = this.#threads.get(id);
      thread?.connect(port);
      this.#idleEnd.used(thread);
    });
    // A thread that breaks under a call rejects that call. One that has none is only now coming up.
    piscina.on('error', (error) => { this.#failed(error); });
    return piscina;
  }

  /** Takes note of the threads that piscina has started. */
  #watch(piscina: Piscina): void {
    this.#lacksThreads = false;
    for (const worker of piscina.threads) {
      if (worker.threadId < 0 || this.#threads.has(worker.threadId)) continue;
      const thread = new ThreadWorker(worker, this.#listener.heard, () => { this.#gone(thread); });
      this.#threads.set(thread.id, thread);
      this.#isHeld = true;
    }
  }

  #gone(thread: ThreadWorker): void {
    this.#letGoOfLoads();
    for (const call of this.#calls) if (call && this.#threadOf(call) === thread) call.lostTo = thread;
    this.#threads.delete(thread.id);
    if (!thread.isUp) this.#failed(new Error('it exited as it started'));
    else if (this.#queue.length > 0) this.#startAnother();
  }

  /** A call that waits for a thread would wait until somebody runs something. */
  #startAnother(): void {
    const piscina = this.#piscina;
    if (!piscina) return;
    piscina.run(undefined).catch(() => undefined);
    this.#watch(piscina);
  }

  #failed(cause: unknown): void {
    if (![...this.#threads.values()].some(({ isUp }) => isUp)) this.#listener.didNotComeUp(toError(cause));
  }
}

function isList(sent: ThreadAnswer | null): sent is readonly [unknown] {
  return Array.isArray(sent);
}
