// Runs: from the tick to the outcome and the release of the slot. Drives the pipeline of task-events.ts.
import type { Observable, SchedulerLike } from 'rxjs';
import { LateResultError, TaskTimeoutError } from '../task/errors.js';
import { causeOf } from '../task/retry-errors.js';
import { attempts, carried } from './attempt.js';
import type { Desk } from './desk.js';
import { ownClaims, wantedBy } from './claims.js';
import { Gate } from './gate.js';
import { Keys } from './keys.js';
import { Overlap, type Tick } from './overlap.js';
import { Retries } from './retries.js';
import { outcomeEvent, reasonToAbort } from './outcome.js';
import type { Ended, Outcome, Run, RunSignal } from './run.js';
import type { ScheduledTask } from './scheduled-task.js';
import { Starts } from './starts.js';
import { runSignals } from './task-events.js';
import { TimeLimits } from './time-limits.js';
import { traceEnd } from './tracing.js';

/** What the runs need of the engine. */
export interface RunPorts {
  readonly clock: SchedulerLike;
  readonly desk: Desk;
  readonly random: () => number;
  readonly ticks$: Observable<Tick>;
  /** Gets what has no other home. */
  report(error: unknown, run: Run): void;
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
  readonly gate: Gate;
  readonly starts: Starts;
  readonly overlap: Overlap;
  readonly outcomes = { completed: 0, failed: 0, cancelled: 0 };
  readonly #ports: RunPorts;
  readonly #keys: Keys;
  readonly #retries: Retries;
  readonly #limits: TimeLimits;

  constructor(ports: RunPorts) {
    const { clock, desk, random } = ports;
    this.#ports = ports;
    this.gate = new Gate({
      clock,
      lacksKey: (run) => this.#keys.lacks(run),
      onReady: () => { this.starts.admitSoon(); },
    });
    this.#keys = new Keys({
      desk,
      claim: (run, key) => { run.ownRare.ownClaim = this.gate.claims.claim(wantedBy(run.task, key), () => ownClaims(run.task)); },
      enter: (run) => {
        this.gate.enter(run);
        if (run.task.paused) this.overlap.hold(run.task);
        this.starts.admitSoon();
      },
    });
    this.starts = new Starts({
      clock, desk, gate: this.gate,
      started: (run) => { this.#limits.started(run); },
      hadAllRuns: (task) => {
        ports.ranOut(task);
        this.overlap.dropQueued(task, 'maxRuns', false);
      },
    });
    this.overlap = new Overlap({
      clock, desk,
      cancelRun: (run, reason) => { this.conclude(run, { type: 'cancelled', reason }); },
      withdraw: (run) => {
        this.gate.leave(run);
        // Who waited for a slot that the run held is ready now.
        this.starts.admitSoon();
      },
      forget: (run) => { this.gate.claims.forget(run); },
      admitSoon: () => { this.starts.admitSoon(); },
      startNow: (run) => this.starts.startNow(run),
      goOn: (task, tick) => ports.goOn(task, tick),
      dropped: (task) => { ports.settled(task); },
    });
    this.#retries = new Retries({
      clock, desk, random,
      isOpen: () => this.starts.isOpen,
      report: (error, run) => { ports.report(error, run); },
      enter: (run) => {
        this.overlap.enter(run);
        this.starts.admitSoon();
      },
    });
    this.#limits = new TimeLimits(clock, (run, error) => { this.#exceeded(run, error); });
    runSignals(ports.ticks$, this.overlap.judgement, this.gate.admission, attempts({
      letGo: (run) => { this.#letGo(run); },
      timingOf: (run) => this.#limits.timingOf(run),
    })).subscribe((signal) => { this.#heard(signal); });
  }

  /** Decides the outcome of a run in progress, at once; if it has one, nothing happens. */
  conclude(run: Run, outcome: Outcome): void {
    const { task, phase } = run;
    if (phase !== 'started' && phase !== 'retrying') return;
    if (phase === 'retrying') this.gate.leave(run);
    run.phase = 'settled';
    this.#limits.runEnded(run);
    // So the task doesn't take itself for finished meanwhile.
    const ends = outcome.type === 'failed' && task.policy.afterFailure === 'stop';
    const again = task.awaitsEnd && !ends && this.#ports.goOn(task, run.tick) ? { nextRunAt: task.due } : undefined;
    this.#trace(run, outcome);
    task.open--;
    task.lastFailed = outcome.type === 'failed';
    this.outcomes[outcome.type]++;
    if (outcome.type === 'completed' && outcome.nextArgs) task.args = outcome.nextArgs;
    const event = outcomeEvent(run, outcome);
    this.#ports.desk.emit(again ? { ...event, ...again } : event);
    if (outcome.type === 'failed') this.#ports.failed(task);
    if (phase === 'started') this.#endAttempt(run, reasonToAbort(outcome));
    else if (!run.rare.predecessor) this.#over(run);
    this.#ports.settled(task);
  }

  /** No further attempts for the runs of the task: those that wait for one have failed with what the last one failed with. */
  endRetries(task: ScheduledTask): void {
    for (const run of task.live) if (run.phase === 'retrying') this.conclude(run, { type: 'failed', error: run.rare.lastError as Error });
  }

  /** The task's pause is over. */
  resume(task: ScheduledTask): void {
    this.overlap.letNextGo(task);
    this.#retries.resume(task);
    this.starts.admitSoon();
  }

  #heard(signal: RunSignal): void {
    const { run } = signal;
    const { desk } = this.#ports;
    if (signal.type === 'progressed' || signal.type === 'logged') {
      if (run.phase === 'started') desk.step(() => { this.#said(signal); });
      return;
    }
    if (run.phase !== 'started') {
      this.#heardLate(signal);
      return;
    }
    const ended = carried(run, signal);
    const delay = signal.type === 'failed' ? this.#retries.delayAfter(run, signal.error) : undefined;
    desk.begin(run.task);
    try {
      this.#end(run, ended, delay);
    } finally {
      desk.end();
    }
  }

  #said(signal: Extract<RunSignal, { type: 'progressed' | 'logged' }>): void {
    const { type, run: { id: runId, task: { id: taskId } } } = signal;
    if (type === 'progressed') this.#ports.desk.emit({ type: 'runProgressed', taskId, runId, progress: signal.progress });
    else this.#ports.desk.emit({ type: 'runLogged', taskId, runId, message: signal.message });
  }

  /** Work has ended after its run, or its attempt, had. */
  #heardLate(signal: Ended & { readonly run: Run }): void {
    const { run, run: { rare: { abortReason }, task, id } } = signal;
    if (signal.type === 'completed' && abortReason instanceof TaskTimeoutError && abortReason.runId === id) {
      this.#ports.report(new LateResultError(task.id, id, signal.result, abortReason), run);
    }
    this.#letGo(run);
  }

  #exceeded(run: Run, error: TaskTimeoutError): void {
    const delay = error.limit === 'timeout' ? this.#retries.delayAfter(run, error) : undefined;
    this.#ports.desk.step(() => { this.#end(run, { type: 'failed', error, isTimeout: true }, delay); });
  }

  /** The attempt has ended: another one follows after so many ms, or the run ends, too. */
  #end(run: Run, ended: Ended, delay: number | undefined): void {
    if (ended.type !== 'failed') {
      this.conclude(run, ended);
      return;
    }
    const failed = { ...ended, error: causeOf(ended.error) };
    if (delay === undefined) {
      this.conclude(run, failed);
    } else if (run.phase === 'started') {
      run.phase = 'settled';
      this.#trace(run, failed);
      this.#limits.attemptEnded(run);
      this.#retries.follow(run, failed.error, delay);
      this.#endAttempt(run, reasonToAbort(failed));
    }
  }

  #trace({ rare: { trace } }: Run, outcome: Outcome): void {
    if (trace) this.#ports.desk.afterwards(() => { traceEnd(trace, outcome); });
  }

  /** The work's part is over, as far as the run goes; if it is aborted, it may ask for time to let go. */
  #endAttempt(run: Run, aborted: { readonly reason: unknown } | undefined): void {
    if (!aborted) {
      if (this.#isFree(run)) this.#release(run);
      return;
    }
    const { desk } = this.#ports;
    const rare = run.ownRare;
    rare.wasAborted = true;
    rare.abortReason = aborted.reason;
    desk.afterwards(() => rare.controller?.abort(aborted.reason));
    desk.afterwards(() => rare.following?.unsubscribe());
    // Work that has no signal to hear of it by, nor the right to hold on, has let go.
    if (rare.controller || run.task.policy.holdSlot) desk.afterwards(() => { this.#letGo(run); });
    else this.#letGo(run);
  }

  /** Once the outcome is known and the work has let go of the run, the slot is free. */
  #letGo(run: Run): void {
    if (this.#isFree(run)) this.#ports.desk.step(() => { this.#release(run); });
  }

  #isFree(run: Run): boolean {
    return run.phase === 'settled' && run.rare.holds === 0 && !(run.isWorking && run.task.policy.holdSlot);
  }

  #release(run: Run): void {
    this.gate.release(run);
    const { successor } = run.rare;
    if (!successor) {
      this.#over(run);
      return;
    }
    run.phase = 'over';
    run.ownRare.successor = successor.ownRare.predecessor = undefined;
    // It may have got its outcome while it waited.
    if (successor.phase === 'settled') this.#over(successor);
    else this.#retries.enterIfReady(successor);
    this.starts.admitSoon();
  }

  #over(run: Run): void {
    run.phase = 'over';
    this.gate.claims.forget(run);
    this.overlap.released(run);
    this.starts.admitSoon();
  }
}
