// The front door: what users import from 'carillon'.
export { TaskScheduler } from './task-scheduler.js';
export type { Answer, ScheduleFacade, TaskFacade } from './task-facade.js';
export type {
  AnyWork, ArgsAreRequired, EmissionOptions, NamedOptions, OnlyIfRequired, OptionsFor, OptionsParameter, OptionsWithArgs, OptionsWithoutArgs, ResultFor,
  ScheduleOptions,
} from './schedule-options.js';
export type { RunTaskOptions, SchedulerStats, StopOptions, TaskFilter, TaskQuery, TaskUpdate } from './facade-options.js';
export type { Logger } from './logger.js';
export type { FailureContext, TaskSchedulerOptions } from './scheduler-options.js';
export type { RetentionOptions } from './store/retention.js';
export type { StopReport } from './engine/engine.js';
export type { RegisteredDefaults, RegisteredWork, WorkDefaults } from './registered-work.js';
export { defineTask } from './define-task.js';
export type { TaskDefinition } from './define-task.js';

export { after, anyOf, calendar, cron, every, except, once } from './trigger/index.js';
export * as triggers from './trigger/index.js';
export type {
  AfterTrigger, AnyOfTrigger, CalendarTrigger, CronTrigger, EveryTrigger, ExceptTrigger, ObservableTrigger, OnceTrigger, Trigger,
} from './task/trigger.js';
export type { CalendarDelta, CalendarOptions } from './trigger/calendar.js';
export type { EveryOptions } from './trigger/every.js';
export type { Exception } from './trigger/except.js';
export type { ZoneOptions } from './trigger/time-zone.js';

export { explain, formatExplanation } from './explain/index.js';
export type {
  ExplainOptions, ExplainedTick, Explanation, ExplanationWarning, TaskExplanation, UpcomingOptions, UpcomingTick, WarningCode,
} from './explain/index.js';

export { withContext } from './task/work.js';
export type { ResultOf, RunContext, Work } from './task/work.js';
export type { Overlap, PolicyOptions, TaskOptions } from './task/options.js';
export type { Misfire } from './task/misfire.js';
export type { DurationLike, DurationObject, TimeDelta } from './task/duration.js';
export type { InputSchema } from './task/input-schema.js';
export type { InstantLike } from './task/instant.js';
export type {
  CancelledTask, CompletedTask, FailedTask, FinalStatus, LiveTask, TaskFacts, TaskId, TaskState, TaskStatus,
} from './task/task.js';
export type { LogLine } from './task/run-log.js';
export type { RunTrace } from './task/trace.js';
export type { RunId, RunReason, RunState, RunStatus, SkipReason } from './task/run.js';
export type * from './task/event.js';
export {
  CarillonError, DuplicateTaskError, DuplicateWorkError, InvalidArgumentError, LateResultError, SchedulerStoppedError, TaskCancelledError, TaskFinishedError,
  TaskMissedError, TaskNotFoundError, TaskTimeoutError, ThrownValueError, WorkNotFoundError,
} from './task/errors.js';
export { DoNotRetry, RetryAfter } from './task/retry-errors.js';
export type { Retry } from './task/retry.js';

export { runCron, runEvery, runOnce, selectByTag, untilSettled, whenStatus } from './streams/index.js';
export type { ColdOptionsParameter, ColdTaskOptions, WithStatus } from './streams/index.js';

export { WallClock } from './clock/wall-clock.js';
export type { WallClockOptions } from './clock/wall-clock.js';
export type { Clock, ClockJump, ClockWork } from './clock/clock.js';
