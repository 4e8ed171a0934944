// The engine in this thread: commands in, events out. Tasks live here; their runs in runs.ts, their ticks in ticks.ts.
import type { SchedulerLike } from 'rxjs';
import type { CancelTask, Command, ScheduleTask, StopTask } from '../task/command.js';
import type { RunId } from '../task/run.js';
import type { TaskId } from '../task/task.js';
import { sameTrigger } from '../trigger/trigger.js';
import { Desk } from './desk.js';
import { Emissions } from './emissions.js';
import { Ending, isRunning } from './ending.js';
import type { Engine, StopCommand, StopReport } from './engine.js';
import type { Limit } from './gate.js';
import type { Registry } from './registry.js';
import { Runs } from './runs.js';
import { ScheduledTask, type Closures } from './scheduled-task.js';
import { shutDown } from './shutdown.js';
import { Ticks, type TickPorts } from './ticks.js';

/** Runs tasks on the event loop of this thread. */
export class LocalEngine implements Engine {
  readonly #clock: SchedulerLike;
  readonly #registry: Registry;
  readonly #newRunId: () => RunId;
  readonly #tasks = new Map<TaskId, ScheduledTask>();
  readonly #desk: Desk;
  readonly #runs: Runs;
  readonly #ticks: Ticks;
  readonly #emissions: Emissions;
  readonly #ending: Ending;
  #phase: 'idle' | 'started' | 'stopping' = 'idle';
  #report: Promise<StopReport> | undefined;

  constructor(clock: SchedulerLike, registry: Registry, newRunId: () => RunId) {
    this.#clock = clock;
    this.#registry = registry;
    this.#newRunId = newRunId;
    this.#desk = new Desk(() => clock.now());
    this.batches$ = this.#desk.batches$;
    const ports: TickPorts = {
      clock,
      desk: this.#desk,
      newRunId,
      tasks: () => this.#tasks.values(),
      exhausted: (task) => { this.#ending.exhaust(task); this.#ending.finishIfDone(task); },
      handle: (step) => { this.#runs.handle(step); },
    };
    this.#ticks = new Ticks(ports);
    this.#emissions = new Emissions(ports, this.#ticks);
    this.#runs = new Runs({
      clock,
      desk: this.#desk,
      ticks$: this.#ticks.due$,
      ranOut: (task) => { this.#ending.endTicks(task, 'maxRuns'); },
      failed: (task) => { this.#ending.runFailed(task); },
      settled: (task) => { this.#ending.finishIfDone(task); },
    });
    this.#ending = new Ending(this.#desk, this.#ticks, this.#emissions, this.#runs, (task) => { this.#tasks.delete(task.id); });
  }

  readonly batches$;

  get concurrency(): number {
    return this.#runs.gate.concurrency;
  }

  execute(command: Command): boolean {
    return this.#desk.step(() => this.#execute(command));
  }

  start(): void {
    if (this.#phase !== 'idle') return;
    this.#phase = 'started';
    this.#desk.step(() => { for (const task of this.#tasks.values()) this.#begin(task); });
    this.#runs.open();
  }

  stop(how: StopCommand): Promise<StopReport> {
    return this.#report ??= this.#stop(how);
  }

  #execute(command: Command): boolean {
    if (command.type === 'scheduleTask') return this.#schedule(command);
    if (command.type === 'removeTask') {
      this.#desk.emit({ type: 'taskRemoved', taskId: command.taskId, reason: command.reason });
      return true;
    }
    if (command.type === 'setConcurrency') {
      this.#runs.gate.concurrency = command.limit;
      this.#runs.admitSoon();
      return true;
    }
    const task = this.#tasks.get(command.taskId);
    if (!task) return false;
    switch (command.type) {
      case 'stopTask': return this.#stopTask(task, command);
      case 'cancelTask': return this.#cancelTask(task, command);
      case 'pauseTask': return this.#pause(task);
      case 'resumeTask': return this.#resume(task);
      case 'runTask': return this.#runNow(task, command.runId);
    }
  }

  #schedule(command: ScheduleTask): boolean {
    const { taskId, trigger, policy, args, replace } = command;
    const closures = this.#registry.take(taskId);
    const now = this.#clock.now();
    const task = new ScheduledTask(taskId, trigger, policy, closures, args, policy.startAt ?? now, now);
    // A refusal comes before anything has changed.
    if (trigger.kind !== 'observable') task.due = Ticks.first(task, trigger);
    task.limits = this.#claim(command, closures);
    const old = replace ? this.#tasks.get(taskId) : undefined;
    if (old && isSameSchedule(old, command, closures)) {
      this.#renew(old, task);
      return true;
    }
    if (replace) {
      if (old) this.#cancelTask(old, { type: 'cancelTask', taskId, reason: 'replaced' });
      this.#desk.emit({ type: 'taskRemoved', taskId, reason: 'replaced' });
    }
    this.#tasks.set(taskId, task);
    this.#tellScheduled(task, false);
    this.#heed(task);
    if (this.#phase === 'started') this.#begin(task);
    return true;
  }

  /** The limits of a task, by its own key and by what its work brings along. Nothing after this may refuse the command. */
  #claim({ policy }: ScheduleTask, { work }: Closures): readonly Limit[] {
    const { concurrencyKey: key, concurrencyLimit: limit } = policy;
    return this.#runs.gate.claim(key === undefined ? undefined : { key, limit }, typeof work === 'function' ? undefined : work.limit);
  }

  /** New work and options for a task whose trigger is the same: its grid, its counts and its runs go on. */
  #renew(task: ScheduledTask, { policy, args, closures, limits }: ScheduledTask): void {
    this.#runs.gate.disclaim(task.limits);
    task.forgetSignal?.();
    // With carry, the arguments are the task's own once it has run.
    if (!closures.carry || task.started === 0) task.args = args;
    [task.policy, task.closures, task.limits] = [policy, closures, limits];
    if (policy.until !== undefined && task.due !== null && task.due >= policy.until) task.due = null;
    const noTickLeft = task.started >= policy.maxRuns || (task.due === null && task.trigger.kind !== 'observable');
    if (noTickLeft) this.#ending.exhaust(task);
    this.#tellScheduled(task, true);
    this.#heed(task);
    this.#ending.finishIfDone(task);
  }

  #tellScheduled({ id, policy, trigger, due }: ScheduledTask, replaced: boolean): void {
    const { name, tags } = policy;
    this.#desk.emit({ type: 'taskScheduled', taskId: id, name, tags, trigger, replaced, nextRunAt: due });
  }

  /** Cancels the task when its signal aborts. */
  #heed(task: ScheduledTask): void {
    const { signal } = task.closures;
    if (!signal) return;
    const cancel = (): void => { this.execute({ type: 'cancelTask', taskId: task.id, reason: signal.reason }); };
    signal.addEventListener('abort', cancel, { once: true });
    task.forgetSignal = () => { signal.removeEventListener('abort', cancel); };
  }

  /** The task's trigger begins to count. */
  #begin(task: ScheduledTask): void {
    if (task.trigger.kind !== 'observable') {
      if (!task.paused) this.#ticks.arm(task);
      return;
    }
    this.#desk.afterwards(() => { if (!task.exhausted) this.#emissions.listen(task); });
  }

  #stopTask(task: ScheduledTask, { reason }: StopTask): boolean {
    if (task.stopping) return false;
    const mayFinish = isRunning(task);
    // A task that has had its last tick ends as its last run does; unless that one is dropped here.
    if (!task.exhausted || !mayFinish) task.verdict ??= 'CANCELLED';
    task.stopping = true;
    task.cancelReason = reason;
    this.#ending.endTicks(task, 'stopped');
    if (mayFinish) this.#desk.emit({ type: 'taskStopping', taskId: task.id });
    this.#runs.overlap.dropQueued(task, 'stopped', true);
    this.#ending.finishIfDone(task);
    return true;
  }

  #cancelTask(task: ScheduledTask, { reason }: CancelTask): boolean {
    task.verdict = 'CANCELLED';
    task.cancelReason = reason;
    this.#ending.endTicks(task, 'cancelled');
    this.#runs.overlap.dropQueued(task, 'cancelled', true);
    for (const run of task.live) this.#runs.conclude(run, { type: 'cancelled', reason });
    this.#ending.finishIfDone(task);
    return true;
  }

  #pause(task: ScheduledTask): boolean {
    if (task.paused || task.stopping) return false;
    task.paused = true;
    if (task.trigger.kind !== 'observable') this.#ticks.disarm(task);
    this.#runs.overlap.hold(task);
    this.#desk.emit({ type: 'taskPaused', taskId: task.id });
    return true;
  }

  #resume(task: ScheduledTask): boolean {
    if (!task.paused) return false;
    task.paused = false;
    // A grid goes on; a single tick is made up for, and was waited with, so it isn't late.
    if (task.trigger.kind === 'every') this.#ticks.lose(task, 'paused');
    else task.acceptedAt = this.#clock.now();
    this.#emissions.loseSwallowed(task);
    this.#desk.emit({ type: 'taskResumed', taskId: task.id, nextRunAt: task.due });
    if (this.#phase === 'started' && task.trigger.kind !== 'observable' && !task.exhausted) {
      if (task.due === null) this.#ending.exhaust(task);
      else this.#ticks.arm(task);
    }
    this.#runs.overlap.unhold(task);
    this.#runs.admitSoon();
    this.#ending.finishIfDone(task);
    return true;
  }

  #runNow(task: ScheduledTask, runId: RunId): boolean {
    this.#ticks.push({ task, runId, tick: undefined, scheduledFor: this.#clock.now(), reason: 'manual', value: undefined });
    this.#runs.admitSoon();
    return true;
  }

  async #stop(how: StopCommand): Promise<StopReport> {
    this.#phase = 'stopping';
    this.#runs.close();
    this.#desk.step(() => {
      for (const task of this.#tasks.values()) this.#ending.standDown(task);
    });
    const report = await shutDown(this.#runs, this.#desk, how);
    const pending = this.#tasks.size;
    for (const task of this.#tasks.values()) task.forgetSignal?.();
    this.#tasks.clear();
    this.#ticks.complete();
    this.#desk.complete();
    return { ...report, pending };
  }

}

/** Whether a task that takes the place of another is due by the same rule. */
function isSameSchedule(task: ScheduledTask, { trigger, policy }: ScheduleTask, closures: Closures): boolean {
  if (task.stopping || task.policy.startAt !== policy.startAt) return false;
  return task.trigger.kind === 'observable' || trigger.kind === 'observable'
    ? closures.trigger$ === task.closures.trigger$
    : sameTrigger(task.trigger, trigger);
}
