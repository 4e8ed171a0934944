// Starts: which of the runs that wait at the gate start, by which action of the clock, and what each start brings about.
import type { SchedulerLike, Subscription } from 'rxjs';
import type { RunId } from '../task/run.js';
import type { Desk } from './desk.js';
import type { Gate } from './gate.js';
import type { Run } from './run.js';
import type { ScheduledTask } from './scheduled-task.js';

/** So many runs start in one clock action at most: between two actions the clock can yield to the event loop. */
const STARTS_AT_ONCE = 16;

/** What the starts need of the engine. */
export interface StartPorts {
  readonly clock: SchedulerLike;
  readonly desk: Desk;
  readonly gate: Gate;
  /** A run has started, as far as anybody can see; its work is called once that was told. */
  started(run: Run): void;
  /** The task has had all the runs that its trigger may cause. */
  hadAllRuns(task: ScheduledTask): void;
}

/** Lets runs start. */
export class Starts {
  readonly #ports: StartPorts;
  #open = false;
  /** A tick is being handled: what it lets start, starts in the same step. */
  #handling = false;
  #admitting = false;
  /** The run that the tick has let start. */
  #begun: Run | undefined;
  #admission: Subscription | undefined;

  constructor(ports: StartPorts) {
    this.#ports = ports;
  }

  /** Whether runs may start. */
  get isOpen(): boolean {
    return this.#open;
  }

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
    this.#ports.desk.begin(task);
    this.#handling = true;
    try {
      step(task, runId);
    } finally {
      this.#handling = false;
      begun = this.#begun;
      this.#begun = undefined;
      this.#ports.desk.end();
    }
    if (begun) this.#ports.gate.letOut(begun);
    // While ticks come in a herd no other action gets its turn, so each of them lets one in that waits.
    else this.#admit(1);
    this.admitSoon();
  }

  /** Starts a run that has just gone to the gate, if it may start in this very moment. */
  startNow(run: Run): boolean {
    const { gate } = this.#ports;
    if (!this.#handling || !this.#open || !gate.isNext(run)) return false;
    this.#begun = gate.admit();
    this.#begin(run);
    return true;
  }

  /** Starts what may start, but never inside the call: as an action of the clock. */
  admitSoon(): void {
    if (!this.#open || this.#admitting || this.#admission || !this.#ports.gate.isOpen) return;
    this.#admission = this.#ports.clock.schedule(() => {
      this.#admission = undefined;
      this.#admit(STARTS_AT_ONCE);
    });
  }

  /** Starts so many of those that wait, as far as they may. */
  #admit(most: number): void {
    const { gate } = this.#ports;
    this.#admitting = true;
    try {
      for (let started = 0; this.#open && started < most; started++) {
        const run = gate.admit();
        if (!run) break;
        this.#beginAlone(run);
        gate.letOut(run);
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

  #begin(run: Run): void {
    const { task, id: runId, tick, scheduledFor, reason, attempt } = run;
    const { desk } = this.#ports;
    run.phase = 'started';
    run.startedAt = desk.at;
    const isLast = reason !== 'manual' && attempt === 1 && ++task.started >= task.policy.maxRuns;
    const nextRunAt = isLast ? null : task.due;
    desk.emit({ v: 1, seq: 0, at: 0, type: 'runStarted', taskId: task.id, runId, tick, scheduledFor, reason, attempt, nextRunAt });
    this.#ports.started(run);
    if (isLast) this.#ports.hadAllRuns(task);
  }
}
