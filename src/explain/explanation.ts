// Explanations: what is said of when a trigger is due, as plain data.
import type { TaskId, TaskStatus } from '../task/task.js';
import type { ObservableTrigger, Trigger } from '../task/trigger.js';

/** A coming tick. */
export interface ExplainedTick {
  /** When it is due, epoch ms. */
  readonly at: number;
  /** What the wall then shows in the explanation's zone, and the offset of that from UTC: `2026-11-26 09:00:00 +01:00`. */
  readonly local: string;
  /** How long that is from the explanation's `from` on, in ms; negative when the tick is overdue. */
  readonly inMs: number;
  /** By how much later jitter may make it, in ms at most: where the task is not known, and so how much is not. */
  readonly laterByUpTo?: number;
  /** Its number, from 0: of a task. */
  readonly tick?: number;
}

/**
 * What may surprise whoever reads a trigger.
 *
 * - `past` its only instant is past already, so a task that is scheduled with it runs at once
 * - `never` no tick will ever follow
 * - `clockChange` when the clocks of the zone are changed, a tick is moved, or ticks are skipped or come twice
 * - `unevenStep` a step of a cron expression that begins anew each hour, day or month, so that the last distance is another
 * - `dayOrWeekday` a cron expression names days of the month and weekdays, and is due on either
 * - `veryOften` it is due more than ten times a second: a bare number of an interval is milliseconds
 * - `outlastsInterval` recent runs of the task took longer than it is from one tick to the next
 * - `herd` ten other tasks, or more, are due at the same instant as the task's next tick
 * - `paused` the task is paused, so ticks are skipped until it is resumed
 */
export type WarningCode = 'past' | 'never' | 'clockChange' | 'unevenStep' | 'dayOrWeekday' | 'veryOften' | 'outlastsInterval' | 'herd' | 'paused';

/** What may surprise, said for people. */
export interface ExplanationWarning {
  readonly code: WarningCode;
  readonly message: string;
  /** The instant that it is about, epoch ms, if it is about one. */
  readonly at?: number;
}

/** When a trigger is due: in words, and as data that can be sent and stored. `formatExplanation` makes a text of it. */
export interface Explanation {
  /** `At 09:00, Monday to Friday, in Europe/Berlin` */
  readonly words: string;
  /** What is explained; absent for a task that is over, whose trigger nobody keeps. */
  readonly trigger?: Trigger | ObservableTrigger;
  /** The zone of the ticks' `local`: an IANA name. */
  readonly timeZone: string;
  /** From when on, epoch ms. */
  readonly from: number;
  /** In the order of time. */
  readonly ticks: readonly ExplainedTick[];
  /** Whether ticks follow those: `unknown` when that depends on runs, or on what an Observable emits. */
  readonly further: 'none' | 'some' | 'unknown';
  readonly warnings: readonly ExplanationWarning[];
}

/** When a task is due, as it stands. */
export interface TaskExplanation extends Explanation {
  readonly taskId: TaskId;
  readonly name?: string;
  readonly status: TaskStatus;
  /** What its options say of its ticks, a sentence each. */
  readonly terms: readonly string[];
}
