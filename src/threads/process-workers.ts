// The processes of a pool: one for each place, forked when there is a call for it, and ended by SIGKILL.
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { WallClock } from '../clock/wall-clock.js';
import type { WorkerSetup } from './options.js';
import { ProcessWorker } from './process-worker.js';
import { errorCodec } from './error-codec.js';
import type { Answer } from './protocol.js';
import type { WorkerCall } from './worker-call.js';
import type { PoolWorker, Workers, WorkersListener } from './workers.js';

/** An idle process has no part in keeping this one alive. */
const clock = new WallClock({ keepAlive: false });

/** Processes by their places. */
export class ProcessWorkers implements Workers {
  readonly errors = errorCodec;
  readonly places: number;
  readonly #setup: WorkerSetup;
  readonly #listener: WorkersListener;
  readonly #processes = new Map<number, ProcessWorker>();
  /** Those that are not gone yet, the ones that were ended among them. */
  readonly #alive = new Set<ProcessWorker>();

  constructor(setup: WorkerSetup, listener: WorkersListener) {
    this.#setup = setup;
    this.places = setup.workers;
    this.#listener = listener;
  }

  async give(call: WorkerCall): Promise<Answer> {
    const worker = this.#processes.get(call.place) ?? this.#start(call.place);
    try {
      return await worker.make(call);
    } finally {
      this.#endWhenIdle(call.place, worker);
    }
  }

  holderOf(call: WorkerCall): PoolWorker | undefined {
    return call.lostTo ?? this.#processes.get(call.place);
  }

  withdraw(call: WorkerCall): boolean {
    return this.#processes.get(call.place)?.withdraw(call) ?? true;
  }

  async end(): Promise<void> {
    for (const [place, worker] of this.#processes) this.#end(place, worker);
    await Promise.all([...this.#alive].map(({ exited }) => exited));
  }

  #start(place: number): ProcessWorker {
    try {
      const worker = new ProcessWorker(this.#fork(), this.#listener.heard);
      this.#processes.set(place, worker);
      this.#alive.add(worker);
      void worker.exited.then(() => { this.#gone(place, worker); });
      return worker;
    } catch (error) {
      this.#failed(error);
      throw error;
    }
  }

  #fork(): ChildProcess {
    const { niceIncrement, env, execArgv } = this.#setup;
    return fork(fileURLToPath(new URL('./inside-process.js', import.meta.url)), [String(niceIncrement)], {
      serialization: 'advanced',
      ...(env && { env }),
      ...(execArgv && { execArgv: [...execArgv] }),
    });
  }

  #endWhenIdle(place: number, worker: ProcessWorker): void {
    const { idleMs } = this.#setup;
    if (idleMs !== Infinity && this.#alive.has(worker)) worker.idle = clock.schedule(() => { if (!worker.isBusy) this.#end(place, worker); }, idleMs);
  }

  /** From here on its place is another's. */
  #end(place: number, worker: ProcessWorker): void {
    if (this.#processes.get(place) === worker) this.#processes.delete(place);
    worker.end();
  }

  #gone(place: number, worker: ProcessWorker): void {
    this.#alive.delete(worker);
    if (this.#processes.get(place) === worker) this.#processes.delete(place);
    if (!worker.isUp && !worker.isEnded) this.#failed(worker.startError ?? new Error('it exited as it started'));
  }

  #failed(cause: unknown): void {
    if (![...this.#processes.values()].some(({ isUp }) => isUp)) this.#listener.didNotComeUp(cause);
  }
}
