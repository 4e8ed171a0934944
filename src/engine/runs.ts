// Runs: from the tick to the outcome and the release of the slot. Drives the pipeline of task-events.ts.
import type { Observable, SchedulerLike, Subscription } from 'rxjs';
import { toError } from '../task/errors.js';
import type { RunId } from '../task/run.js';
import { attempts, checkArgs } from './attempt.js';
import type { Desk } from './desk.js';
import { Gate } from './gate.js';
import { Overlap, type Tick } from './overlap.js';
import type { Ended, Outcome, Run, RunSignal } from './run.js';
import type { ScheduledTask } from './scheduled-task.js';
import { runSignals } from './task-events.js';

/** So many runs start in one clock action at most: between two actions the clock can yield to the event loop. */
const STARTS_AT_ONCE = 16;

/** What the runs need of the engine. */
export interface RunPorts {
  readonly clock: SchedulerLike;
  readonly desk: Desk;
  readonly ticks$: Observable<Tick>;
  /** The tick of this number has come to its end: by fixed delay, the next one is known of now, which this tells. */
  goOn(task: ScheduledTask, tick: number | undefined): boolean;
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
  readonly outcomes = { completed: 0, failed: 0, cancelled: 0 };
  readonly #ports: RunPorts;
  #open = false;
  /** A tick is being handled: what it lets start, starts in the same step. */
  #handling = false;
  #admitting = false;
  /** The run that the tick has let start. */
  #begun: Run | undefined;
  #admission: Subscription | undefined;
  #onIdle: (() => void) | undefined;

  constructor(ports: RunPorts) {
    this.#ports = ports;
    this.overlap = new Overlap({
      desk: ports.desk,
      cancelRun: (run, reason) => { this.conclude(run, { type: 'cancelled', reason }); },
      withdraw: (run) => {
        this.gate.leave(run);
        // Who waited for a slot that the run held is ready now.
        this.admitSoon();
      },
      startNow: (run) => {
        if (!this.#handling || !this.#open || !this.gate.isNext(run)) return false;
        this.#begun = this.gate.admit();
        this.#begin(run);
        return true;
      },
      goOn: (task, tick) => ports.goOn(task, tick),
      dropped: (task) => { ports.settled(task); },
    });
    runSignals(ports.ticks$, this.overlap.judgement, this.gate.admission, attempts((run) => { this.#letGo(run); }))
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

  /** Does a clock action's part as one step, in which the run starts that may start by it; its work is called after the step was told. */
  handle(step: (task: ScheduledTask, runId: RunId) => void, task: ScheduledTask, runId: RunId): void {
    let begun: Run | undefined;
    this.#ports.desk.begin();
    this.#handling = true;
    try {
      step(task, runId);
    } finally {
      this.#handling = false;
      begun = this.#begun;
      this.#begun = undefined;
      this.#ports.desk.end();
    }
    if (begun) this.gate.letOut(begun);
    // While ticks come in a herd no other action gets its turn, so each of them lets one in that waits.
    else this.#admit(1);
    this.admitSoon();
  }

  /** Starts what may start, but never inside the call: as an action of the clock. */
  admitSoon(): void {
    if (!this.#open || this.#admitting || this.#admission || !this.gate.isOpen) return;
    this.#admission = this.#ports.clock.schedule(() => {
      this.#admission = undefined;
      this.#admit(STARTS_AT_ONCE);
    });
  }

  /** Decides the outcome of a run in progress, at once; if it has one, nothing happens. */
  conclude(run: Run, outcome: Outcome): void {
    if (run.phase !== 'started') return;
    const { task, id: runId } = run;
    const taskId = task.id;
    const { desk } = this.#ports;
    run.phase = 'settled';
    // So the task doesn't take itself for finished meanwhile.
    const again = task.awaitsEnd && this.#ports.goOn(task, run.tick) ? { nextRunAt: task.due } : undefined;
    task.open--;
    task.lastFailed = outcome.type === 'failed';
    this.outcomes[outcome.type]++;
    switch (outcome.type) {
      case 'completed':
        if (outcome.nextArgs) task.args = outcome.nextArgs;
        desk.emit({ v: 1, seq: 0, at: 0, type: 'runCompleted', taskId, runId, result: outcome.result, ...again });
        break;
      case 'failed':
        desk.emit({ type: 'runFailed', taskId, runId, error: outcome.error, ...again });
        this.#ports.failed(task);
        break;
      case 'cancelled':
        desk.emit({ type: 'runCancelled', taskId, runId, cancelReason: outcome.reason, ...again });
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
    if (this.gate.taken === 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const deadline = this.#ports.clock.schedule(() => { resolve(false); }, ms);
      this.#onIdle = () => {
        deadline.unsubscribe();
        resolve(true);
      };
    });
  }

  /** Starts so many of those that wait, as far as they may. */
  #admit(most: number): void {
    this.#admitting = true;
    try {
      for (let started = 0; this.#open && started < most; started++) {
        const run = this.gate.admit();
        if (!run) break;
        this.#beginAlone(run);
        this.gate.letOut(run);
      }
    } finally {
      this.#admitting = false;
    }
    this.admitSoon();
  }

  #beginAlone(run: Run): void {
    this.#ports.desk.begin();
    try {
      this.#begin(run);
    } finally {
      this.#ports.desk.end();
    }
  }

  /** A run that was admitted starts, as far as anybody can see; its work is called once that was told. */
  #begin(run: Run): void {
    const { task, id: runId, tick, scheduledFor, reason } = run;
    const { desk } = this.#ports;
    run.phase = 'started';
    run.startedAt = desk.at;
    const isLast = reason !== 'manual' && ++task.started >= task.policy.maxRuns;
    const nextRunAt = isLast ? null : task.due;
    desk.emit({ v: 1, seq: 0, at: 0, type: 'runStarted', taskId: task.id, runId, tick, scheduledFor, reason, attempt: 1, nextRunAt });
    if (!isLast) return;
    this.#ports.ranOut(task);
    this.overlap.dropQueued(task, 'maxRuns', false);
  }

  #heard(signal: RunSignal): void {
    const { run } = signal;
    if (run.phase !== 'started') return;
    const { desk } = this.#ports;
    if (signal.type === 'progressed') {
      desk.step(() => { desk.emit({ type: 'runProgressed', taskId: run.task.id, runId: run.id, progress: signal.progress }); });
      return;
    }
    if (signal.type === 'logged') {
      desk.step(() => { desk.emit({ type: 'runLogged', taskId: run.task.id, runId: run.id, message: signal.message }); });
      return;
    }
    const ended = carried(run, signal);
    desk.begin();
    try {
      this.conclude(run, ended);
    } finally {
      desk.end();
    }
  }

  #abort(run: Run, reason: unknown): void {
    run.wasCancelled = true;
    run.cancelReason = reason;
    this.#ports.desk.afterwards(() => run.controller?.abort(reason));
    this.#ports.desk.afterwards(() => run.following?.unsubscribe());
  }

  /** The work has let go of the run: once the outcome is known, too, the slot is free. */
  #letGo(run: Run): void {
    if (run.phase === 'settled' && run.holds === 0) this.#ports.desk.step(() => { this.#release(run); });
  }

  #release(run: Run): void {
    run.phase = 'over';
    this.gate.release(run);
    this.overlap.released(run);
    this.admitSoon();
    if (this.gate.taken === 0) this.#onIdle?.();
  }
}

/** Makes the next run's arguments of a result. A `carry` that throws, or returns none, fails the run. */
function carried(run: Run, ended: Ended): Ended {
  const { carry } = run.task.closures;
  if (!carry || ended.type !== 'completed') return ended;
  try {
    return { type: 'completed', result: ended.result, nextArgs: checkArgs(carry(ended.result, run.args), 'carry') };
  } catch (thrown) {
    return { type: 'failed', error: toError(thrown) };
  }
}
