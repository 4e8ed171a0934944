// The options of a scheduler, and their check.
import { queueScheduler, type SchedulerLike } from 'rxjs';
import { aLogger, type Logger } from './logger.js';
import type { RetentionOptions } from './store/retention.js';
import { InvalidArgumentError } from './task/errors.js';
import { aBoolean, aFunction, checkBag, count, refuse, type UncheckedOptions } from './task/check.js';
import { DEFAULT_OPTIONS, checkOptions, type PolicyOptions } from './task/options.js';
import type { RunId } from './task/run.js';
import type { TaskId } from './task/task.js';

/** Where a failure comes from, as far as it is known. */
export interface FailureContext {
  readonly taskId?: TaskId | undefined;
  readonly runId?: RunId | undefined;
  readonly name?: string | undefined;
}

/** How a scheduler behaves. */
export interface TaskSchedulerOptions {
  /** What owns time. RxJS's `TestScheduler`, or a `VirtualClock`, makes all of it virtual. @default a new WallClock */
  readonly clock?: SchedulerLike | undefined;
  /** How many runs may be in progress at once. @default Infinity */
  readonly concurrency?: number | undefined;
  /** How much of what is over is kept. */
  readonly retention?: RetentionOptions | undefined;
  /** Options for every task, unless its registered work or its call say otherwise. */
  readonly defaults?: PolicyOptions | undefined;
  /**
   * Gets each failure that nobody observes: no subscriber of the task's streams, of `tasks$` or `events$`, and nobody
   * awaiting it. @default writes one line to `console.error`; with a `logger`, to that
   */
  readonly onError?: ((error: Error, context: FailureContext) => void) | undefined;
  /**
   * Logs what happens: failures as `error`; retries, missed and skipped ticks as `warn`; what work says by `context.log`, and how
   * tasks end, as `info`; all else as `debug`. @default silent
   */
  readonly logger?: Logger | undefined;
  /** Whether a task that waits keeps the process alive. With a clock of your own, that is the clock's to say. @default true */
  readonly keepAlive?: boolean | undefined;
  /** Whether tasks run from the start; else from `start()` on. @default true */
  readonly autoStart?: boolean | undefined;
  /** Makes ids, of tasks and of runs. @default a random UUID */
  readonly newId?: (() => string) | undefined;
  /** Gives a number from 0 up to 1, for the jitter of retries: a seeded one lets a test replay them. @default Math.random */
  readonly random?: (() => number) | undefined;
}

/** The options of a scheduler, checked. */
export interface CheckedSchedulerOptions extends TaskSchedulerOptions {
  readonly defaults: UncheckedOptions;
}

const CHECKS: Readonly<Record<keyof TaskSchedulerOptions, (value: unknown, field: string) => unknown>> = {
  clock: (value, field) => isSchedulerLike(value) && value !== queueScheduler ? value : refuse(field, value, 'an RxJS SchedulerLike that waits: with now() and schedule(), and not queueScheduler, which runs work inside the call'),
  concurrency: count(1),
  retention: (value, field) => checkBag(value, { tasks: count(0), runs: count(0) }, field),
  defaults: (value) => checkOptions(value, DEFAULT_OPTIONS, 'defaults'),
  onError: aFunction,
  logger: aLogger,
  keepAlive: aBoolean,
  autoStart: aBoolean,
  newId: aFunction,
  random: aFunction,
};

/** @throws InvalidArgumentError naming the option */
export function checkSchedulerOptions(options: TaskSchedulerOptions | undefined): CheckedSchedulerOptions {
  const checked = checkBag(options, CHECKS, 'options') as Partial<CheckedSchedulerOptions>;
  if (checked.clock && checked.keepAlive !== undefined) {
    throw new InvalidArgumentError('keepAlive', checked.keepAlive, 'keepAlive has no effect with a clock of your own. Give it to the clock: new WallClock({ keepAlive: false }).');
  }
  return { ...checked, defaults: checked.defaults ?? checkOptions(undefined) };
}

function isSchedulerLike(value: unknown): value is SchedulerLike {
  return typeof value === 'object' && value !== null
    && 'now' in value && typeof value.now === 'function' && 'schedule' in value && typeof value.schedule === 'function';
}
