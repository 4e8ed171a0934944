// The checker: from a schedule and the log that the work itself wrote, what went wrong.
import { durationMs, type DurationLike } from '../task/duration.js';
import { InvalidArgumentError } from '../task/errors.js';
import { instantMs, type InstantLike } from '../task/instant.js';
import { checkBag, count, oneOf } from '../task/check.js';
import type { Overlap } from '../task/options.js';
import { show } from '../task/show.js';
import { Alignment, type Run, type Step } from './alignment.js';
import type { CountableTrigger, Span } from './due-instants.js';

/** What was to happen to a task, and how it was watched: plain data, so that a log can be checked anywhere, at any time. */
export interface CheckedSchedule {
  readonly trigger: CountableTrigger;
  /** When the task was scheduled, or its scheduler started, whichever was later. */
  readonly scheduledAt: InstantLike;
  /** Up to when the log was written: what was due later, or could still have been waiting then, is not asked for. */
  readonly observedUntil: InstantLike;
  /** The task's own option. */
  readonly startAt?: InstantLike | undefined;
  /** The task's own option. */
  readonly until?: InstantLike | undefined;
  /** The task's own option. */
  readonly maxRuns?: number | undefined;
  /** The task's own option. @default 'skip' */
  readonly overlap?: Overlap | undefined;
  /** The task's own option. @default 1 */
  readonly maxQueued?: number | undefined;
  /** The task's own option. @default Infinity */
  readonly maxParallel?: number | undefined;
  /** The task's own option. @default 'continue' */
  readonly afterFailure?: 'continue' | 'stop' | undefined;
  /** When the task was stopped or cancelled. */
  readonly endedAt?: InstantLike | undefined;
  /** When the task was paused, and resumed. */
  readonly pauses?: readonly { readonly from: InstantLike; readonly to: InstantLike }[] | undefined;
  /** When nothing could be handled: the event loop was blocked, the machine slept, the process was down. */
  readonly heldUp?: readonly { readonly from: InstantLike; readonly to: InstantLike }[] | undefined;
  /** How much later than it could have a run may start. @default '1s' */
  readonly tolerance?: DurationLike | undefined;
  /** A run that has been going on for longer, and of whose end the log says nothing, is silent. @default never */
  readonly longestRun?: DurationLike | undefined;
}

/** One run, as the work itself wrote it down. */
export interface LoggedRun {
  /** When the work began: what its own look at the clock said, epoch ms. */
  readonly startedAt: number;
  /** When it ended; absent while it goes on, or when it never said so. */
  readonly endedAt?: number | undefined;
  /** How it ended. @default 'completed' */
  readonly outcome?: 'completed' | 'failed' | 'cancelled' | undefined;
}

/**
 * What can be wrong:
 *
 * - `early` a run began before its tick was due
 * - `late` a run began more than the tolerance after it could have
 * - `missed` a tick was due, nothing excused it, and there was no run
 * - `duplicate` a tick had two runs
 * - `phantom` a run that no tick accounts for
 * - `overlapping` more runs at once than the task's `overlap` allows
 * - `silent` a run of which the log never says that it ended
 */
export type ViolationKind = 'early' | 'late' | 'missed' | 'duplicate' | 'phantom' | 'overlapping' | 'silent';

/** One thing that was wrong. */
export interface Violation {
  readonly kind: ViolationKind;
  /** When: the start of the run, or the instant that the tick was due. */
  readonly at: number;
  /** The tick that it is about, if one can be told: when it was due. */
  readonly due?: number | undefined;
  readonly run?: LoggedRun | undefined;
}

/** A {@link CheckedSchedule}, checked, in ms. */
export interface Rules {
  readonly trigger: CountableTrigger;
  readonly scheduledAt: number;
  readonly observedUntil: number;
  readonly startAt: number | undefined;
  readonly until: number;
  readonly maxRuns: number;
  readonly overlap: Overlap;
  readonly maxQueued: number;
  readonly maxParallel: number;
  readonly afterFailure: 'continue' | 'stop';
  readonly endedAt: number;
  readonly pauses: readonly Span[];
  readonly heldUp: readonly Span[];
  readonly tolerance: number;
  readonly longestRun: number;
}

const instant = (value: unknown, field: string): number => instantMs(value as InstantLike, field);
const duration = (value: unknown, field: string): number => durationMs(value as DurationLike, field);

const CHECKS = {
  trigger, scheduledAt: instant, observedUntil: instant, startAt: instant, until: instant, endedAt: instant,
  maxRuns: count(1), maxQueued: count(0), maxParallel: count(1), overlap: oneOf('skip', 'queue', 'replace', 'parallel'),
  afterFailure: oneOf('continue', 'stop'), pauses: spans, heldUp: spans, tolerance: duration, longestRun: duration,
};

const DEFAULTS = {
  startAt: undefined, until: Infinity, maxRuns: Infinity, overlap: 'skip', maxQueued: 1, maxParallel: Infinity, afterFailure: 'continue',
  endedAt: Infinity, pauses: [], heldUp: [], tolerance: 1_000, longestRun: Infinity,
} as const;

/**
 * Checks what ran against what was to run, in the manner of Jepsen's test of Chronos: from the schedule alone and from what the work
 * itself wrote down, and from nothing that the scheduler says of itself.
 *
 * It is sure of what it finds: where the log can be read in two ways, such as a tick at the very instant at which a run ended, both
 * are right. Runs that somebody asked for by hand have to be left out of the log. The cost is that of sorting the log, and of
 * looking at each tick at all runs since the oldest in progress.
 *
 * @param log the runs of one task, in any order
 * @returns what was wrong, in the order of time; nothing when all was well
 * @throws InvalidArgumentError when the schedule or the log can't be understood
 *
 * @example
 * checkRuns({ trigger: every('5m'), scheduledAt, observedUntil }, [{ startedAt: 0, endedAt: 12 }, …]); // [{ kind: 'missed', at: 300000, … }]
 */
export function checkRuns(schedule: CheckedSchedule, log: readonly LoggedRun[]): readonly Violation[] {
  const rules = rulesOf(schedule);
  const runs = sortedRuns(log);
  const over = endOf(rules, runs);
  const most = rules.overlap === 'parallel' ? rules.maxParallel : 1;
  const found: Violation[] = [];
  const report = (kind: ViolationKind, { start: at, logged }: Run, due?: number): void => { found.push({ kind, at, due, run: logged }); };

  /** When the runs end that were last to, of those before: as many as may be in progress at once. */
  let ends: number[] = [];
  const overlapping = new Set<Run>();
  const own: Run[] = [];
  for (const run of runs) {
    const { start, end } = run;
    if (end === Infinity && start + rules.longestRun < rules.observedUntil) report('silent', run);
    ends = ends.filter((other) => other > start);
    if (start > over || rules.pauses.some(({ from, to }) => start > from && start < to)) report('phantom', run);
    else {
      const isFree = ends.length >= most;
      own.push({ ...run, isFree });
      if (isFree) overlapping.add(own.at(-1) as Run);
    }
    if (most === Infinity) continue;
    ends.push(end);
    if (ends.length > most) ends.sort((a, b) => b - a).pop();
  }

  let served: Step | undefined;
  for (const step of new Alignment(rules, own, over).steps()) {
    const { as, tick, run } = step;
    const due = tick?.due;
    if (as === 'missed') found.push({ kind: 'missed', at: due as number, due, run: undefined });
    if (!run) continue;
    const isSecond = as === 'stray' && served?.tick && run.start <= Math.max(served.tick.ready, served.run?.start ?? 0) + rules.tolerance;
    if (isSecond) report('duplicate', run, served?.tick?.due);
    else if (overlapping.has(run)) report('overlapping', run, due);
    else if (as === 'stray') report('phantom', run);
    else if (as === 'late' || as === 'early') report(as, run, due);
    if (as !== 'stray') served = step;
  }
  return found.sort((a, b) => a.at - b.at);
}

function sortedRuns(log: readonly LoggedRun[]): readonly Run[] {
  if (!Array.isArray(log)) throw new InvalidArgumentError('log', log, `log needs an array of runs; got ${show(log)}.`);
  for (const [i, run] of (log as readonly LoggedRun[]).entries()) checkRun(run, `log[${i}]`);
  return (log as readonly LoggedRun[]).map((logged) => ({ logged, start: logged.startedAt, end: logged.endedAt ?? Infinity, isFree: false })).sort((a, b) => a.start - b.start);
}

/** When the task came to its end: nothing starts after that. */
function endOf({ afterFailure, endedAt }: Rules, runs: readonly Run[]): number {
  return runs.reduce((over, { logged, end }) => (afterFailure === 'stop' && logged.outcome === 'failed' ? Math.min(over, end) : over), endedAt);
}

function rulesOf(schedule: CheckedSchedule): Rules {
  const checked = checkBag(schedule, CHECKS, 'schedule') as Partial<Rules>;
  for (const field of ['trigger', 'scheduledAt', 'observedUntil'] as const) {
    if (checked[field] === undefined) throw new InvalidArgumentError(field, undefined, `The schedule needs ${field}; it is missing.`);
  }
  return { ...DEFAULTS, ...checked } as Rules;
}

function checkRun(run: LoggedRun | null, where: string): void {
  if (typeof run !== 'object' || run === null) throw new InvalidArgumentError(where, run, `${where} needs a run { startedAt, endedAt, outcome }; got ${show(run)}.`);
  const { startedAt, outcome } = run;
  // A log that was JSON has null where nothing was.
  const endedAt: unknown = run.endedAt ?? Infinity;
  if (!Number.isFinite(startedAt)) throw new InvalidArgumentError(where, startedAt, `${where}.startedAt needs epoch milliseconds; got ${show(startedAt)}.`);
  if (typeof endedAt !== 'number' || !(endedAt >= startedAt)) throw new InvalidArgumentError(where, endedAt, `${where}.endedAt needs epoch milliseconds not before startedAt; got ${show(endedAt)}.`);
  if (outcome !== undefined) oneOf('completed', 'failed', 'cancelled')(outcome, `${where}.outcome`);
}

function trigger(value: unknown, field: string): CountableTrigger {
  const { kind, at, delay, interval, mode, jitter, startAt } = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  const isPlain = mode === undefined && jitter === undefined && startAt === undefined;
  const isMs = (ms: unknown, least: number): boolean => typeof ms === 'number' && ms >= least && ms < Infinity;
  if ((kind === 'once' && isMs(at, 0)) || (kind === 'after' && isMs(delay, 0)) || (kind === 'every' && isMs(interval, 1) && isPlain)) return value as CountableTrigger;
  throw new InvalidArgumentError(field, value, `${field} needs a trigger that it can count by itself: once(…), after(…) or every(…) without options; got ${show(value)}.`);
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
