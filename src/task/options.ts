// The options of a task: what a user may say, its check at the call, and the plain policy that comes of it.
import { aBoolean, aSignal, checkBag, count, oneOf, refuse, text, texts, type Check, type UncheckedOptions } from './check.js';
import { positiveMs, type DurationLike } from './duration.js';
import { InvalidArgumentError } from './errors.js';
import { checkInputSchema, type InputSchema } from './input-schema.js';
import { instantMs, type InstantLike } from './instant.js';
import { DEFAULT_MISFIRE, checkMisfire, type Misfire, type MisfirePolicy } from './misfire.js';
import { checkRateLimit, type RateLimit } from './rate-limit.js';
import { checkRetry, retryPolicyOf, type CheckedRetry, type Retry, type RetryPolicy } from './retry.js';
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

/** How a task behaves: the options resolved, as plain frozen data. Durations in ms, instants in epoch ms. */
export interface TaskPolicy {
  readonly name: string | undefined;
  readonly tags: readonly string[];
  readonly overlap: Overlap;
  readonly maxQueued: number;
  readonly maxParallel: number;
  readonly misfire: MisfirePolicy;
  readonly maxRuns: number;
  readonly startAt: number | undefined;
  readonly until: number | undefined;
  readonly afterFailure: 'continue' | 'stop';
  readonly retry: RetryPolicy | undefined;
  readonly timeout: number | undefined;
  readonly deadline: number | undefined;
  readonly holdSlot: boolean;
  readonly priority: number;
  readonly concurrencyKey: string | undefined;
  readonly concurrencyLimit: number;
  readonly rateLimit: RateLimit | undefined;
  readonly expiresAfter: number | undefined;
}

/** What the checks have let through of it. */
type SaidPolicy = Omit<TaskPolicy, 'retry' | 'concurrencyKey'> & { readonly retry: CheckedRetry; readonly concurrencyKey: string | (() => unknown) };

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
  startAt: (value, field) => instantMs(value as InstantLike, field),
  until: (value, field) => instantMs(value as InstantLike, field),
  carry: (value, field) => typeof value === 'function' ? value : refuse(field, value, 'a function (result, args) => next args'),
  inputSchema: checkInputSchema,
  afterFailure: oneOf('continue', 'stop'),
  retry: checkRetry,
  timeout: (value, field) => positiveMs(value as DurationLike, field),
  deadline: (value, field) => positiveMs(value as DurationLike, field),
  holdSlot: aBoolean,
  priority: (value, field) => Number.isFinite(value) ? value : refuse(field, value, 'a finite number'),
  concurrencyKey: (value, field) => typeof value === 'function' ? value : text(value, field),
  concurrencyLimit: count(1),
  rateLimit: checkRateLimit,
  expiresAfter: (value, field) => positiveMs(value as DurationLike, field),
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

const DEFAULT_POLICY: TaskPolicy = Object.freeze({
  name: undefined, tags: Object.freeze([]), overlap: 'skip', maxQueued: 1, maxParallel: Infinity,
  misfire: DEFAULT_MISFIRE, maxRuns: Infinity,
  startAt: undefined, until: undefined, afterFailure: 'continue', retry: undefined, timeout: undefined, deadline: undefined, holdSlot: false,
  priority: 0, concurrencyKey: undefined, concurrencyLimit: 1, rateLimit: undefined, expiresAfter: undefined,
});
const OBSERVABLE_POLICY: TaskPolicy = Object.freeze({ ...DEFAULT_POLICY, overlap: 'queue', maxQueued: 1_000 });

/**
 * Checks one bag of options and returns a copy with every value checked and resolved, absent ones left out.
 *
 * @param allowed the names it may hold
 * @param where what the bag is, for messages
 */
export function checkOptions(options: unknown, allowed: ReadonlySet<string> = TASK_OPTIONS, where = 'options'): UncheckedOptions {
  return checkBag(options, CHECKS, where, allowed, OF_TRIGGERS);
}

/** The policy of a task from the checked options of its call, of its registered work, and of its scheduler: the first that says a thing counts. */
export function resolvePolicy(call: UncheckedOptions, registered: UncheckedOptions, scheduler: UncheckedOptions, trigger: 'time' | 'observable'): TaskPolicy {
  const base = trigger === 'time' ? DEFAULT_POLICY : OBSERVABLE_POLICY;
  // Most tasks say nothing of their own; they share one policy.
  if (!saysPolicy(call) && !saysPolicy(registered) && !saysPolicy(scheduler)) return base;
  // Most often the call alone says anything.
  const said = (saysPolicy(registered) || saysPolicy(scheduler) ? { ...scheduler, ...registered, ...call } : call) as Partial<SaidPolicy>;
  const { retry, concurrencyKey } = said;
  // Spelt out, for to write so many fields by names that V8 doesn't know beforehand takes 0.5 µs more.
  const resolved: TaskPolicy = Object.freeze({
    name: said.name, tags: said.tags ?? base.tags, overlap: said.overlap ?? base.overlap,
    maxQueued: said.maxQueued ?? base.maxQueued, maxParallel: said.maxParallel ?? base.maxParallel,
    misfire: said.misfire ?? base.misfire, maxRuns: said.maxRuns ?? base.maxRuns,
    startAt: said.startAt, until: said.until, afterFailure: said.afterFailure ?? base.afterFailure,
    retry: retry && retryPolicyOf(retry), timeout: said.timeout, deadline: said.deadline, holdSlot: said.holdSlot ?? base.holdSlot,
    priority: said.priority ?? base.priority, concurrencyKey: typeof concurrencyKey === 'function' ? undefined : concurrencyKey,
    concurrencyLimit: said.concurrencyLimit ?? base.concurrencyLimit, rateLimit: said.rateLimit, expiresAfter: said.expiresAfter,
  });
  refuseIdle(call, resolved, concurrencyKey !== undefined);
  return resolved;
}

/** The `retry` that counts: a part of it may be functions, which are no policy. */
export function retryOf(call: UncheckedOptions, registered: UncheckedOptions, scheduler: UncheckedOptions): CheckedRetry | undefined {
  return (call['retry'] ?? registered['retry'] ?? scheduler['retry']) as CheckedRetry | undefined;
}

/** The function that makes the `concurrencyKey`, if it is one. */
export function keyFunctionOf(call: UncheckedOptions, registered: UncheckedOptions, scheduler: UncheckedOptions): ((...args: never) => unknown) | undefined {
  const key = call['concurrencyKey'] ?? registered['concurrencyKey'] ?? scheduler['concurrencyKey'];
  return typeof key === 'function' ? key as (...args: never) => unknown : undefined;
}

function saysPolicy(options: UncheckedOptions): boolean {
  for (const name in options) if (name in DEFAULT_POLICY) return true;
  return false;
}

/** Refuses what the call itself says and its other options make idle, for it would be ignored in silence. */
function refuseIdle(call: UncheckedOptions, policy: TaskPolicy, hasKey: boolean): void {
  const idle = (field: keyof TaskPolicy, way: string): void => {
    if (Object.hasOwn(call, field)) throw new InvalidArgumentError(field, call[field], `${field} has no effect without ${way}.`);
  };
  if (policy.overlap !== 'queue') idle('maxQueued', "overlap: 'queue'");
  if (policy.overlap !== 'parallel') idle('maxParallel', "overlap: 'parallel'");
  if (!hasKey) idle('concurrencyLimit', 'a concurrencyKey; for all runs of the scheduler, set its concurrency');
}

function without(names: ReadonlySet<string>, ...excluded: readonly string[]): ReadonlySet<string> {
  return new Set([...names].filter((name) => !excluded.includes(name)));
}
