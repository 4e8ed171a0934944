// every: due again and again, on a grid that never drifts; or so long after each run has ended.
import { durationMs, signedMs, type DurationLike } from '../task/duration.js';
import { InvalidArgumentError } from '../task/errors.js';
import { instantMs, type InstantLike } from '../task/instant.js';
import { checkBag, oneOf } from '../task/check.js';
import { show } from '../task/show.js';
import type { EveryTrigger, ObservableTrigger, Trigger } from '../task/trigger.js';
import { calendarOf } from './in-months.js';
import type { TriggerContext, TriggerRule } from './rule.js';

/** How the ticks of {@link every} follow each other. */
export interface EveryOptions {
  /**
   * `fixedRate`: on a grid, whatever the runs do. `fixedDelay`: the interval counts from the end of each run (its retries
   * included), so runs never overlap; while one is in progress, no next tick is known. @default 'fixedRate'
   */
  readonly mode?: 'fixedRate' | 'fixedDelay' | undefined;
  /** The first tick, which may be past: then it places the grid. @default the call that schedules the task */
  readonly startAt?: InstantLike | undefined;
  /**
   * Each tick is due up to so much later than the grid says, so that tasks of one interval don't all start at once. How much,
   * follows from the id of the task and the number of the tick; so it is the same after a restart. At most the interval. @default 0
   */
  readonly jitter?: DurationLike | undefined;
}

const CHECKS = {
  mode: oneOf('fixedRate', 'fixedDelay'),
  startAt: (value: unknown, field: string) => instantMs(value as InstantLike, field),
  jitter: (value: unknown, field: string) => durationMs(value as DurationLike, field),
};

/**
 * Due at once, and then after each `interval`: the k-th tick at `anchor + k * interval` exactly, where the anchor is
 * the call that schedules the task, or its `startAt`.
 *
 * A day is 24 hours here, whatever daylight saving does; for days by the calendar, see `calendar`.
 *
 * @throws InvalidArgumentError unless `interval` is a duration of at least 1 ms
 * @example
 * scheduler.schedule(pollQueue, every({ seconds: 5 }));
 * scheduler.schedule(refreshCache, every('1m', { jitter: '10s' }));
 */
export function every(interval: DurationLike, options?: EveryOptions): EveryTrigger {
  const ms = intervalMs(interval);
  if (ms < 1) {
    throw new InvalidArgumentError('every(interval)', interval, `every() needs an interval of at least 1 ms; got ${show(interval)}.`);
  }
  if (options === undefined) return Object.freeze({ kind: 'every', interval: ms });
  const { mode, startAt, jitter } = checkBag(options, CHECKS, 'every(options)') as { mode?: string; startAt?: number; jitter?: number };
  if (jitter !== undefined && jitter > ms) {
    throw new InvalidArgumentError('every(options).jitter', options.jitter, `every(options).jitter needs at most the interval, or ticks would change places; got ${show(options.jitter)} for ${show(interval)}.`);
  }
  return Object.freeze({
    kind: 'every', interval: ms, ...(mode === 'fixedDelay' && { mode }), ...(startAt !== undefined && { startAt }), ...(jitter && { jitter }),
  });
}

function intervalMs(interval: DurationLike): number {
  try {
    return signedMs(interval, 'every(interval)');
  } catch (cause) {
    const calendar = calendarOf(interval);
    if (calendar === undefined) throw cause;
    throw new InvalidArgumentError('every(interval)', interval,
      `every(interval) needs an interval of fixed length, which months and years have not; got ${show(interval)}. Schedule by the calendar: schedule(work, ${calendar}).`, { cause });
  }
}

/** The rule behind {@link every}: all by arithmetic, however many ticks there are. */
export const everyRule: TriggerRule<EveryTrigger> = {
  recurs: true,
  countsElapsedTime: true,
  next: (trigger, after, context) => tickIfAny(trigger, after < context.anchor ? 0 : lastIndex(trigger, after, context) + 1, context),
  count: (trigger, from, to, context) => Math.max(0, lastIndex(trigger, to, context) - Math.max(0, firstIndex(trigger, from, context)) + 1),
  last: (trigger, to, context) => (to < context.anchor ? null : tickIfAny(trigger, lastIndex(trigger, to, context), context)),
  back: (trigger, from, ticks, context) => tickIfAny(trigger, lastIndex(trigger, from, context) - ticks, context),
};

/** The rule of {@link every} by fixed delay: one tick is known of at a time, and it is the anchor. */
export const byDelayRule: TriggerRule<EveryTrigger> = {
  recurs: true,
  countsElapsedTime: true,
  next: (_trigger, after, { anchor }) => (anchor > after ? anchor : null),
  count: (_trigger, from, to, { anchor }) => (anchor >= from && anchor <= to ? 1 : 0),
  last: (_trigger, to, { anchor }) => (anchor <= to ? anchor : null),
  back: (_trigger, from, ticks) => (ticks === 0 ? from : null),
};

/** Whether the interval counts from the end of each run, so that no next tick is known before that. */
export function isByDelay(trigger: Trigger | ObservableTrigger): trigger is EveryTrigger {
  return trigger.kind === 'every' && trigger.mode === 'fixedDelay';
}

/** When a tick is due by fixed delay: so long after `from`. */
export function dueByDelay({ interval, jitter = 0 }: EveryTrigger, from: number, tick: number, id: string): number {
  return from + (tick === 0 ? 0 : interval) + Math.floor(jitter * share(id, tick));
}

/** When the tick of this number is due. */
function tickOf({ interval, jitter }: EveryTrigger, k: number, { anchor, id }: TriggerContext): number {
  return anchor + k * interval + (jitter === undefined ? 0 : Math.floor(jitter * share(id, k)));
}

function tickIfAny(trigger: EveryTrigger, k: number, context: TriggerContext): number | null {
  return k < 0 ? null : tickOf(trigger, k, context);
}

// With an interval that isn't whole, the division may round to the wrong side of a tick; so both look again. A tick that jitter
// makes late is still before the next one of the grid.

/** The number of the first tick at `from` or later. */
function firstIndex(trigger: EveryTrigger, from: number, context: TriggerContext): number {
  const { interval, jitter } = trigger;
  const { anchor } = context;
  let k = Math.ceil((from - anchor) / interval);
  while (anchor + (k - 1) * interval >= from) k--;
  while (anchor + k * interval < from) k++;
  return jitter !== undefined && tickOf(trigger, k - 1, context) >= from ? k - 1 : k;
}

/** The number of the last tick at `to` or earlier. */
function lastIndex(trigger: EveryTrigger, to: number, context: TriggerContext): number {
  const { interval, jitter } = trigger;
  const { anchor } = context;
  let k = Math.floor((to - anchor) / interval);
  while (anchor + (k + 1) * interval <= to) k++;
  while (anchor + k * interval > to) k--;
  return jitter !== undefined && tickOf(trigger, k, context) > to ? k - 1 : k;
}

/**
 * A share of 1, less than that, that looks random and is always the same for one task and tick.
 *
 * It is FNV-1a over the characters, and the number mixed in by MurmurHash3's finalizer (`fmix32`).
 */
function share(id: string, k: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  hash ^= Math.imul(k | 0, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
