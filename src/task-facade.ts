// The facade: what every scheduler offers, near or far. Portable code is typed by this, and awaits the answers.
import type { Observable } from 'rxjs';
import type { StopReport } from './engine/engine.js';
import type { ExplainOptions, TaskExplanation, UpcomingOptions, UpcomingTick } from './explain/index.js';
import type { RunTaskOptions, SchedulerStats, StopOptions, TaskFilter, TaskQuery, TaskUpdate } from './facade-options.js';
import type { RegisteredWork, WorkDefaults } from './registered-work.js';
import type { AnyWork, ArgsAreRequired, OnlyIfRequired, OptionsFor, ResultFor } from './schedule-options.js';
import type { DurationLike } from './task/duration.js';
import type { TaskEvent } from './task/event.js';
import type { InstantLike } from './task/instant.js';
import type { RunId, RunState } from './task/run.js';
import type { TaskId, TaskState, TaskStatus } from './task/task.js';
import type { Trigger } from './task/trigger.js';
import type { Work } from './task/work.js';

/** An answer that is here at once from a scheduler in this thread, and a promise from one that is far away. */
export type Answer<X> = X | PromiseLike<X>;

/** The part of a {@link TaskFacade} that schedules. */
export interface ScheduleFacade {
  /**
   * Schedules work: a name that was registered, a handle, or a function.
   *
   * @param trigger when: `once`, `after`, `every`, `cron`, `calendar`, `anyOf`, `except`, or any Observable, whose emissions are the due moments
   * @throws InvalidArgumentError, WorkNotFoundError, DuplicateTaskError, SchedulerStoppedError
   */
  schedule<W extends string | RegisteredWork | AnyWork, V = never>(work: W, trigger: Trigger | Observable<V>, ...options: OptionsFor<W, V>): TaskId<ResultFor<W>>;
  /** @hidden It matches no call, but says of one without `args` which ones the work needs. */
  schedule<A extends readonly unknown[], Bound extends boolean = false>(work: ArgsAreRequired<A, Bound>, trigger: unknown, ...none: OnlyIfRequired<A, Bound>): TaskId<never>;

  /** Schedules work for one instant: `schedule(work, once(runAt))`. An instant that is past is now. */
  scheduleOneTime<W extends RegisteredWork | AnyWork>(work: W, runAt: InstantLike, ...options: OptionsFor<W>): TaskId<ResultFor<W>>;
  /** @hidden It matches no call, but says of one without `args` which ones the work needs. */
  scheduleOneTime<A extends readonly unknown[], Bound extends boolean = false>(work: ArgsAreRequired<A, Bound>, runAt: unknown, ...none: OnlyIfRequired<A, Bound>): TaskId<never>;

  /** Schedules work now, and again after each interval: `schedule(work, every(interval))`. */
  schedulePeriodic<W extends RegisteredWork | AnyWork>(work: W, interval: DurationLike, ...options: OptionsFor<W>): TaskId<ResultFor<W>>;
  /** @hidden It matches no call, but says of one without `args` which ones the work needs. */
  schedulePeriodic<A extends readonly unknown[], Bound extends boolean = false>(work: ArgsAreRequired<A, Bound>, interval: unknown, ...none: OnlyIfRequired<A, Bound>): TaskId<never>;

  /**
   * Schedules work by a cron expression in the time zone of the machine: `schedule(work, cron(expression))`. For another zone,
   * use that with `cron(expression, { timeZone })`.
   */
  scheduleCron<W extends RegisteredWork | AnyWork>(work: W, expression: string, ...options: OptionsFor<W>): TaskId<ResultFor<W>>;
  /** @hidden It matches no call, but says of one without `args` which ones the work needs. */
  scheduleCron<A extends readonly unknown[], Bound extends boolean = false>(work: ArgsAreRequired<A, Bound>, expression: unknown, ...none: OnlyIfRequired<A, Bound>): TaskId<never>;
}

/**
 * A task scheduler, wherever it is.
 *
 * An id that no task has: getters and commands throw a `TaskNotFoundError`, streams error with it, promises reject with it.
 *
 * Laws:
 * 1. No work starts inside a call, nor inside a notification.
 * 2. A getter sees what the commands before it have done.
 * 3. Bad input is refused at the call, and nothing is half-done then.
 * 4. Once `stop()` is called, scheduling throws `SchedulerStoppedError`; getters keep answering.
 */
export interface TaskFacade extends ScheduleFacade {
  /**
   * Gives work a name, to schedule by the name or by the handle that this returns. With an `inputSchema`, the work's parameters are what
   * that makes of the arguments.
   *
   * @throws InvalidArgumentError; DuplicateWorkError when the name is taken
   */
  register<A extends readonly unknown[], T, In extends readonly unknown[] | [] = A, Args extends NoInfer<In> | undefined = undefined>(
    name: string, work: Work<A, T>, defaults?: WorkDefaults<A, T, In, Args>,
  ): RegisteredWork<A, T, undefined extends Args ? false : true, In>;

  /**
   * Resolves when the engine has the task for good; in memory that is at once.
   *
   * A scheduler that is far away can't refuse at the call what only the engine knows. Then this rejects: with why the latest call
   * of `schedule` or `runTask` for the task was refused.
   */
  whenAccepted(id: TaskId): Promise<void>;

  /** The task as it stands now. */
  getTask<R>(id: TaskId<R>): Answer<TaskState<R>>;
  /**
   * The known tasks, in the order they were scheduled: all, or those that a query asks for.
   *
   * @throws InvalidArgumentError; TaskNotFoundError when the task is not known that it says `after`
   */
  getTasks(query?: TaskQuery): Answer<readonly TaskState[]>;
  /** The runs of a task that are kept: those that are over, oldest first, then those that are not. */
  getRuns<R>(id: TaskId<R>): Answer<readonly RunState<R>[]>;
  /** Where the task stands. */
  getTaskStatus(id: TaskId): Answer<TaskStatus>;
  /** The result of the latest completed run. */
  getTaskResult<R>(id: TaskId<R>): Answer<R | undefined>;
  /** The error of the latest failed run. */
  getTaskError(id: TaskId): Answer<Error | undefined>;
  /** Resolves when the task has its final status. Rejects with `SchedulerStoppedError` when the scheduler stops first. */
  whenSettled<R>(id: TaskId<R>): Promise<TaskState<R>>;
  /**
   * Resolves with the latest result when the task is `COMPLETED`. Rejects with its error when it is `FAILED`, with
   * `TaskCancelledError` when it is `CANCELLED`, and with `SchedulerStoppedError` when the scheduler stops first.
   */
  result<R>(id: TaskId<R>): Promise<R>;
  /** How many tasks and runs there are, and how late the latest tick was: kept, not counted, so it may be asked for as often as you like. */
  stats(): Answer<SchedulerStats>;
  /** The time of the scheduler's clock, in epoch ms. */
  now(): Answer<number>;

  /** No further runs; the run in progress may finish. False when there is nothing to change. */
  stopTask(id: TaskId, reason?: unknown): Answer<boolean>;
  /** No further runs, and the run in progress is aborted. False when there is nothing to change. */
  cancelTask(id: TaskId, reason?: unknown): Answer<boolean>;
  /**
   * Cancels all tasks that a filter asks for, as one step. Those that have their final status stay as they are.
   *
   * @param filter has to ask for something: `{ tag: 'import' }`
   * @returns how many were cancelled
   * @throws InvalidArgumentError
   */
  cancelTasks(filter: TaskFilter, reason?: unknown): Answer<number>;
  /**
   * Gives a task another trigger by time, or other arguments. Its runs, counts and history stay; a run in progress goes on, and so do those
   * that wait. False when there is nothing to change: the task is stopping, has had all its runs, or its final status.
   *
   * @throws InvalidArgumentError when the trigger will never be due, the arguments don't fit the task's `inputSchema`, or the task has an
   * Observable trigger that would be replaced
   */
  updateTask(id: TaskId, update: TaskUpdate): Answer<boolean>;
  /**
   * Takes up a task that has `FAILED`: it runs once more now, as by `runTask`, and its trigger goes on with its next tick, if there is one.
   * Its counts and history stay. While work of the failed run still holds its slot, the run waits, whatever `overlap` says. False when it
   * hasn't failed.
   */
  retryTask(id: TaskId): Answer<boolean>;
  /** Nothing starts until the task is resumed; ticks are skipped meanwhile. False when there is nothing to change. */
  pauseTask(id: TaskId): Answer<boolean>;
  /** Ends a pause. False when there is nothing to change. */
  resumeTask(id: TaskId): Answer<boolean>;
  /**
   * One extra run now, beside the trigger and `maxRuns`, even while the task is paused; overlap and concurrency hold.
   *
   * @throws TaskFinishedError when the task has its final status
   */
  runTask(id: TaskId, options?: RunTaskOptions): RunId;
  /** Forgets a task that has its final status. False when it has none. */
  removeTask(id: TaskId): Answer<boolean>;

  /**
   * When the task will be due, as it stands: in words, as a list of ticks, and with warnings of what may surprise. The first tick is the one at
   * `nextRunAt`. How runs go, can't be known: each tick is taken to start one.
   *
   * @throws InvalidArgumentError
   */
  explain(id: TaskId, options?: ExplainOptions): Answer<TaskExplanation>;
  /**
   * The coming ticks of all tasks, in the order of time. Those of paused tasks are left out, and so is what depends on runs or on what an Observable
   * emits. It takes a look at each task, and then what the ticks cost that are told.
   *
   * @throws InvalidArgumentError
   */
  upcoming(options?: UpcomingOptions): Answer<readonly UpcomingTick[]>;

  /** The task's state on subscribe, then every change, in order; completes after a final status. */
  task$<R>(id: TaskId<R>): Observable<TaskState<R>>;
  /**
   * The task's states for `for await`: the state now, then the latest whenever the loop is ready for one, and the final one at last. Ends with
   * the task, or the scheduler. Each loop watches by itself, from its first step until it is left.
   *
   * @throws TaskNotFoundError; one that is far away rejects the first `next` with it
   */
  states<R>(id: TaskId<R>): AsyncIterable<TaskState<R>>;
  /** The task's runs, as they change. Hot, without replay; completes with the task. */
  runs$<R>(id: TaskId<R>): Observable<RunState<R>>;
  /** The result of each run that completes. Hot, without replay; completes with the task. */
  results$<R>(id: TaskId<R>): Observable<R>;
  /** All tasks: the map on subscribe, then one after each batch of changes. */
  readonly tasks$: Observable<ReadonlyMap<TaskId, TaskState>>;
  /** Everything that happens, in order. Hot. */
  readonly events$: Observable<TaskEvent>;

  /** Starts a scheduler that was made with `autoStart: false`. */
  start(): void;
  /** Stops for good: waits for the runs in progress until the deadline, then aborts them. Tasks keep their status. */
  stop(options?: StopOptions): Promise<StopReport>;
}
