// The engine in this thread: commands in, events out. Tasks live here; their runs in runs.ts, their ticks in ticks.ts.
import type { SchedulerLike } from 'rxjs';
import type { Command, UpdateTask } from '../task/command.js';
import type { Directory, Place } from '../task/directory.js';
import type { TaskPlan } from '../task/plan.js';
import type { RunId } from '../task/run.js';
import type { TaskId } from '../task/task.js';
import { AbortSignals } from './abort-signals.js';
import { Desk } from './desk.js';
import { Emissions } from './emissions.js';
import { Ending } from './ending.js';
import type { Engine, StopCommand, StopReport } from './engine.js';
import { Intake, type IntakePorts } from './intake.js';
import { planOf } from './plan-of.js';
import type { Registry } from './registry.js';
import { Reopening } from './reopening.js';
import { Runs } from './runs.js';
import { recurs, type ScheduledTask } from './scheduled-task.js';
import { shutDown } from './shutdown.js';
import { Ticks, type TickPorts } from './ticks.js';

/** What an engine of this thread is made of. */
export interface LocalEngineOptions {
  readonly clock: SchedulerLike;
  readonly registry: Registry;
  readonly directory: Directory<Place<ScheduledTask>>;
  readonly newRunId: () => RunId;
  /** Gives a number from 0 up to 1, for jitter. */
  readonly random: () => number;
  /** Gets what has no other home. */
  readonly report: (error: unknown, context: { readonly taskId: TaskId; readonly runId: RunId; readonly name: string | undefined }) => void;
}

/** Runs tasks on the event loop of this thread. */
export class LocalEngine implements Engine {
  readonly #directory: Directory<Place<ScheduledTask>>;
  readonly #registry: Registry;
  readonly #desk: Desk;
  readonly #runs: Runs;
  readonly #ticks: Ticks;
  readonly #emissions: Emissions;
  readonly #ending: Ending;
  readonly #signals: AbortSignals;
  readonly #intake: Intake;
  readonly #reopening: Reopening;
  #phase: 'idle' | 'started' | 'stopping' | 'stopped' = 'idle';
  #report: Promise<StopReport> | undefined;

  constructor({ clock, registry, directory, newRunId, random, report }: LocalEngineOptions) {
    this.#directory = directory;
    this.#registry = registry;
    this.#desk = new Desk(() => clock.now(), ({ place }) => { directory.recall(place); });
    this.batches$ = this.#desk.batches$;
    const ports: TickPorts = {
      clock,
      desk: this.#desk,
      newRunId,
      tasks: () => this.#tasks(),
      movedBack: (by) => { this.#runs.gate.claims.moved(by); },
      exhausted: (task) => {
        this.#ending.endTicks(task, 'maxRuns');
        this.#ending.finishIfDone(task);
      },
      handle: (step, task, runId) => { this.#runs.starts.handle(step, task, runId); },
    };
    this.#ticks = new Ticks(ports);
    this.#emissions = new Emissions(ports, this.#ticks);
    this.#runs = new Runs({
      clock,
      desk: this.#desk,
      random,
      report: (error, { id: runId, task: { id: taskId, policy: { name } } }) => { report(error, { taskId, runId, name }); },
      ticks$: this.#ticks.due$,
      goOn: (task, tick) => this.#ticks.goOn(task, tick),
      ranOut: (task) => { this.#ending.endTicks(task, 'maxRuns'); },
      failed: (task) => {
        this.#reopening.leave(task);
        this.#ending.runFailed(task);
      },
      settled: (task) => { this.#ending.finishIfDone(task); },
    });
    this.#signals = new AbortSignals((task, reason) => { this.#desk.step(() => this.#ending.cancelTask(task, reason)); });
    this.#ending = new Ending(this.#desk, this.#ticks, this.#emissions, this.#runs, (task, status) => {
      if (task.place.task === task) task.place.task = undefined;
      this.#signals.forget(task);
      if (status === 'FAILED') this.#reopening.keep(task);
    });
    const intakePorts: IntakePorts = {
      desk: this.#desk, registry, directory, signals: this.#signals, ticks: this.#ticks, emissions: this.#emissions,
      runs: this.#runs, ending: this.#ending, isStarted: () => this.#isStarted(),
    };
    this.#intake = new Intake(intakePorts);
    this.#reopening = new Reopening(intakePorts, this.#intake);
  }

  readonly batches$;

  get concurrency(): number {
    return this.#runs.gate.concurrency;
  }

  get latenessMs(): number {
    return this.#ticks.latenessMs;
  }

  execute(command: Command): boolean {
    if (command.type === 'updateTask' && command.args) return this.#updateArgs(command, command.args);
    return this.#step(command);
  }

  #step(command: Command): boolean {
    this.#desk.begin();
    try {
      return this.#execute(command);
    } finally {
      this.#desk.end();
    }
  }

  *plans(taskId?: TaskId): Generator<TaskPlan> {
    const one = taskId === undefined ? undefined : this.#directory.find(taskId)?.task;
    for (const task of taskId === undefined ? this.#tasks() : one ? [one] : []) yield planOf(task);
  }

  start(): void {
    if (this.#phase !== 'idle') return;
    this.#phase = 'started';
    this.#desk.step(() => { for (const task of this.#tasks()) this.#intake.begin(task); });
    // A trigger may have stopped the scheduler as it was subscribed to.
    if (this.#isStarted()) this.#runs.starts.open();
  }

  stop(how: StopCommand): Promise<StopReport> {
    if (this.#report) return this.#report;
    let settle: (report: Promise<StopReport>) => void = () => undefined;
    // Kept before anything is done, for what is done may bring somebody to call again.
    const report = this.#report = new Promise<StopReport>((resolve) => { settle = resolve; });
    settle(this.#stop(how));
    return report;
  }

  #execute(command: Command): boolean {
    if (this.#phase === 'stopped') return false;
    if (command.type === 'scheduleTask') {
      this.#intake.schedule(command);
      return true;
    }
    if (command.type === 'removeTask') {
      this.#desk.emit({ v: 1, seq: 0, at: 0, type: 'taskRemoved', taskId: command.taskId, reason: 'removed' });
      return true;
    }
    if (command.type === 'setConcurrency') {
      this.#runs.gate.concurrency = command.limit;
      this.#runs.starts.admitSoon();
      return true;
    }
    if (command.type === 'cancelTasks') {
      for (const id of command.taskIds) this.#cancel(this.#directory.find(id)?.task, command.reason);
      return true;
    }
    if (command.type === 'retryTask') return this.#phase !== 'stopping' && this.#reopening.retry(command.taskId, command.runId);
    const task = this.#directory.find(command.taskId)?.task;
    if (!task) return false;
    switch (command.type) {
      case 'updateTask': return this.#intake.update(task, command);
      case 'stopTask': return this.#ending.stopTask(task, command.reason);
      case 'cancelTask': return this.#cancel(task, command.reason);
      case 'pauseTask': return this.#pause(task);
      case 'resumeTask': return this.#resume(task);
      case 'runTask': return this.#runNow(task, command.runId);
    }
  }

  /** Schemas are the user's, so they are asked before the step. */
  #updateArgs(command: UpdateTask, given: readonly unknown[]): boolean {
    const task = this.#directory.find(command.taskId)?.task;
    if (!task) return false;
    const args = Intake.validArgs(task, given);
    // The schema may have brought anything about: even that another task has the id.
    return this.#directory.find(command.taskId)?.task === task && this.#step({ ...command, args });
  }

  #cancel(task: ScheduledTask | undefined, reason: unknown): boolean {
    return task !== undefined && this.#ending.cancelTask(task, reason);
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
    if (recurs(task)) this.#ticks.lose(task, 'paused');
    else task.acceptedAt = this.#desk.at;
    this.#emissions.loseSwallowed(task);
    this.#desk.emit({ type: 'taskResumed', taskId: task.id, nextRunAt: task.due });
    if (task.trigger.kind !== 'observable' && !task.exhausted && !task.stoodDown) {
      if (task.due === null && !task.awaitsEnd) this.#ending.endTicks(task, 'maxRuns');
      else if (this.#isStarted()) this.#ticks.arm(task);
    }
    this.#runs.resume(task);
    this.#ending.finishIfDone(task);
    return true;
  }

  #runNow(task: ScheduledTask, runId: RunId): boolean {
    const now = this.#desk.at;
    if (task.stopping) {
      this.#desk.emit({ type: 'ticksSkipped', taskId: task.id, runId, from: now, to: now, count: 1, reason: 'stopped' });
      return true;
    }
    this.#ticks.push({ task, runId, tick: undefined, scheduledFor: now, reason: 'manual', value: undefined });
    this.#runs.starts.admitSoon();
    return true;
  }

  *#tasks(): Generator<ScheduledTask> {
    for (const { task } of this.#directory) if (task) yield task;
  }

  #isStarted(): boolean {
    return this.#phase === 'started';
  }

  async #stop(how: StopCommand): Promise<StopReport> {
    this.#phase = 'stopping';
    this.#runs.starts.close();
    const before = { ...this.#runs.outcomes };
    this.#desk.step(() => { for (const task of this.#tasks()) this.#ending.standDown(task); });
    const report = await shutDown(this.#runs, this.#tasks(), this.#desk, how, before);
    const pending = [...this.#tasks()];
    for (const task of pending) {
      this.#signals.forget(task);
      task.place.task = undefined;
    }
    this.#phase = 'stopped';
    await this.#registry.release();
    this.#ticks.complete();
    this.#desk.complete();
    return { ...report, pending: pending.length };
  }
}
