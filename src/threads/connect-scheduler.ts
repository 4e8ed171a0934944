// Connecting: the facade of a scheduler in another thread. The other end is serve-scheduler.ts.
import type { Transferable } from 'node:worker_threads';
import { catchError, throwError, type Observable } from 'rxjs';
import type { FailureContext, StopReport } from '../index.js';
import {
  checkExplain, checkUpcoming, type ExplainOptions, type TaskExplanation, type UpcomingOptions, type UpcomingTick,
} from '../explain/index.js';
import {
  checkRunTask, checkUpdate, type RunTaskOptions, type SchedulerStats, type StopOptions, type TaskFilter, type TaskQuery, type TaskUpdate,
} from '../facade-options.js';
import { failureReport } from '../failure-report.js';
import { newIds } from '../new-id.js';
import { RegisteredWork } from '../registered-work.js';
import { ScheduleCalls } from '../schedule-calls.js';
import { resultOf, settled } from '../settlement.js';
import { latestOf } from '../streams/latest-of.js';
import { SchedulerStoppedError } from '../task/errors.js';
import type { TaskEvent } from '../task/event.js';
import { aFunction, checkBag, text } from '../task/check.js';
import type { RunId, RunState } from '../task/run.js';
import { show } from '../task/show.js';
import type { TaskId, TaskState, TaskStatus } from '../task/task.js';
import type { TaskFacade } from '../task-facade.js';
import { Acceptance } from './acceptance.js';
import { ConnectionClosedError } from './errors.js';
import { packError } from './packed-error.js';
import { RemoteCalls } from './remote-calls.js';
import type { SchedulerPort } from './remote-link.js';
import type { CallArguments, CallName, StreamName } from './remote-protocol.js';
import { closure, crossingArgs, readRemoteRequest } from './remote-request.js';
import { tasksFrom } from './remote-tasks.js';

/** How a connection behaves. */
export interface ConnectionOptions {
  /**
   * Gets each refusal that nobody waits for: of a task that was scheduled, or of a run, whose id was given at once.
   * @default writes one line to `console.error`
   */
  readonly onError?: ((error: Error, context: FailureContext) => void) | undefined;
}

/**
 * The facade of a scheduler that another thread serves by {@link serveScheduler}.
 * Keeps this thread alive only while an answer is awaited, or a stream is subscribed to.
 * @param port the other end of the port there; `parentPort` in a `Worker` that is served
 * @throws InvalidArgumentError
 * @example
 * const scheduler = connectScheduler(parentPort);
 * const id = scheduler.schedule('resize', after('5s'), { args: ['cat.jpg'] });
 * console.log(await scheduler.result(id));
 */
export function connectScheduler(port: SchedulerPort, options?: ConnectionOptions): SchedulerConnection {
  return new SchedulerConnection(port, checkBag(options, { onError: aFunction }, 'options')['onError'] as ConnectionOptions['onError']);
}

/**
 * A scheduler in another thread: the `TaskFacade` of it, with a promise for each answer. What it can't ask any more rejects with
 * `ConnectionClosedError`.
 */
export class SchedulerConnection extends ScheduleCalls implements TaskFacade, Disposable {
  readonly #remote: RemoteCalls;
  readonly #report: ReturnType<typeof failureReport>;
  readonly #acceptance: Acceptance;
  readonly #newId: () => string;

  /** @internal */
  constructor(port: SchedulerPort, onError: ConnectionOptions['onError']) {
    super((target, trigger, given) => this.#schedule(target, trigger, given));
    this.#remote = new RemoteCalls(port);
    this.#report = failureReport(onError);
    this.#newId = newIds(undefined, this.#report).forCall;
    this.#acceptance = new Acceptance((refusal, taskId) => { if (!this.#remote.isClosing && !this.#remote.isAwaited(taskId)) this.#report(refusal, { taskId }); });
    this.tasks$ = tasksFrom(this.#remote.stream('tasks$'));
    this.events$ = this.#remote.stream('events$') as Observable<TaskEvent>;
  }

  readonly tasks$: Observable<ReadonlyMap<TaskId, TaskState>>;
  readonly events$: Observable<TaskEvent>;

  /** Ends the connection, and with it the port: streams complete, and what is not answered rejects. Tasks go on. */
  close(): void {
    this.#remote.close();
  }

  /** `close()`, at the end of a block with `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * The handle of work that the scheduler's own thread has registered by this name.
   * @typeParam H the type of the handle there, which gives arguments and result their types here
   * @example
   * import type { resize } from './main.js';
   * const id = scheduler.schedule(scheduler.registered<typeof resize>('resize'), after('5s'), { args: ['cat.jpg'] });
   */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- what the work is, only its name says; the caller vouches for it
  registered<H extends RegisteredWork = RegisteredWork>(name: string): H {
    return new RegisteredWork(text(name, 'name')) as H;
  }

  /** @throws NotSerializableError always: functions don't cross between threads. Register work in the thread that has the scheduler. */
  register(name: string): never {
    throw closure('work', `register(${show(name)}) takes a function`, 'Register it in the thread that has the scheduler');
  }

  whenAccepted(id: TaskId): Promise<void> {
    return this.#acceptance.of(id) ?? this.#about('whenAccepted', id);
  }

  getTask<R>(id: TaskId<R>): Promise<TaskState<R>> {
    return this.#about('getTask', id);
  }

  getTasks(query?: TaskQuery): Promise<readonly TaskState[]> {
    return this.#call('getTasks', query);
  }

  getRuns<R>(id: TaskId<R>): Promise<readonly RunState<R>[]> {
    return this.#about('getRuns', id);
  }

  getTaskStatus(id: TaskId): Promise<TaskStatus> {
    return this.#about('getTaskStatus', id);
  }

  getTaskResult<R>(id: TaskId<R>): Promise<R | undefined> {
    return this.#about('getTaskResult', id);
  }

  getTaskError(id: TaskId): Promise<Error | undefined> {
    return this.#about('getTaskError', id);
  }

  whenSettled<R>(id: TaskId<R>): Promise<TaskState<R>> {
    return settled(id, this.task$(id), this.#cut);
  }

  result<R>(id: TaskId<R>): Promise<R> {
    return resultOf(id, this.task$(id), this.#cut);
  }

  stats(): Promise<SchedulerStats> {
    return this.#call('stats');
  }

  now(): Promise<number> {
    return this.#call('now');
  }

  stopTask(id: TaskId, reason?: unknown): Promise<boolean> {
    return this.#about('stopTask', id, [packError(reason)]);
  }

  cancelTask(id: TaskId, reason?: unknown): Promise<boolean> {
    return this.#about('cancelTask', id, [packError(reason)]);
  }

  cancelTasks(filter: TaskFilter, reason?: unknown): Promise<number> {
    return this.#call('cancelTasks', filter, packError(reason));
  }

  updateTask(id: TaskId, update: TaskUpdate): Promise<boolean> {
    const { args, ...checked } = checkUpdate(update);
    const { values, moved } = crossingArgs(args);
    return this.#about('updateTask', id, [values ? { ...checked, args: values } : checked], moved);
  }

  retryTask(id: TaskId): Promise<boolean> {
    return this.#about('retryTask', id);
  }

  pauseTask(id: TaskId): Promise<boolean> {
    return this.#about('pauseTask', id);
  }

  resumeTask(id: TaskId): Promise<boolean> {
    return this.#about('resumeTask', id);
  }

  runTask(id: TaskId, options?: RunTaskOptions): RunId {
    const runId = checkRunTask(options).runId ?? this.#newId();
    this.#acceptance.expect(id, 'runTask', this.#remote.call('runTask', [id, runId] satisfies CallArguments['runTask'], undefined));
    return runId;
  }

  removeTask(id: TaskId): Promise<boolean> {
    return this.#about('removeTask', id);
  }

  explain(id: TaskId, options?: ExplainOptions): Promise<TaskExplanation> {
    return this.#about('explain', id, [checkExplain(options)]);
  }

  upcoming(options?: UpcomingOptions): Promise<readonly UpcomingTick[]> {
    return this.#call('upcoming', checkUpcoming(options));
  }

  task$<R>(id: TaskId<R>): Observable<TaskState<R>> {
    return this.#stream('task$', id) as Observable<TaskState<R>>;
  }

  states<R>(id: TaskId<R>): AsyncIterable<TaskState<R>> {
    return latestOf(this.task$(id));
  }

  runs$<R>(id: TaskId<R>): Observable<RunState<R>> {
    return this.#stream('runs$', id) as Observable<RunState<R>>;
  }

  results$<R>(id: TaskId<R>): Observable<R> {
    return this.#stream('results$', id) as Observable<R>;
  }

  start(): void {
    this.#call('start').catch((error: unknown) => { this.#report(error); });
  }

  stop(options?: StopOptions): Promise<StopReport> {
    return this.#call('stop', options);
  }

  #schedule(target: unknown, when: unknown, given: unknown): TaskId<never> {
    const { name, trigger, options, signal, moved } = readRemoteRequest(target, when, given);
    const id = (options['id'] as TaskId | undefined) ?? this.#newId();
    const args: CallArguments['schedule'] = [name, trigger, { ...options, id }, signal && this.#remote.numberOf(signal)];
    this.#acceptance.expect(id, 'schedule', this.#remote.call('schedule', args, undefined, moved));
    return id;
  }

  readonly #cut = (what: string, id: TaskId): Error => this.#remote.isClosing ? new ConnectionClosedError(what, id) : new SchedulerStoppedError(what, id);

  /** Asks about a task; one that was refused is not found since it was refused. */
  async #about<X>(name: CallName, id: TaskId, rest: readonly unknown[] = [], moved?: readonly Transferable[]): Promise<X> {
    try {
      return await this.#remote.call(name, [id, ...rest], id, moved) as X;
    } catch (error) {
      throw this.#acceptance.explain(error, id);
    }
  }

  async #call<X>(name: CallName, ...args: readonly unknown[]): Promise<X> {
    return await this.#remote.call(name, args, undefined) as X;
  }

  #stream(name: StreamName, id: TaskId): Observable<unknown> {
    return this.#remote.stream(name, id).pipe(catchError((error: unknown) => throwError(() => this.#acceptance.explain(error, id) as Error)));
  }
}
