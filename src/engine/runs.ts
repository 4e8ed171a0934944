// Runs: from the tick to the outcome and the release of the slot. Drives the pipeline of task-events.ts.
import type { Observable, SchedulerLike, Subscription } from 'rxjs';
import { toError } from '../task/errors.js';
import { checkArgs } from './attempt.js';
import type { Desk } from './desk.js';
import { Gate } from './gate.js';
import { Overlap, type Tick } from './overlap.js';
import type { Outcome, Run, RunSignal } from './run.js';
import type { ScheduledTask } from './scheduled-task.js';
import { runSignals } from './task-events.js';

/** So many runs start in one clock action at most: between two actions the clock can yield to the event loop. */
const STARTS_AT_ONCE = 16;

/** What the runs need of the engine. */
export interface RunPorts {
  readonly clock: SchedulerLike;
  readonly desk: Desk;
  readonly ticks$: Observable<Tick>;
  /** The task has had all the runs that its trigger may cause. */
  ranOut(task: ScheduledTask): void;
  /** A run of the task failed for good. */
  failed(task: ScheduledTask): void;
  /** A run of the task has its outcome, or was dropped. */
  settled(task: ScheduledTask): void;
}

/** All runs of an engine. */
export class Runs {
  readonly gate = new Gate();
  readonly overlap: Overlap;
  /** The runs that hold a slot. */
  readonly busy = new Set<Run>();
  readonly outcomes = { completed: 0, failed: 0, cancelled: 0 };
  readonly #ports: RunPorts;
  #open = false;
  /** A tick is being handled, and what it lets start will start right after. */
  #handling = false;
  /** The run that the tick lets start. */
  #startsNow: Run | undefined;
  #admitting = false;
  #admission: Subscription | undefined;
  #onIdle: (() => void) | undefined;

  constructor(ports: RunPorts) {
    this.#ports = ports;
    this.overlap = new Overlap({
      desk: ports.desk,
      cancelRun: (run, reason) => { this.conclude(run, { type: 'cancelled', reason }); },
      withdraw: (run) => { this.gate.leave(run); },
      startsNow: (run) => {
        if (!this.#handling || !this.gate.isNext(run)) return false;
        this.#startsNow = run;
        return true;
      },
      dropped: (task) => { ports.settled(task); },
    });
    const letGo = (run: Run): void => { this.#letGo(run); };
    runSignals(ports.ticks$, this.overlap.judgement, this.gate.admission, (run) => this.#begin(run), letGo)
      .subscribe((signal) => { this.#heard(signal); });
  }

  /** From now on runs may start. */
  open(): void {
    this.#open = true;
    this.admitSoon();
  }

  /** From now on no run starts. */
  close(): void {
    this.#open = false;
    this.#admission?.unsubscribe();
  }

  /** Does a clock action's part as one step, and starts right after what may start by it. */
  handle(step: () => void): void {
    this.#ports.desk.step(() => {
      this.#handling = true;
      try {
        step();
      } finally {
        this.#handling = false;
      }
    });
    this.#admit();
    const run = this.#startsNow;
    this.#startsNow = undefined;
    // Who heard of the step may have seen to it that the run waits after all.
    if (run?.phase === 'entered') this.#ports.desk.step(() => { this.overlap.tellQueued(run); });
  }

  /** Starts what may start, but never inside the call: as an action of the clock. */
  admitSoon(): void {
    if (!this.#open || this.#admitting || this.#admission || !this.gate.isOpen) return;
    this.#admission = this.#ports.clock.schedule(() => {
      this.#admission = undefined;
      this.#admit();
    });
  }

  /** Decides the outcome of a run in progress, at once; if it has one, nothing happens. */
  conclude(run: Run, outcome: Outcome, nextArgs?: readonly unknown[]): void {
    if (run.phase !== 'started') return;
    const { task, id: runId } = run;
    const taskId = task.id;
    const { desk } = this.#ports;
    run.phase = 'settled';
    task.open--;
    task.lastFailed = outcome.type === 'failed';
    this.outcomes[outcome.type]++;
    switch (outcome.type) {
      case 'completed':
        if (nextArgs) task.args = nextArgs;
        desk.emit({ type: 'runCompleted', taskId, runId, result: outcome.result });
        break;
      case 'failed':
        desk.emit({ type: 'runFailed', taskId, runId, error: outcome.error });
        this.#ports.failed(task);
        break;
      case 'cancelled':
        desk.emit({ type: 'runCancelled', taskId, runId, cancelReason: outcome.reason });
        this.#abort(run, outcome.reason);
        break;
    }
    // Who hears that the run is aborted may ask for time to let go.
    if (run.controller && outcome.type === 'cancelled') desk.afterwards(() => { this.#letGo(run); });
    else if (run.holds === 0) this.#release(run);
    this.#ports.settled(task);
  }

  /** True when no slot is taken any more; false when `ms` have gone by first. */
  idle(ms: number): Promise<boolean> {
    if (this.busy.size === 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const deadline = this.#ports.clock.schedule(() => { resolve(false); }, ms);
      this.#onIdle = () => {
        deadline.unsubscribe();
        resolve(true);
      };
    });
  }

  #admit(): void {
    if (!this.#open || this.#admitting) return;
    this.#admitting = true;
    try {
      for (let started = 0; started < STARTS_AT_ONCE && this.gate.admitNext(); started++);
    } finally {
      this.#admitting = false;
    }
    this.admitSoon();
  }

  #begin(run: Run): boolean {
    const { task, id: runId, tick, scheduledFor, reason } = run;
    const { desk } = this.#ports;
    desk.step(() => {
      run.phase = 'started';
      run.startedAt = desk.at;
      this.busy.add(run);
      const isLast = reason !== 'manual' && ++task.started >= task.policy.maxRuns;
      desk.emit({ type: 'runStarted', taskId: task.id, runId, tick, scheduledFor, reason, attempt: 1, nextRunAt: isLast ? null : task.due });
      if (!isLast) return;
      this.#ports.ranOut(task);
      this.overlap.dropQueued(task, 'maxRuns', false);
    });
    return this.#isInProgress(run);
  }

  #heard(signal: RunSignal): void {
    const { run } = signal;
    if (!this.#isInProgress(run)) return;
    if (signal.type === 'progressed') {
      this.#ports.desk.step(() => {
        this.#ports.desk.emit({ type: 'runProgressed', taskId: run.task.id, runId: run.id, progress: signal.progress });
      });
      return;
    }
    const { outcome, nextArgs } = carried(run, signal.outcome);
    this.#ports.desk.step(() => { this.conclude(run, outcome, nextArgs); });
  }

  #abort(run: Run, reason: unknown): void {
    run.wasCancelled = true;
    run.cancelReason = reason;
    if (!run.attempt) run.workEnded = true;
    this.#ports.desk.afterwards(() => run.controller?.abort(reason));
    this.#ports.desk.afterwards(() => run.attempt?.complete());
  }

  /** The work has let go of the run: once the outcome is known, too, the slot is free. */
  #letGo(run: Run): void {
    if (run.phase === 'settled' && run.holds === 0) this.#ports.desk.step(() => { this.#release(run); });
  }

  #release(run: Run): void {
    run.phase = 'over';
    this.busy.delete(run);
    this.gate.release(run);
    this.overlap.released(run);
    this.admitSoon();
    if (this.busy.size === 0) this.#onIdle?.();
  }

  // A function, for who hears of an event may cancel the run, which the compiler can't know.
  #isInProgress(run: Run): boolean {
    return run.phase === 'started';
  }
}

/** Makes the next run's arguments of a result. A `carry` that throws, or returns none, fails the run. */
function carried(run: Run, outcome: Outcome): { outcome: Outcome; nextArgs?: readonly unknown[] } {
  const { carry } = run.task.closures;
  if (!carry || outcome.type !== 'completed') return { outcome };
  try {
    return { outcome, nextArgs: checkArgs(carry(outcome.result, run.args), 'carry') };
  } catch (thrown) {
    return { outcome: { type: 'failed', error: toError(thrown) } };
  }
}
