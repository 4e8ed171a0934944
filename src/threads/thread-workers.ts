// The threads of a pool, on piscina: started when there is a call for one, each with a port of its own, and ended.
import { fileURLToPath } from 'node:url';
import { FixedQueue, Piscina } from 'piscina';
import { toError } from '../task/errors.js';
import type { WorkerSetup } from './options.js';
import { errorCodec } from './packed-error.js';
import type { Answer, Hello, ThreadData } from './protocol.js';
import { ThreadWorker } from './thread-worker.js';
import type { WorkerCall } from './worker-call.js';
import type { PoolWorker, Workers, WorkersListener } from './workers.js';

/** What is in a call's cell while no thread has it; else it is the thread's id. */
const NOBODY = 0;
/** What is there when none is to have it any more. */
const WITHDRAWN = -1;

/** Threads by their ids. */
export class ThreadWorkers implements Workers {
  readonly errors = errorCodec;
  readonly #setup: WorkerSetup;
  readonly #listener: WorkersListener;
  /** Where a thread says which call it has: in memory that they share, so it can be read though the thread be stuck. */
  readonly #cells: Int32Array;
  readonly #threads = new Map<number, ThreadWorker>();
  readonly #given = new Set<WorkerCall>();
  /** Piscina's own queue: it holds calls while threads come up, and no others. */
  readonly #queue = new FixedQueue();
  #piscina: Piscina | undefined;

  constructor(setup: WorkerSetup, listener: WorkersListener) {
    this.#setup = setup;
    this.#listener = listener;
    this.#cells = new Int32Array(new SharedArrayBuffer(setup.workers * Int32Array.BYTES_PER_ELEMENT));
  }

  async give(call: WorkerCall): Promise<Answer> {
    Atomics.store(this.#cells, call.place, NOBODY);
    this.#given.add(call);
    try {
      const answer = await this.#run(call);
      if (answer.said) this.#threadOf(call)?.drain();
      return answer;
    } finally {
      this.#given.delete(call);
      if (this.#given.size === 0) for (const thread of this.#threads.values()) thread.letGo();
    }
  }

  holderOf(call: WorkerCall): PoolWorker | undefined {
    return call.lostTo ?? this.#threadOf(call);
  }

  withdraw(call: WorkerCall): boolean {
    return Atomics.compareExchange(this.#cells, call.place, NOBODY, WITHDRAWN) <= NOBODY;
  }

  async end(): Promise<void> {
    const piscina = this.#piscina;
    this.#piscina = undefined;
    const all = [...this.#threads.values()];
    for (const thread of all) thread.hold();
    await piscina?.destroy();
    await Promise.all(all.map(({ exited }) => exited));
  }

  #threadOf(call: WorkerCall): ThreadWorker | undefined {
    return this.#threads.get(Atomics.load(this.#cells, call.place));
  }

  #run(call: WorkerCall): Promise<Answer> {
    const piscina = (this.#piscina ??= this.#open());
    try {
      const answer = piscina.run(call.job, call.moved.length === 0 ? undefined : { transferList: [...call.moved] }) as Promise<Answer>;
      this.#watch(piscina);
      return answer;
    } catch (error) {
      // Not even the thread could be made. Piscina still has the call in its queue, with a promise that nobody knows.
      while (this.#queue.shift());
      this.#failed(error);
      throw error;
    }
  }

  #open(): Piscina {
    const { workers, idleMs, env, execArgv, resourceLimits } = this.#setup;
    const piscina = new Piscina({
      filename: fileURLToPath(new URL('./inside-thread.js', import.meta.url)),
      name: 'run',
      minThreads: 0,
      maxThreads: workers,
      concurrentTasksPerWorker: 1,
      taskQueue: this.#queue,
      idleTimeout: idleMs,
      workerData: { cells: this.#cells } satisfies ThreadData,
      ...(env && { env }),
      ...(execArgv && { execArgv: [...execArgv] }),
      ...(resourceLimits && { resourceLimits }),
    });
    piscina.on('message', (message: Partial<Hello> | null | undefined) => {
      // Work may send something of its own, for nobody.
      const { carillonThread: id, port } = message ?? {};
      if (id === undefined || !port) return;
      this.#watch(piscina);
      this.#threads.get(id)?.connect(port);
    });
    // A thread that breaks under a call rejects that call. One that has none is only now coming up.
    piscina.on('error', (error) => { this.#failed(error); });
    return piscina;
  }

  /** Takes note of the threads that piscina has started. */
  #watch(piscina: Piscina): void {
    for (const worker of piscina.threads) {
      if (worker.threadId < 0 || this.#threads.has(worker.threadId)) continue;
      const thread = new ThreadWorker(worker, this.#listener.heard, () => { this.#gone(thread); });
      this.#threads.set(thread.id, thread);
    }
  }

  #gone(thread: ThreadWorker): void {
    this.#threads.delete(thread.id);
    for (const call of this.#given) if (Atomics.load(this.#cells, call.place) === thread.id) call.lostTo = thread;
    if (!thread.isUp) this.#failed(new Error('it exited as it started'));
  }

  #failed(cause: unknown): void {
    if (![...this.#threads.values()].some(({ isUp }) => isUp)) this.#listener.didNotComeUp(toError(cause));
  }
}
