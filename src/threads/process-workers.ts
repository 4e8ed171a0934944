// The processes of a pool: one for each place, forked when there is a call for it, and ended by SIGKILL.
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { IdleEnd } from './idle-end.js';
import type { WorkerSetup } from './options.js';
import { ProcessWorker } from './process-worker.js';
import { errorCodec } from './error-codec.js';
import type { Answer } from './protocol.js';
import type { WorkerCall } from './worker-call.js';
import type { PoolWorker, Workers, WorkersListener } from './workers.js';

/** Processes by their places. */
export class ProcessWorkers implements Workers {
  readonly errors = errorCodec;
  readonly places: number;
  readonly #setup: WorkerSetup;
  readonly #listener: WorkersListener;
  readonly #processes = new Map<number, ProcessWorker>();
  /** Those that are not gone yet, the ones that were ended among them. */
  readonly #alive = new Set<ProcessWorker>();
  readonly #idleEnd: IdleEnd<ProcessWorker>;

  constructor(setup: WorkerSetup, listener: WorkersListener) {
    this.#setup = setup;
    this.places = setup.workers;
    this.#listener = listener;
    this.#idleEnd = new IdleEnd(setup.idleMs, () => [...this.#processes.values()].filter(({ isBusy }) => !isBusy), (worker) => { this.#end(worker); });
  }

  give(call: WorkerCall): void {
    this.#make(call).then((answer) => { this.#listener.answered(call, answer); }, (error: unknown) => { this.#listener.broke(call, error); });
  }

  holderOf(call: WorkerCall): PoolWorker | undefined {
    return call.lostTo ?? this.#processes.get(call.place);
  }

  withdraw(call: WorkerCall): boolean {
    return this.#processes.get(call.place)?.withdraw(call) ?? true;
  }

  async end(): Promise<void> {
    this.#idleEnd.stop();
    for (const worker of this.#processes.values()) this.#end(worker);
    await Promise.all([...this.#alive].map(({ exited }) => exited));
  }

  async #make(call: WorkerCall): Promise<Answer> {
    const worker = this.#processes.get(call.place) ?? this.#start(call.place);
    try {
      return await worker.make(call);
    } finally {
      this.#idleEnd.used(worker);
    }
  }

  #start(place: number): ProcessWorker {
    try {
      const worker = new ProcessWorker(place, this.#fork(), this.#listener.heard);
      this.#processes.set(place, worker);
      this.#alive.add(worker);
      void worker.exited.then(() => { this.#gone(worker); });
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

  /** From here on its place is another's. */
  #end(worker: ProcessWorker): void {
    this.#leavePlace(worker);
    worker.end();
  }

  #gone(worker: ProcessWorker): void {
    this.#alive.delete(worker);
    this.#leavePlace(worker);
    if (!worker.isUp && !worker.isEnded) this.#failed(worker.startError ?? new Error('it exited as it started'));
  }

  #leavePlace(worker: ProcessWorker): void {
    if (this.#processes.get(worker.place) === worker) this.#processes.delete(worker.place);
  }

  #failed(cause: unknown): void {
    if (![...this.#processes.values()].some(({ isUp }) => isUp)) this.#listener.didNotComeUp(cause);
  }
}
