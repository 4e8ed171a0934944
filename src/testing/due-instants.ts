// Due instants by brute force: counted out one by one, and by none of the code that the scheduler counts with.
import type { AfterTrigger, EveryTrigger, OnceTrigger } from '../task/trigger.js';

/** A span of time: from an instant on, up to another; epoch ms. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The triggers whose instants can be counted out here: `every` on a plain grid. */
export type CountableTrigger = OnceTrigger | AfterTrigger | EveryTrigger;

/** What decides when a task is due: epoch ms. */
export interface DueRule {
  readonly trigger: CountableTrigger;
  /** When it was scheduled. */
  readonly scheduledAt: number;
  /** The anchor of a grid, in place of that. */
  readonly startAt: number | undefined;
  /** No tick is due at this instant or later. */
  readonly until: number;
}

/** Every instant at which the task is due, in order. */
export function* dueInstants({ trigger, scheduledAt, startAt, until }: DueRule): Generator<number> {
  if (trigger.kind !== 'every') {
    const due = trigger.kind === 'once' ? trigger.at : scheduledAt + trigger.delay;
    // An instant that is past already is due at once.
    if (due < until) yield Math.max(due, scheduledAt);
    return;
  }
  const anchor = startAt ?? scheduledAt;
  for (let k = 0; ; k++) {
    const due = anchor + k * trigger.interval;
    if (due >= until) return;
    if (due >= scheduledAt) yield due;
  }
}
