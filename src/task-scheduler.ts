// The scheduler: the facade in this thread. It checks what it is given, passes commands on to the engine, and answers from the store.
import type { Observable, SchedulerLike } from 'rxjs';
import { assemble } from './assembly.js';
import { WallClock } from './clock/wall-clock.js';
import type { StopReport } from './engine/engine.js';
import type { LocalEngine } from './engine/local-engine.js';
import type { Registry } from './engine/registry.js';
import {
  checkExplain, checkUpcoming, explainTask, upcomingTicks, type ExplainOptions, type TaskExplanation, type UpcomingOptions, type UpcomingTick,
} from './explain/index.js';
import type { RegisteredWork, WorkDefaults } from './registered-work.js';
import {
  askedFor, checkNarrowFilter, checkQuery, checkRunTask, checkStop, checkUpdate,
  type RunTaskOptions, type SchedulerStats, type StopOptions, type TaskFilter, type TaskQuery, type TaskUpdate,
} from './facade-options.js';
import { failureReport } from './failure-report.js';
import { newIds } from './new-id.js';
import { ScheduleCalls } from './schedule-calls.js';
import { readRequest, refuseEpoch, register, type RequestContext } from './schedule-request.js';
import { checkSchedulerOptions, type TaskSchedulerOptions } from './scheduler-options.js';
import { resultOf, resultsOf, settled } from './settlement.js';
import type { TaskStore } from './store/task-store.js';
import { latestOf } from './streams/latest-of.js';
import type { Command } from './task/command.js';
import type { TaskEvent } from './task/event.js';
import { SchedulerStoppedError, TaskFinishedError } from './task/errors.js';
import { count, refuse } from './task/check.js';
import type { RunId, RunState } from './task/run.js';
import { taskSnapshot } from './task/snapshot.js';
import { statusOf } from './task/task-record.js';
import type { TaskId, TaskState, TaskStatus } from './task/task.js';
import type { Work } from './task/work.js';
import type { TaskFacade } from './task-facade.js';

/**
 * Runs tasks in the background, and tells of them as Observables.
 *
 * @example
 * const scheduler = new TaskScheduler();
 * const id = scheduler.schedulePeriodic(pollQueue, { seconds: 5 });
 * scheduler.task$(id).subscribe(({ status, nextRunAt }) => console.log(status, nextRunAt));
 */
export class TaskScheduler extends ScheduleCalls implements TaskFacade, AsyncDisposable {
  readonly #engine: LocalEngine;
  readonly #registry: Registry;
  readonly #store: TaskStore;
  readonly #requests: RequestContext;
  #stopped = false;

  /** @throws InvalidArgumentError */
  constructor(options?: TaskSchedulerOptions) {
    super((target, trigger, given) => this.#schedule(target, trigger, given));
    const { clock, concurrency, retention, defaults, onError, logger, keepAlive, autoStart, newId, random } = checkSchedulerOptions(options);
    const time: SchedulerLike = clock ?? new WallClock({ keepAlive: keepAlive ?? true });
    const report = failureReport(onError, logger);
    const ids = newIds(newId, report);
    // What is logged as an event needs no other line.
    const reportsUnobserved = onError !== undefined || logger === undefined;
    ({ registry: this.#registry, engine: this.#engine, store: this.#store } = assemble({
      clock: time, newRunId: ids.forTick, random: random ?? Math.random, retention, report, reportsUnobserved, logger,
    }));
    this.#requests = { registered: new Map(), defaults, newIds: ids, now: () => time.now(), isKnown: (id) => this.#store.find(id) !== undefined };
    this.tasks$ = this.#store.tasks$;
    this.events$ = this.#store.events$;
    if (concurrency !== undefined) this.concurrency = concurrency;
    if (autoStart !== false) this.#engine.start();
  }

  readonly tasks$: Observable<ReadonlyMap<TaskId, TaskState>>;
  readonly events$: Observable<TaskEvent>;
  /** How many runs may be in progress at once; may be set at any time. Runs in progress are let be. */
  get concurrency(): number {
    return this.#engine.concurrency;
  }

  /** @throws InvalidArgumentError unless it is a whole number of at least 1, or Infinity */
  set concurrency(limit: number) {
    this.#engine.execute({ type: 'setConcurrency', limit: count(1)(limit, 'concurrency') as number });
  }

  register<A extends readonly unknown[], T, In extends readonly unknown[] | [] = A, Args extends NoInfer<In> | undefined = undefined>(
    name: string, work: Work<A, T>, defaults?: WorkDefaults<A, T, In, Args>,
  ): RegisteredWork<A, T, undefined extends Args ? false : true, In> {
    return register(this.#requests.registered, name, work, defaults) as never;
  }

  async whenAccepted(id: TaskId): Promise<void> {
    this.#store.record(id);
    return Promise.resolve();
  }

  getTask<R>(id: TaskId<R>): TaskState<R> {
    return taskSnapshot(this.#store.record(id)) as TaskState<R>;
  }

  getTasks(query?: TaskQuery): readonly TaskState[] {
    const checked = checkQuery(query);
    return Object.freeze(askedFor(this.#store.records(checked.after), checked).map(taskSnapshot));
  }

  getRuns<R>(id: TaskId<R>): readonly RunState<R>[] {
    return this.#store.runs(id) as readonly RunState<R>[];
  }

  getTaskStatus(id: TaskId): TaskStatus {
    return statusOf(this.#store.record(id));
  }

  getTaskResult<R>(id: TaskId<R>): R | undefined {
    return this.#store.record(id).past.result as R | undefined;
  }

  getTaskError(id: TaskId): Error | undefined {
    return this.#store.record(id).past.error;
  }

  whenSettled<R>(id: TaskId<R>): Promise<TaskState<R>> {
    return settled(id, this.task$(id));
  }

  result<R>(id: TaskId<R>): Promise<R> {
    return resultOf(id, this.task$(id));
  }

  stats(): SchedulerStats {
    const { queued, inProgress, ...tasks } = this.#store.counts();
    return { tasks, queuedRuns: queued, runsInProgress: inProgress, latenessMs: this.#engine.latenessMs };
  }

  now(): number {
    return this.#requests.now();
  }

  stopTask(id: TaskId, reason?: unknown): boolean {
    return this.#ask({ type: 'stopTask', taskId: id, reason });
  }

  cancelTask(id: TaskId, reason?: unknown): boolean {
    return this.#ask({ type: 'cancelTask', taskId: id, reason });
  }

  cancelTasks(filter: TaskFilter, reason?: unknown): number {
    const live = askedFor(this.#store.records(), checkNarrowFilter(filter)).filter(({ final }) => final === undefined);
    const taskIds = live.map(({ id }) => id);
    return this.#engine.execute({ type: 'cancelTasks', taskIds, reason }) ? taskIds.length : 0;
  }

  updateTask(id: TaskId, update: TaskUpdate): boolean {
    const { trigger, args } = checkUpdate(update);
    refuseEpoch(trigger, this.#requests.now);
    return this.#ask({ type: 'updateTask', taskId: id, trigger, args });
  }

  retryTask(id: TaskId): boolean {
    if (this.#store.record(id).final !== 'FAILED') return false;
    const runId = this.#requests.newIds.forCall();
    // Whoever made the id may have stopped the scheduler.
    this.#refuseWhenStopped(`The task "${id}" can't run`);
    return this.#engine.execute({ type: 'retryTask', taskId: id, runId });
  }

  pauseTask(id: TaskId): boolean {
    return this.#ask({ type: 'pauseTask', taskId: id });
  }

  resumeTask(id: TaskId): boolean {
    return this.#ask({ type: 'resumeTask', taskId: id });
  }

  runTask(id: TaskId, options?: RunTaskOptions): RunId {
    const { runId: given } = checkRunTask(options);
    if (given !== undefined && this.#store.runs(id).some((run) => run.runId === given)) refuse('runId', given, 'an id that no run of the task has');
    const runId = given ?? this.#requests.newIds.forCall();
    // Whoever made the id may have ended the task, or the scheduler.
    const { final } = this.#store.record(id);
    if (final) throw new TaskFinishedError(id, final);
    this.#refuseWhenStopped(`The task "${id}" can't run`);
    this.#engine.execute({ type: 'runTask', taskId: id, runId });
    return runId;
  }

  removeTask(id: TaskId): boolean {
    return this.#store.record(id).final !== undefined && this.#engine.execute({ type: 'removeTask', taskId: id });
  }

  explain(id: TaskId, options?: ExplainOptions): TaskExplanation {
    const [state, [plan]] = [this.getTask(id), this.#engine.plans(id)];
    return explainTask({ state, plan, runs: this.#store.runs(id), plans: this.#engine.plans() }, checkExplain(options), this.now());
  }

  upcoming(options?: UpcomingOptions): readonly UpcomingTick[] {
    return upcomingTicks(this.#engine.plans(), checkUpcoming(options));
  }

  task$<R>(id: TaskId<R>): Observable<TaskState<R>> {
    return this.#store.task$(id) as Observable<TaskState<R>>;
  }

  states<R>(id: TaskId<R>): AsyncIterable<TaskState<R>> {
    this.#store.record(id);
    return latestOf(this.task$(id));
  }

  runs$<R>(id: TaskId<R>): Observable<RunState<R>> {
    return this.#store.runs$(id) as Observable<RunState<R>>;
  }

  results$<R>(id: TaskId<R>): Observable<R> {
    return resultsOf(this.runs$(id));
  }

  start(): void {
    this.#refuseWhenStopped("The scheduler can't start");
    this.#engine.start();
  }

  stop(options?: StopOptions): Promise<StopReport> {
    const how = checkStop(options);
    this.#stopped = true;
    return this.#engine.stop(how);
  }

  /** Stops it, at the end of a block with `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #schedule<R>(target: unknown, trigger: unknown, options: unknown): TaskId<R> {
    this.#refuseWhenStopped("No task can be scheduled");
    const { command, bound, keepsKnown } = readRequest(target, trigger, options, this.#requests);
    // Whoever made the id, or checked the arguments, may have stopped it.
    this.#refuseWhenStopped("No task can be scheduled");
    if (!keepsKnown) {
      this.#registry.bind(command.taskId, bound);
      this.#engine.execute(command);
    }
    return command.taskId as TaskId<R>;
  }

  /** @throws TaskNotFoundError */
  #ask(command: Command & { readonly taskId: TaskId }): boolean {
    this.#store.record(command.taskId);
    return this.#engine.execute(command);
  }

  #refuseWhenStopped(what: string): void {
    if (this.#stopped) throw new SchedulerStoppedError(what);
  }
}
