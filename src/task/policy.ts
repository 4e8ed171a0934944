// The policy of a task: its options resolved, to plain data.
import type { UncheckedOptions } from './check.js';
import { InvalidArgumentError } from './errors.js';
import { DEFAULT_MISFIRE, type MisfirePolicy } from './misfire.js';
import type { Overlap } from './options.js';
import type { RateLimit } from './rate-limit.js';
import { retryPolicyOf, type CheckedRetry, type RetryPolicy } from './retry.js';

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

const DEFAULT_POLICY: TaskPolicy = Object.freeze({
  name: undefined, tags: Object.freeze([]), overlap: 'skip', maxQueued: 1, maxParallel: Infinity,
  misfire: DEFAULT_MISFIRE, maxRuns: Infinity,
  startAt: undefined, until: undefined, afterFailure: 'continue', retry: undefined, timeout: undefined, deadline: undefined, holdSlot: false,
  priority: 0, concurrencyKey: undefined, concurrencyLimit: 1, rateLimit: undefined, expiresAfter: undefined,
});
const OBSERVABLE_POLICY: TaskPolicy = Object.freeze({ ...DEFAULT_POLICY, overlap: 'queue', maxQueued: 1_000 });

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
    name: said.name, tags: said.tags ?? base.tags, overlap: said.overlap ?? base.overlap, maxQueued: said.maxQueued ?? base.maxQueued,
    maxParallel: said.maxParallel ?? base.maxParallel, misfire: said.misfire ?? base.misfire, maxRuns: said.maxRuns ?? base.maxRuns,
    startAt: said.startAt, until: said.until, afterFailure: said.afterFailure ?? base.afterFailure, retry: retry && retryPolicyOf(retry),
    timeout: said.timeout, deadline: said.deadline, holdSlot: said.holdSlot ?? base.holdSlot, priority: said.priority ?? base.priority,
    concurrencyKey: typeof concurrencyKey === 'function' ? undefined : concurrencyKey, concurrencyLimit: said.concurrencyLimit ?? base.concurrencyLimit,
    rateLimit: said.rateLimit, expiresAfter: said.expiresAfter,
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
