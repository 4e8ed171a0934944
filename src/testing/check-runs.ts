// The checker: from a schedule and the log that the work itself wrote, what went wrong.
import type { DurationLike } from '../task/duration.js';
import type { InstantLike } from '../task/instant.js';
import type { Misfire } from '../task/misfire.js';
import type { Overlap } from '../task/options.js';
import type { Retry } from '../task/retry.js';
import type { Trigger } from '../task/trigger.js';
import { Alignment, type Step } from './alignment.js';
import { mayStart, runsOf, type Run } from './attempts.js';
import { ByDelay } from './by-delay.js';
import { attemptsOf } from './logged-attempts.js';
import { rulesOf } from './rules.js';

/** What was to happen to a task, and how it was watched: plain data, so that a log can be checked anywhere, at any time. */
export interface CheckedSchedule {
  /**
   * The task's own trigger; or the very instants at which it was due, for a trigger that carillon doesn't know, as an Observable, or
   * when they come of a calculator of your own. Those in a pause don't count, nor those before `startAt`.
   */
  readonly trigger: Trigger | (readonly InstantLike[] & { readonly kind?: undefined });
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
  /**
   * The task's own option. With a `tolerance` above its `grace`, what may have been late is not asked for.
   * @default of what was held up together, only the newest tick is asked for
   */
  readonly misfire?: Misfire | undefined;
  /** The task's own option, as data: what a function of it said, the log says (`retryAfter`). @default 1 */
  readonly retry?: number | Retry | undefined;
  /** The task's own option. @default no limit */
  readonly timeout?: DurationLike | undefined;
  /** The task's own option. @default no limit */
  readonly deadline?: DurationLike | undefined;
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

/** One run, or one attempt of it, as the work itself wrote it down. */
export interface LoggedRun {
  /** When the work began: what its own look at the clock said, epoch ms. */
  readonly startedAt: number;
  /** When it ended; absent while it goes on, or when it never said so. Work that ignores its abort ended when its signal aborted. */
  readonly endedAt?: number | undefined;
  /** How it ended: what a time limit has aborted, failed. @default 'completed' */
  readonly outcome?: 'completed' | 'failed' | 'cancelled' | undefined;
  /** Which run it belongs to: needed where `attempt` is more than 1, for all attempts of a run are one run. */
  readonly runId?: string | undefined;
  /** Which attempt of its run it is. @default 1 */
  readonly attempt?: number | undefined;
  /**
   * What the work asked for when it failed, or a function of `retry` said: the wait of a `RetryAfter`, or false where the run was not to be
   * tried again, as after `DoNotRetry`. @default what `retry` says
   */
  readonly retryAfter?: DurationLike | false | undefined;
}

/**
 * What can be wrong:
 *
 * - `early` a run began before its tick was due, or an attempt before its wait was over
 * - `late` a run or an attempt began more than the tolerance after it could have
 * - `missed` a tick was due, or a further attempt, nothing excused it, and there was none
 * - `duplicate` a tick had two runs, or an attempt was there twice
 * - `phantom` a run that no tick accounts for, or an attempt that nothing asked for: one too many, one beyond the deadline, one after an
 *   attempt that did not fail, or one whose predecessor is not in the log
 * - `overlapping` more runs at once than the task's `overlap` allows
 * - `overrun` an attempt went on for longer than the `timeout` and the tolerance, or a run for longer than the `deadline` and that
 * - `silent` a run, or an attempt, of which the log never says that it ended
 */
export type ViolationKind = 'early' | 'late' | 'missed' | 'duplicate' | 'phantom' | 'overlapping' | 'overrun' | 'silent';

/** One thing that was wrong. */
export interface Violation {
  readonly kind: ViolationKind;
  /** When: the start of the run or attempt, or the instant that the tick, or the attempt, was due. */
  readonly at: number;
  /** When the tick was due that it is about, or the attempt, if that can be told; with jitter, at the earliest. */
  readonly due?: number | undefined;
  /** The run or attempt; for a further attempt that was missed, the one that it was to follow. */
  readonly run?: LoggedRun | undefined;
}

/**
 * Checks what ran against what was to run, in the manner of Jepsen's test of Chronos: from the schedule alone and from what the work
 * itself wrote down, and from nothing that the scheduler says of itself.
 *
 * It knows all that concerns one task. What concerns several of them (`concurrency`, keys, rates and priorities, a place in a pool of
 * threads, or one that aborted work holds on to) is not asked for: leave room for it in the `tolerance`, or check such tasks elsewhere.
 *
 * `once`, `after`, `every` and the waits of retries are counted out here, by none of the code that the scheduler counts with. What
 * follows a calendar, `cron`, `calendar`, `anyOf` and `except`, is walked tick by tick, by the `next` of the trigger's own rule: where that is
 * in doubt, give the instants as an array. An Observable's are given so, too, with the `overlap` and `maxQueued` that it had.
 *
 * It is sure of what it finds: where the log can be read in two ways, such as a tick at the very instant at which a run ended, both
 * are right. Runs that somebody asked for by hand have to be left out of the log. The cost is that of sorting the log, and of
 * looking at each tick at all runs since the oldest in progress.
 *
 * @param log the runs of one task, or with `retry` the attempts of its runs, in any order
 * @returns what was wrong, in the order of time; nothing when all was well
 * @throws InvalidArgumentError when the schedule or the log can't be understood
 *
 * @example
 * checkRuns({ trigger: every('5m'), scheduledAt, observedUntil }, [{ startedAt: 0, endedAt: 12 }, …]); // [{ kind: 'missed', at: 300000, … }]
 */
export function checkRuns(schedule: CheckedSchedule, log: readonly LoggedRun[]): readonly Violation[] {
  const rules = rulesOf(schedule);
  const found: Violation[] = [];
  const { runs, over } = runsOf(rules, attemptsOf(log), found);
  const most = rules.overlap === 'parallel' ? rules.maxParallel : 1;
  const report = (kind: ViolationKind, { start: at, logged }: Run, due?: number): void => { found.push({ kind, at, due, run: logged }); };

  /** When the runs end that were last to, of those before: as many as may be in progress at once. */
  let ends: number[] = [];
  const overlapping = new Set<Run>();
  const own: Run[] = [];
  for (const run of runs) {
    const { start, end, isFree } = run;
    ends = ends.filter((other) => other > start);
    if (!mayStart(rules, run, over)) {
      if (!isFree) report('phantom', run);
    } else if (ends.length < most) {
      own.push(run);
    } else {
      own.push({ ...run, isFree: true });
      if (!isFree) overlapping.add(own.at(-1) as Run);
    }
    if (most === Infinity) continue;
    ends.push(end);
    if (ends.length > most) ends.sort((a, b) => b - a).pop();
  }

  const { trigger } = rules;
  const reading = trigger.kind === 'every' && trigger.mode === 'fixedDelay' ? new ByDelay(rules, trigger, own, over) : new Alignment(rules, own, over);
  let served: Step | undefined;
  for (const step of reading.steps()) {
    const { as, tick, run } = step;
    const due = tick?.due;
    if (as === 'missed') found.push({ kind: 'missed', at: due as number, due, run: undefined });
    if (!run) continue;
    const isSecond = as === 'stray' && served?.tick && run.start <= Math.max(served.tick.ready, served.run?.start ?? 0) + rules.tolerance;
    const isTold = run.isFree && !overlapping.has(run);
    if (!isTold && isSecond) report('duplicate', run, served?.tick?.due);
    else if (overlapping.has(run)) report('overlapping', run, due);
    else if (!isTold && as === 'stray') report('phantom', run);
    else if (!isTold && (as === 'late' || as === 'early')) report(as, run, due);
    if (as !== 'stray') served = step;
  }
  return found.sort((a, b) => a.at - b.at);
}
