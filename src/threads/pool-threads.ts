// The threads of a pool, on piscina: started when there is a call for one, each with a port of its own, and ended.
import { fileURLToPath } from 'node:url';
import { FixedQueue, Piscina } from 'piscina';
import { toError } from '../task/errors.js';
import type { PoolSetup } from './options.js';
import { PoolThread } from './pool-thread.js';
import type { Answer, FromThread, Hello, ThreadData } from './protocol.js';
import type { ThreadCall } from './thread-call.js';

/** Who is told of what threads do. */
export interface ThreadsListener {
  /** A thread has said something of the call that it has. */
  readonly heard: (message: FromThread) => void;
  /** A thread has exited. */
  readonly gone: (thread: PoolThread) => void;
  /** A thread has died before it could take a call, and there is no other. */
  readonly didNotComeUp: (cause: unknown) => void;
}

/** Threads by their ids. There are never more than the pool may have, for it gives each one call at a time. */
export class PoolThreads {
  readonly #setup: PoolSetup;
  readonly #cells: Int32Array;
  readonly #listener: ThreadsListener;
  readonly #threads = new Map<number, PoolThread>();
  /** Piscina's own queue: it holds calls while threads come up, and no others. */
  readonly #queue = new FixedQueue();
  #piscina: Piscina | undefined;

  constructor(setup: PoolSetup, cells: Int32Array, listener: ThreadsListener) {
    this.#setup = setup;
    this.#cells = cells;
    this.#listener = listener;
  }

  find(id: number): PoolThread | undefined {
    return this.#threads.get(id);
  }

  /** Gives a call to a thread, a new one if all others are busy. Rejects when the thread dies under it, or there is none. */
  give(call: ThreadCall): Promise<Answer> {
    const piscina = (this.#piscina ??= this.#open());
    try {
      const answer = piscina.run(call.job, { transferList: [...call.moved] }) as Promise<Answer>;
      this.#watch(piscina);
      return answer;
    } catch (error) {
      // Not even the thread could be made. Piscina still has the call in its queue, with a promise that nobody knows.
      while (this.#queue.shift());
      this.#failed(error);
      return Promise.reject(toError(error));
    }
  }

  /** Ends all threads. The next call starts new ones. */
  async end(): Promise<void> {
    const piscina = this.#piscina;
    this.#piscina = undefined;
    await piscina?.destroy();
  }

  #open(): Piscina {
    const { threads, idleMs, env, execArgv, resourceLimits } = this.#setup;
    const piscina = new Piscina({
      filename: fileURLToPath(new URL('./worker-thread.js', import.meta.url)),
      name: 'run',
      minThreads: 0,
      maxThreads: threads,
      concurrentTasksPerWorker: 1,
      taskQueue: this.#queue,
      idleTimeout: idleMs,
      workerData: { cells: this.#cells } satisfies ThreadData,
      ...(env && { env }),
      ...(execArgv && { execArgv: [...execArgv] }),
      ...(resourceLimits && { resourceLimits }),
    });
    piscina.on('message', (hello: Hello) => {
      this.#watch(piscina);
      this.#threads.get(hello.carillonThread)?.connect(hello.port);
    });
    // A thread that breaks under a call rejects that call. One that has none is only now coming up.
    piscina.on('error', (error) => { this.#failed(error); });
    return piscina;
  }

  /** Takes note of the threads that piscina has started. */
  #watch(piscina: Piscina): void {
    if (this.#threads.size === this.#setup.threads) return;
    for (const worker of piscina.threads) {
      if (worker.threadId < 0 || this.#threads.has(worker.threadId)) continue;
      const thread = new PoolThread(worker, this.#listener.heard, () => { this.#gone(thread); });
      this.#threads.set(thread.id, thread);
    }
  }

  #gone(thread: PoolThread): void {
    this.#threads.delete(thread.id);
    this.#listener.gone(thread);
    if (!thread.isUp) this.#failed(new Error(`it exited with code ${thread.exitCode ?? 0}`));
  }

  #failed(cause: unknown): void {
    if (![...this.#threads.values()].some(({ isUp }) => isUp)) this.#listener.didNotComeUp(cause);
  }
}
