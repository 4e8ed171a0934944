// Overlap: what becomes of a tick while a run of its task is in progress. A dropped tick is an event, never silence.
import type { OperatorFunction, SchedulerLike } from 'rxjs';
import { TaskMissedError } from '../task/errors.js';
import type { TaskPolicy } from '../task/policy.js';
import type { RunId, RunReason, SkipReason } from '../task/run.js';
import type { Desk } from './desk.js';
import { Outlet, stage } from './outlet.js';
import { Run, type RunList } from './run.js';
import { joinLive, joinWaiting, recurs, type ScheduledTask } from './scheduled-task.js';

/** One due moment of a task, as it is handled. */
export interface Tick {
  readonly task: ScheduledTask;
  /** Its number; undefined when somebody asked for a run by hand. */
  readonly tick: number | undefined;
  readonly scheduledFor: number;
  readonly reason: RunReason;
  /** What an Observable trigger emitted. */
  readonly value: unknown;
  readonly runId: RunId;
}

/** What to do with a tick. */
export type Verdict = 'start' | 'queue' | 'replace' | Extract<SkipReason, 'overlap' | 'queueFull' | 'maxParallel'>;

/**
 * RxJS's four flattening strategies: `skip` is exhaust, `queue` concat (bounded), `replace` switch, `parallel` merge.
 *
 * @param live the runs of the task that are in progress, or on the way to it
 * @param waiting the runs of the task that wait behind those
 */
export function judge(policy: Pick<TaskPolicy, 'overlap' | 'maxQueued' | 'maxParallel'>, live: number, waiting: number): Verdict {
  if (live === 0) return 'start';
  switch (policy.overlap) {
    case 'skip': return 'overlap';
    case 'queue': return waiting < policy.maxQueued ? 'queue' : 'queueFull';
    case 'replace': return 'replace';
    case 'parallel': return live < policy.maxParallel ? 'start' : 'maxParallel';
  }
}

/** What the overlap of runs needs of the engine. */
export interface OverlapPorts {
  readonly clock: SchedulerLike;
  readonly desk: Desk;
  /** Decides the outcome of a run that has started. */
  cancelRun(run: Run, reason: unknown): void;
  /** Takes a run back that has not started; it leaves the gate. */
  withdraw(run: Run): void;
  /** A run is dropped: what it has claimed for itself is free. */
  forget(run: Run): void;
  /** Runs have gone to the gate that may start, though not inside this call. */
  admitSoon(): void;
  /** Starts a run that has just gone to the gate, if it may start in this very moment. */
  startNow(run: Run): boolean;
  /** The tick of this number has come to its end: by fixed delay, the next one is known of now. */
  goOn(task: ScheduledTask, tick: number | undefined): boolean;
  /** A tick or a run of the task was dropped, which may have been all that it waited for. */
  dropped(task: ScheduledTask): void;
}

/** Turns ticks into runs, each task by its own policy. */
export class Overlap {
  readonly #ports: OverlapPorts;
  readonly #toGate = new Outlet<Run>();

  constructor(ports: OverlapPorts) {
    this.#ports = ports;
  }

  /** The operator: ticks go in; runs come out, each when its task lets it go on to the gate. */
  readonly judgement: OperatorFunction<Tick, Run> = stage((tick) => { this.#judge(tick); }, this.#toGate);

  /** Sends a run to the gate for a further attempt. */
  enter(run: Run): void {
    this.#toGate.next(run);
  }

  /** Takes a run on that `overlap` can't drop: at worst it waits. */
  take(tick: Tick): void {
    const { task } = tick;
    const verdict = judge(task.policy, task.live.size, task.waiting.size);
    const run = this.#runOf(tick);
    if (verdict === 'start') this.#start(run);
    else this.#wait(run);
  }

  /** A run's slot is free again: the next one of its task may go. */
  released(run: Run): void {
    run.list?.remove(run);
    this.letNextGo(run.task);
  }

  /** Lets the runs go that wait in the task's lane, as far as its policy and a pause allow. */
  letNextGo(task: ScheduledTask): void {
    const { live, waiting, policy } = task;
    // Only runs that a pause has held back wait in a parallel lane.
    const room = policy.overlap === 'parallel' ? policy.maxParallel : 1;
    if (waiting.size === 0 || live.size >= room) return;
    for (const run of waiting) {
      if (task.paused && run.reason !== 'manual') continue;
      waiting.remove(run);
      joinLive(task, run);
      this.#toGate.next(run);
      if (task.live.size >= room) break;
    }
    this.#ports.admitSoon();
  }

  /** Drops the runs of the task that have not started; those that somebody asked for only if `manualToo`. */
  dropQueued(task: ScheduledTask, reason: SkipReason, manualToo: boolean): void {
    this.#dropFrom(task.waiting, reason, manualToo);
    this.#dropFrom(task.live, reason, manualToo);
    if (!manualToo) this.letNextGo(task);
  }

  /** Holds the task's runs back from the gate while it is paused; those that somebody asked for go on. */
  hold(task: ScheduledTask): void {
    const held: Run[] = [];
    for (const run of task.live) {
      if (run.reason === 'manual' || !run.isAtGate) continue;
      // One that is tried again goes on to be in progress, and comes back to the gate when the pause is over.
      if (run.phase === 'retrying') this.#ports.withdraw(run);
      else held.push(run);
    }
    for (const run of held.reverse()) {
      this.#ports.withdraw(run);
      task.live.remove(run);
      run.phase = 'waiting';
      joinWaiting(task, run, 'first');
      this.#tellQueued(run);
    }
    this.letNextGo(task);
  }

  /** Tells that a run waits, unless that was told before. */
  #tellQueued(run: Run): void {
    if (run.isToldQueued) return;
    run.isToldQueued = true;
    const { task, id, tick, scheduledFor, reason } = run;
    this.#ports.desk.emit({ v: 1, seq: 0, at: 0, type: 'runQueued', taskId: task.id, runId: id, tick, scheduledFor, reason, nextRunAt: task.due });
    const { expiresAfter } = task.policy;
    if (expiresAfter !== undefined) run.wait = this.#ports.clock.schedule(() => { this.#expire(run, expiresAfter); }, expiresAfter);
  }

  #judge(tick: Tick): void {
    const { task } = tick;
    const verdict = judge(task.policy, task.live.size, task.waiting.size);
    switch (verdict) {
      case 'start': {
        this.#start(this.#runOf(tick));
        break;
      }
      case 'queue': {
        this.#wait(this.#runOf(tick));
        break;
      }
      case 'replace': {
        // The new run counts before the old ones go, or the task might take itself for finished.
        const run = this.#runOf(tick);
        this.#clear(task);
        if (task.live.size === 0) this.#start(run);
        else this.#wait(run);
        break;
      }
      default:
        this.#skip(tick, verdict);
    }
  }

  #runOf({ task, runId, tick, scheduledFor, reason, value }: Tick): Run {
    task.open++;
    return new Run(runId, task, tick, scheduledFor, reason, value);
  }

  #start(run: Run): void {
    joinLive(run.task, run);
    this.#toGate.next(run);
    if (!this.#ports.startNow(run)) this.#tellQueued(run);
  }

  #wait(run: Run): void {
    joinWaiting(run.task, run);
    this.#tellQueued(run);
  }

  #clear(task: ScheduledTask): void {
    for (const run of task.waiting) this.#drop(run, 'replaced');
    for (const run of task.live) {
      if (hasNotStarted(run)) this.#drop(run, 'replaced');
      else this.#ports.cancelRun(run, 'replaced');
    }
  }

  #dropFrom(list: RunList, reason: SkipReason, manualToo: boolean): void {
    if (list.size === 0) return;
    for (const run of list) if (hasNotStarted(run) && (manualToo || run.reason !== 'manual')) this.#drop(run, reason);
  }

  /** It has waited too long. */
  #expire(run: Run, ms: number): void {
    if (!hasNotStarted(run)) return;
    const { task, tick, scheduledFor } = run;
    this.#ports.desk.step(() => {
      // A task that is due once has missed that; unless it got another trigger since.
      const isOnly = task.trigger.kind !== 'observable' && !recurs(task) && task.due === null && tick === task.tick - 1;
      if (isOnly) [task.verdict, task.error] = ['FAILED', new TaskMissedError(task.id, scheduledFor, ms, 'expiresAfter')];
      this.#drop(run, 'expired');
      if (!task.finished) this.letNextGo(task);
    });
  }

  #drop(run: Run, reason: SkipReason): void {
    const { task, id, tick, scheduledFor } = run;
    run.wait?.unsubscribe();
    if (run.phase === 'entered') this.#ports.withdraw(run);
    this.#ports.forget(run);
    run.list?.remove(run);
    run.phase = 'over';
    this.#ports.goOn(task, tick);
    task.open--;
    this.#ports.desk.emit({
      type: reason === 'expired' ? 'ticksMissed' : 'ticksSkipped', taskId: task.id, runId: id, tick, from: scheduledFor, to: scheduledFor, count: 1, reason, nextRunAt: task.due,
    });
    this.#ports.dropped(task);
  }

  #skip({ task, runId, tick, scheduledFor, reason }: Tick, why: SkipReason): void {
    this.#ports.goOn(task, tick);
    this.#ports.desk.emit({
      type: 'ticksSkipped', taskId: task.id, tick, from: scheduledFor, to: scheduledFor, count: 1, reason: why, nextRunAt: task.due,
      // A tick is named by its number; only a run that somebody asked for has an id that he knows.
      ...(reason === 'manual' ? { runId } : {}),
    });
    this.#ports.dropped(task);
  }
}

function hasNotStarted({ phase }: Run): boolean {
  return phase === 'waiting' || phase === 'entered';
}
