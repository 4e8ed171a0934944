// The processes of a pool: one for each place, forked when there is a call for it, and ended by SIGKILL.
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { WallClock } from '../clock/wall-clock.js';
import type { WorkerSetup } from './options.js';
import { ProcessWorker } from './process-worker.js';
import type { Answer } from './protocol.js';
import type { WorkerCall } from './worker-call.js';
import type { Workers, WorkersListener } from './workers.js';

/** An idle process has no part in keeping this one alive. */
const clock = new WallClock({ keepAlive: false });

/** Processes by their places. */
export class ProcessWorkers implements Workers {
  readonly #setup: WorkerSetup;
  readonly #listener: WorkersListener;
  readonly #processes = new Map<number, ProcessWorker>();

  constructor(setup: WorkerSetup, listener: WorkersListener) {
    this.#setup = setup;
    this.#listener = listener;
  }

  give(call: WorkerCall): Promise<Answer> {
    const known = this.#processes.get(call.place);
    const worker = known ?? new ProcessWorker(this.#fork(), this.#listener.heard);
    if (!known) {
      this.#processes.set(call.place, worker);
      void worker.exited.then(() => { this.#gone(call.place, worker); });
    }
    const answer = worker.make(call);
    const idle = (): void => { this.#endWhenIdle(worker); };
    answer.then(idle, idle);
    return answer;
  }

  holderOf(call: WorkerCall): ProcessWorker | undefined {
    return call.lostTo as ProcessWorker | undefined ?? this.#processes.get(call.place);
  }

  withdraw(call: WorkerCall): boolean {
    return this.#processes.get(call.place)?.withdraw(call) ?? true;
  }

  async end(): Promise<void> {
    const all = [...this.#processes.values()];
    for (const worker of all) worker.end();
    await Promise.all(all.map(({ exited }) => exited));
  }

  #fork(): ChildProcess {
    const { env, execArgv } = this.#setup;
    return fork(fileURLToPath(new URL('./inside-process.js', import.meta.url)), [], {
      serialization: 'advanced',
      ...(env && { env }),
      ...(execArgv && { execArgv: [...execArgv] }),
    });
  }

  #endWhenIdle(worker: ProcessWorker): void {
    const { idleMs } = this.#setup;
    if (idleMs === Infinity) return;
    const { made } = worker;
    clock.schedule(() => { if (worker.made === made && !worker.isBusy) worker.end(); }, idleMs);
  }

  #gone(place: number, worker: ProcessWorker): void {
    if (this.#processes.get(place) === worker) this.#processes.delete(place);
    if (!worker.isUp && ![...this.#processes.values()].some(({ isUp }) => isUp)) this.#listener.didNotComeUp(new Error('it exited as it started'));
  }
}
