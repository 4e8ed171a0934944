// The rules that a log is held to: a schedule, checked, in ms.
import { checkBag, count, oneOf } from '../task/check.js';
import { durationMs, positiveMs, type DurationLike } from '../task/duration.js';
import { InvalidArgumentError } from '../task/errors.js';
import { instantMs, type InstantLike } from '../task/instant.js';
import { checkMisfire, type MisfirePolicy } from '../task/misfire.js';
import type { Overlap } from '../task/options.js';
import { checkRetry, retryPolicyOf, type RetryPolicy } from '../task/retry.js';
import { show } from '../task/show.js';
import type { Trigger } from '../task/trigger.js';
import { checkTrigger } from '../trigger/trigger.js';
import type { CheckedSchedule } from './check-runs.js';
import type { GivenInstants, Span } from './due-instants.js';

/** A schedule, checked, in ms. */
export interface Rules {
  readonly trigger: Trigger | GivenInstants;
  readonly scheduledAt: number;
  readonly observedUntil: number;
  readonly startAt: number | undefined;
  readonly until: number;
  readonly maxRuns: number;
  readonly overlap: Overlap;
  readonly maxQueued: number;
  readonly maxParallel: number;
  readonly misfire: MisfirePolicy;
  readonly retry: RetryPolicy;
  readonly timeout: number;
  readonly deadline: number;
  readonly afterFailure: 'continue' | 'stop';
  readonly endedAt: number;
  readonly pauses: readonly Span[];
  readonly heldUp: readonly Span[];
  readonly tolerance: number;
  readonly longestRun: number;
}

const instant = (value: unknown, field: string): number => instantMs(value as InstantLike, field);
const duration = (value: unknown, field: string): number => durationMs(value as DurationLike, field);
const positive = (value: unknown, field: string): number => positiveMs(value as DurationLike, field);

const CHECKS = {
  trigger, scheduledAt: instant, observedUntil: instant, startAt: instant, until: instant, endedAt: instant,
  maxRuns: count(1), maxQueued: count(0), maxParallel: count(1), overlap: oneOf('skip', 'queue', 'replace', 'parallel'), misfire: checkMisfire,
  retry, timeout: positive, deadline: positive, afterFailure: oneOf('continue', 'stop'), pauses: spans, heldUp: spans, tolerance: duration, longestRun: duration,
};

const DEFAULTS = {
  startAt: undefined, until: Infinity, maxRuns: Infinity, overlap: 'skip', maxQueued: 1, maxParallel: Infinity, retry: retry(1, 'retry'), timeout: Infinity,
  deadline: Infinity, afterFailure: 'continue', endedAt: Infinity, pauses: [], heldUp: [], tolerance: 1_000, longestRun: Infinity,
} as const;

/** @throws InvalidArgumentError when the schedule can't be understood */
export function rulesOf(schedule: CheckedSchedule): Rules {
  const checked = checkBag(schedule, CHECKS, 'schedule') as Partial<Rules>;
  for (const field of ['trigger', 'scheduledAt', 'observedUntil'] as const) {
    if (checked[field] === undefined) throw new InvalidArgumentError(field, undefined, `The schedule needs ${field}; it is missing.`);
  }
  const { tolerance = DEFAULTS.tolerance } = checked;
  // Where nothing is said of `misfire`, all that was held up counts as late.
  return { ...DEFAULTS, misfire: { policy: 'latest', grace: Math.min(1_000, tolerance), limit: 1 }, ...checked } as Rules;
}

function trigger(value: unknown, field: string): Trigger | GivenInstants {
  if (Array.isArray(value)) return { kind: 'given', instants: value.map((each, i) => instant(each, `${field}[${i}]`)).sort((a, b) => a - b) };
  const checked = checkTrigger(value);
  const way = 'Give the very instants at which the task was due, as an array.';
  if (!checked) throw new InvalidArgumentError(field, value, `${field} needs a trigger by time, as every() or cron(); got ${show(value)}. ${way}`);
  if (checked.kind !== 'every' && hasJitter(checked)) {
    throw new InvalidArgumentError(field, value, `${field} has a jitter within ${checked.kind}(), which follows from the id of the task. ${way}`);
  }
  return checked;
}

function hasJitter(trigger: Trigger): boolean {
  if (trigger.kind === 'anyOf') return trigger.triggers.some(hasJitter);
  if (trigger.kind === 'except') return hasJitter(trigger.trigger) || (trigger.unless !== undefined && hasJitter(trigger.unless));
  return trigger.kind === 'every' && trigger.jitter !== undefined;
}

/** What is known of a wait that a function says, or of what it rules out, is what the work wrote down. */
function retry(value: unknown, field: string): RetryPolicy {
  const { backoff, retryIf } = (value ?? {}) as { readonly backoff?: unknown; readonly retryIf?: unknown };
  if (typeof backoff === 'function') {
    throw new InvalidArgumentError(`${field}.backoff`, backoff, `${field}.backoff can't be a function here, for nobody knows what it said. Leave it out, and log what it said as the retryAfter of the attempt.`);
  }
  if (typeof retryIf === 'function') {
    throw new InvalidArgumentError(`${field}.retryIf`, retryIf, `${field}.retryIf can't be a function here, for nobody knows what it said. Leave it out, and log retryAfter: false where it said no.`);
  }
  return retryPolicyOf(checkRetry(value, field));
}

function spans(value: unknown, field: string): readonly Span[] {
  if (!Array.isArray(value)) throw new InvalidArgumentError(field, value, `${field} needs an array of { from, to }; got ${show(value)}.`);
  const spans = value.map((span: { from: InstantLike; to: InstantLike } | null, i) => {
    if (typeof span !== 'object' || span === null) throw new InvalidArgumentError(field, span, `${field}[${i}] needs { from, to }; got ${show(span)}.`);
    const [from, to] = [instantMs(span.from, `${field}[${i}].from`), instantMs(span.to, `${field}[${i}].to`)];
    if (to < from) throw new InvalidArgumentError(field, to, `${field}[${i}].to needs an instant not before from; got ${show(to)}.`);
    return { from, to };
  }).sort((a, b) => a.from - b.from);
  const joined: { from: number; to: number }[] = [];
  for (const span of spans) {
    const last = joined.at(-1);
    if (last && span.from < last.to) last.to = Math.max(last.to, span.to);
    else joined.push(span);
  }
  return joined;
}
