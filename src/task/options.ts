// The options of a task: what a user may say, and its check at the call.
import { aBoolean, aSignal, checkBag, count, oneOf, refuse, text, texts, type Check, type UncheckedOptions } from './check.js';
import { positiveMs, type DurationLike } from './duration.js';
import { checkInputSchema, type InputSchema } from './input-schema.js';
import { instantMs, type InstantLike } from './instant.js';
import { checkMisfire, type Misfire } from './misfire.js';
import { checkRateLimit } from './rate-limit.js';
import { checkRetry, type Retry } from './retry.js';
import type { ResultOf } from './work.js';

/** What happens to a tick that is handled while a run of its task is in progress (or waits for a slot). */
export type Overlap = 'skip' | 'queue' | 'replace' | 'parallel';

/** The options that say how a task behaves, which a scheduler's or a registered work's defaults may give too. */
export interface PolicyOptions {
  /** A name for people: it shows in states and events, and need not be unique. 1 to 255 characters. */
  readonly name?: string | undefined;
  /** Labels to find tasks by. Each 1 to 255 characters. @default [] */
  readonly tags?: readonly string[] | undefined;
  /** @default 'skip', and 'queue' for an Observable trigger */
  readonly overlap?: Overlap | undefined;
  /** With `overlap: 'queue'`: how many runs may wait; further ticks are skipped. @default 1, and 1000 for an Observable trigger */
  readonly maxQueued?: number | undefined;
  /** With `overlap: 'parallel'`: how many runs may be in progress; further ticks are skipped. @default Infinity */
  readonly maxParallel?: number | undefined;
  /** What happens to ticks that are handled late. */
  readonly misfire?: Misfire | undefined;
  /** How many runs the trigger causes at most: those that started count. @default Infinity */
  readonly maxRuns?: number | undefined;
  /**
   * When a trigger begins that is due again and again: the anchor of `every` and `calendar` in place of the call, and no tick of
   * any other before it. `once` and `after` refuse it.
   */
  readonly startAt?: InstantLike | undefined;
  /** No tick is due at this instant or later. */
  readonly until?: InstantLike | undefined;
  /** Whether a run that fails ends the task. @default 'continue' */
  readonly afterFailure?: 'continue' | 'stop' | undefined;
  /**
   * Whether a run whose work fails is tried again: a number of attempts, the first one included, or how. While it waits, the run
   * is `RETRYING`, counts as in progress, and holds no slot. @default 1
   */
  readonly retry?: number | Retry | undefined;
  /**
   * How long an attempt may take from its real start. Then its signal aborts and it has failed with a `TaskTimeoutError`; in a thread or a
   * process it is ended. More than 0 ms. @default no limit
   */
  readonly timeout?: DurationLike | undefined;
  /** How long a run may take from its real start, with all its attempts and the waits between. More than 0 ms. @default no limit */
  readonly deadline?: DurationLike | undefined;
  /**
   * Whether work that was aborted keeps its slot until it has really ended. By default only work in a thread, and what asked for it by
   * `context.waitUntil`, does. @default false
   */
  readonly holdSlot?: boolean | undefined;
  /** Of the runs that wait for a slot, those of the highest number start first; of one number, those that came first. Any finite number. @default 0 */
  readonly priority?: number | undefined;
  /**
   * Of all runs with this key, in whatever task, at most `concurrencyLimit` are in progress. 1 to 255 characters, or a function
   * that makes it of the arguments of each run; a run for which that throws, fails.
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- so that options may be shared by tasks of any arguments
  readonly concurrencyKey?: string | ((...args: any) => string) | undefined;
  /** @default 1 */
  readonly concurrencyLimit?: number | undefined;
  /**
   * At most `limit` runs start within any stretch of `per`: those of the task or, with a `concurrencyKey`, of all tasks that have both, and
   * then the same rate. The others wait. Each attempt counts. @default no limit
   */
  readonly rateLimit?: { readonly limit: number; readonly per: DurationLike } | undefined;
  /** How long a run may wait for its first start; then it is dropped, as missed. More than 0 ms. @default for ever */
  readonly expiresAfter?: DurationLike | undefined;
}

/** The options of one task, but for its arguments. */
export interface OptionsBesideArgs<A extends readonly unknown[] = never, T = unknown> extends PolicyOptions {
  /**
   * Checks `args` at the call, by any Standard Schema (zod, valibot, arktype …) of all arguments as an array; the work gets what that makes of
   * them. Of `args` that are made of what a trigger emits, each run's are checked, and a run fails whose don't fit. It has to answer at once.
   */
  readonly inputSchema?: InputSchema<unknown, A> | undefined;
  /** Any string of 1 to 255 characters. @default a UUID */
  readonly id?: string | undefined;
  /**
   * What to do when a task with this `id` is known: throw, leave that task as it is, or put this one in its place.
   * With an unchanged trigger `replace` keeps anchor, next tick, counts and history. @default 'error'
   */
  readonly ifExists?: 'error' | 'keep' | 'replace' | undefined;
  /** Cancels the task when it aborts; its reason becomes the task's `cancelReason`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Of all runs with this key, in whatever task, at most `concurrencyLimit` are in progress. 1 to 255 characters, or a function
   * that makes it of the arguments of each run; a run for which that throws, fails. A run gets its arguments then when it begins to
   * wait, so what `carry` makes meanwhile is for those after it.
   */
  readonly concurrencyKey?: string | ((...args: A) => string) | undefined;
  /** Makes the next run's arguments of a completed run's result and arguments. If it throws, that run failed. */
  readonly carry?: ((result: ResultOf<T>, args: A) => A) | undefined;
}

/**
 * The options of one task. What is left out falls back to the registered work's, then to the scheduler's defaults.
 *
 * @typeParam A the arguments that the work takes
 * @typeParam In the arguments that the call gives, which an `inputSchema` may make others of
 */
export interface TaskOptions<A extends readonly unknown[] = never, T = unknown, In extends readonly unknown[] = A> extends OptionsBesideArgs<A, T> {
  /** The arguments of each run (of the first one, with `carry`). */
  readonly args?: Readonly<In> | undefined;
}

const instant: Check = (value, field) => instantMs(value as InstantLike, field);
const duration: Check = (value, field) => positiveMs(value as DurationLike, field);

/** Every option there is, with its check: returns what the policy holds, or throws. */
const CHECKS: Readonly<Record<keyof TaskOptions, Check>> = {
  args: (value, field) => typeof value === 'function' || Array.isArray(value) ? value : refuse(field, value, 'an array of arguments'),
  id: text,
  ifExists: oneOf('error', 'keep', 'replace'),
  name: text,
  tags: texts,
  signal: aSignal,
  overlap: oneOf('skip', 'queue', 'replace', 'parallel'),
  maxQueued: count(0),
  maxParallel: count(1),
  misfire: checkMisfire,
  maxRuns: count(1),
  startAt: instant,
  until: instant,
  carry: (value, field) => typeof value === 'function' ? value : refuse(field, value, 'a function (result, args) => next args'),
  inputSchema: checkInputSchema,
  afterFailure: oneOf('continue', 'stop'),
  retry: checkRetry,
  timeout: duration,
  deadline: duration,
  holdSlot: aBoolean,
  priority: (value, field) => Number.isFinite(value) ? value : refuse(field, value, 'a finite number'),
  concurrencyKey: (value, field) => typeof value === 'function' ? value : text(value, field),
  concurrencyLimit: count(1),
  rateLimit: checkRateLimit,
  expiresAfter: duration,
};

const TASK_OPTIONS: ReadonlySet<string> = new Set(Object.keys(CHECKS));
/** What is an option of a trigger, and taken for one of the task. */
const OF_TRIGGERS = {
  timeZone: 'It is one of the trigger: schedule(work, cron(expression, { timeZone })).',
  jitter: 'It is one of the trigger: schedule(work, every(interval, { jitter })).',
  mode: "It is one of the trigger: schedule(work, every(interval, { mode })).",
};
/** The options that make no sense as a default for many tasks. */
const OWN_OPTIONS = ['id', 'ifExists', 'signal'] as const;

/** The options that a registered work's defaults may hold. */
export const REGISTERED_OPTIONS: ReadonlySet<string> = without(TASK_OPTIONS, ...OWN_OPTIONS);
/** The options that a scheduler's defaults may hold. */
export const DEFAULT_OPTIONS: ReadonlySet<string> = without(REGISTERED_OPTIONS, 'args', 'carry', 'inputSchema');

/**
 * Checks one bag of options and returns a copy with every value checked and resolved, absent ones left out.
 *
 * @param allowed the names it may hold
 * @param where what the bag is, for messages
 */
export function checkOptions(options: unknown, allowed: ReadonlySet<string> = TASK_OPTIONS, where = 'options'): UncheckedOptions {
  return checkBag(options, CHECKS, where, allowed, OF_TRIGGERS);
}

function without(names: ReadonlySet<string>, ...excluded: readonly string[]): ReadonlySet<string> {
  return new Set([...names].filter((name) => !excluded.includes(name)));
}
