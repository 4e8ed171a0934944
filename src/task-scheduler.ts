// The scheduler: the facade in this thread, and the only place where engine and store meet.
import type { Observable, SchedulerLike } from 'rxjs';
import { WallClock } from './clock/wall-clock.js';
import type { StopReport } from './engine/engine.js';
import { LocalEngine } from './engine/local-engine.js';
import { Registry } from './engine/registry.js';
import type { ScheduledTask } from './engine/scheduled-task.js';
import type { RegisteredDefaults, RegisteredWork } from './registered-work.js';
import { checkFilter, checkRunTask, checkStop } from './facade-options.js';
import { failureContext, failureReport } from './failure-report.js';
import { logged } from './logger.js';
import { newIds } from './new-id.js';
import { readRegistration, readRequest, type Registration, type RequestContext } from './schedule-request.js';
import { checkSchedulerOptions, type TaskSchedulerOptions } from './scheduler-options.js';
import { resultOf, resultsOf, settled } from './settlement.js';
import { TaskStore } from './store/task-store.js';
import { newTaskPlace, type TaskPlace } from './store/task-table.js';
import { Directory } from './task/directory.js';
import type { DurationLike } from './task/duration.js';
import { DuplicateTaskError, DuplicateWorkError, SchedulerStoppedError, TaskFinishedError } from './task/errors.js';
import type { TaskEvent } from './task/event.js';
import type { InstantLike } from './task/instant.js';
import { count, refuse } from './task/check.js';
import type { RunId, RunState } from './task/run.js';
import { taskSnapshot } from './task/snapshot.js';
import { statusOf } from './task/state.js';
import type { TaskId, TaskState, TaskStatus } from './task/task.js';
import type { Trigger } from './task/trigger.js';
import type { ResultOf, Work } from './task/work.js';
import type { NamedOptions, OptionsParameter, RunTaskOptions, SchedulerStats, StopOptions, TaskFacade, TaskFilter } from './task-facade.js';
import { cron, every, once } from './trigger/index.js';

/**
 * Runs tasks in the background, and tells of them as Observables.
 *
 * @example
 * const scheduler = new TaskScheduler();
 * const id = scheduler.schedulePeriodic(pollQueue, { seconds: 5 });
 * scheduler.task$(id).subscribe(({ status, nextRunAt }) => console.log(status, nextRunAt));
 */
export class TaskScheduler implements TaskFacade, AsyncDisposable {
  readonly #clock: SchedulerLike;
  readonly #engine: LocalEngine;
  readonly #closures = new Registry();
  readonly #store: TaskStore;
  readonly #registered = new Map<string, Registration>();
  readonly #requests: RequestContext;
  #stopped = false;

  /** @throws InvalidArgumentError */
  constructor(options?: TaskSchedulerOptions) {
    const { clock, concurrency, retention, defaults, onError, logger, keepAlive, autoStart, newId, random } = checkSchedulerOptions(options);
    this.#clock = clock ?? new WallClock({ keepAlive: keepAlive ?? true });
    const report = failureReport(onError, logger);
    const ids = newIds(newId, report);
    const directory = new Directory<TaskPlace<ScheduledTask>>(newTaskPlace);
    const nameOf = (id: TaskId): string | undefined => this.#store.find(id)?.name;
    // What is logged as an event needs no other line.
    this.#store = new TaskStore(retention, directory, (error, event) => { if (onError || !logger) report(error, failureContext(event, nameOf(event.taskId ?? ''))); });
    this.#requests = { registered: this.#registered, defaults, newIds: ids, now: () => this.now(), isKnown: (id) => this.#store.find(id) !== undefined };
    this.#engine = new LocalEngine({ clock: this.#clock, registry: this.#closures, directory, newRunId: ids.forTick, random: random ?? Math.random, report });
    const dispatch = (batch: readonly TaskEvent[]): void => { this.#store.dispatch(batch); };
    this.#engine.batches$.subscribe({ next: logger ? logged(logger, nameOf, dispatch) : dispatch, complete: () => { this.#store.complete(); } });
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

  set concurrency(limit: number) {
    this.#engine.execute({ type: 'setConcurrency', limit: count(1)(limit, 'concurrency') as number });
  }

  register<A extends readonly unknown[], T>(
    name: string, work: Work<A, T>, defaults: NoInfer<RegisteredDefaults<A, T> & { readonly args: A }>,
  ): RegisteredWork<A, T, true>;
  register<A extends readonly unknown[], T>(name: string, work: Work<A, T>, defaults?: NoInfer<RegisteredDefaults<A, T>>): RegisteredWork<A, T, false>;
  register(name: string, work: Work, defaults?: object): RegisteredWork {
    const registration = readRegistration(name, work, defaults);
    if (this.#registered.has(name)) throw new DuplicateWorkError(name);
    this.#registered.set(name, registration);
    return registration.handle;
  }

  schedule(name: string, trigger: Trigger | Observable<unknown>, options?: NamedOptions): TaskId;
  schedule<A extends readonly unknown[], T, Bound extends boolean, V = never>(
    handle: RegisteredWork<A, T, Bound>, trigger: Trigger | Observable<V>, ...options: OptionsParameter<A, T, V, Bound>
  ): TaskId<ResultOf<T>>;
  schedule<A extends readonly unknown[], T, V = never>(
    work: Work<A, T>, trigger: Trigger | Observable<V>, ...options: OptionsParameter<A, T, V>
  ): TaskId<ResultOf<T>>;
  schedule(target: string | RegisteredWork | Work, trigger: Trigger | Observable<unknown>, options?: object): TaskId {
    return this.#schedule(target, trigger, options);
  }

  scheduleOneTime<A extends readonly unknown[], T, Bound extends boolean = false>(
    work: Work<A, T> | RegisteredWork<A, T, Bound>, runAt: InstantLike, ...[options]: OptionsParameter<A, T, never, Bound>
  ): TaskId<ResultOf<T>> {
    return this.#schedule(work, once(runAt), options);
  }

  schedulePeriodic<A extends readonly unknown[], T, Bound extends boolean = false>(
    work: Work<A, T> | RegisteredWork<A, T, Bound>, interval: DurationLike, ...[options]: OptionsParameter<A, T, never, Bound>
  ): TaskId<ResultOf<T>> {
    return this.#schedule(work, every(interval), options);
  }

  scheduleCron<A extends readonly unknown[], T, Bound extends boolean = false>(
    work: Work<A, T> | RegisteredWork<A, T, Bound>, expression: string, ...[options]: OptionsParameter<A, T, never, Bound>
  ): TaskId<ResultOf<T>> {
    return this.#schedule(work, cron(expression), options);
  }

  async whenAccepted(id: TaskId): Promise<void> {
    this.#store.record(id);
    return Promise.resolve();
  }

  getTask<R>(id: TaskId<R>): TaskState<R> {
    return taskSnapshot(this.#store.record(id)) as TaskState<R>;
  }

  getTasks(filter?: TaskFilter): readonly TaskState[] {
    return Object.freeze([...this.#store.states()].filter(checkFilter(filter)));
  }

  getRuns(id: TaskId): readonly RunState[] {
    return this.#store.runs(id);
  }

  getTaskStatus(id: TaskId): TaskStatus {
    return statusOf(this.#store.record(id));
  }

  getTaskResult<R>(id: TaskId<R>): R | undefined {
    return this.#store.record(id).result as R | undefined;
  }

  getTaskError(id: TaskId): Error | undefined {
    return this.#store.record(id).error;
  }

  whenSettled<R>(id: TaskId<R>): Promise<TaskState<R>> {
    return settled(id, this.task$(id));
  }

  result<R>(id: TaskId<R>): Promise<R> {
    return resultOf(id, this.task$(id));
  }

  stats(): SchedulerStats {
    const { queued, inProgress, ...tasks } = this.#store.counts();
    return { tasks, queuedRuns: queued, runsInProgress: inProgress };
  }

  now(): number {
    return this.#clock.now();
  }

  stopTask(id: TaskId, reason?: unknown): boolean {
    this.#store.record(id);
    return this.#engine.execute({ type: 'stopTask', taskId: id, reason });
  }

  cancelTask(id: TaskId, reason?: unknown): boolean {
    this.#store.record(id);
    return this.#engine.execute({ type: 'cancelTask', taskId: id, reason });
  }

  pauseTask(id: TaskId): boolean {
    this.#store.record(id);
    return this.#engine.execute({ type: 'pauseTask', taskId: id });
  }

  resumeTask(id: TaskId): boolean {
    this.#store.record(id);
    return this.#engine.execute({ type: 'resumeTask', taskId: id });
  }

  runTask(id: TaskId, options?: RunTaskOptions): RunId {
    const { runId: given } = checkRunTask(options);
    this.#refuseToRun(id);
    if (given !== undefined && this.#store.runs(id).some((run) => run.runId === given)) refuse('runId', given, 'an id that no run of the task has');
    const runId = given ?? this.#requests.newIds.forCall();
    // Whoever made the id may have ended the task, or the scheduler.
    this.#refuseToRun(id);
    this.#engine.execute({ type: 'runTask', taskId: id, runId });
    return runId;
  }

  removeTask(id: TaskId): boolean {
    return this.#store.record(id).final !== undefined && this.#engine.execute({ type: 'removeTask', taskId: id });
  }

  task$<R>(id: TaskId<R>): Observable<TaskState<R>> {
    return this.#store.task$(id) as Observable<TaskState<R>>;
  }

  runs$(id: TaskId): Observable<RunState> {
    return this.#store.runs$(id);
  }

  results$<R>(id: TaskId<R>): Observable<R> {
    return resultsOf(this.#store.runs$(id));
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

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #schedule<R>(target: unknown, trigger: unknown, options: unknown): TaskId<R> {
    this.#refuseWhenStopped("No task can be scheduled");
    const { command, closures, ifExists } = readRequest(target, trigger, options, this.#requests);
    this.#refuseWhenStopped("No task can be scheduled"); // for whoever made the id may have stopped it
    const { taskId, replace: isKnown } = command;
    if (isKnown && ifExists === 'error') throw new DuplicateTaskError(taskId);
    if (isKnown && ifExists === 'keep') return taskId as TaskId<R>;
    this.#closures.bind(taskId, closures);
    this.#engine.execute(command);
    return taskId as TaskId<R>;
  }

  #refuseToRun(id: TaskId): void {
    const { final } = this.#store.record(id);
    if (final) throw new TaskFinishedError(id, final);
    this.#refuseWhenStopped(`The task "${id}" can't run`);
  }

  #refuseWhenStopped(what: string): void {
    if (this.#stopped) throw new SchedulerStoppedError(what);
  }
}
