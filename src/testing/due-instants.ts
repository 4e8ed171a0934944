// Due instants: those of once, after and every are counted out one by one, by none of the code that the scheduler counts with.
import type { EveryTrigger, Trigger } from '../task/trigger.js';
import { contextOf, justBefore } from '../trigger/rule.js';
import { ruleOf } from '../trigger/trigger.js';

/** A span of time: from an instant on, up to another; epoch ms. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Stands for a trigger of which nothing is known but when it was due: the instants, in order. */
export interface GivenInstants {
  readonly kind: 'given';
  readonly instants: readonly number[];
}

/** What decides when a task is due: epoch ms. */
export interface DueRule {
  readonly trigger: Trigger | GivenInstants;
  /** When it was scheduled. */
  readonly scheduledAt: number;
  /** The anchor of a grid, in place of that. */
  readonly startAt: number | undefined;
  /** No tick is due at this instant or later. */
  readonly until: number;
}

/** When a tick is due: at some instant of the span, which jitter has chosen. */
export interface Due extends Span {
  /** Whether there is such a tick in any case: jitter may bring it before the task, or beyond its end. */
  readonly sure: boolean;
}

/** Whenever the task is due, in order; not by fixed delay, which its runs decide. */
export function* dueInstants(rule: DueRule): Generator<Due> {
  const { trigger, scheduledAt, until } = rule;
  if (trigger.kind === 'every') {
    yield* grid(trigger, rule);
    return;
  }
  for (const at of trigger.kind === 'once' || trigger.kind === 'after' ? single(rule) : walked(rule)) {
    if (at >= until) return;
    // An instant that is past already is due at once.
    const due = Math.max(at, scheduledAt);
    yield { from: due, to: due, sure: trigger.kind !== 'given' || at >= scheduledAt };
  }
}

/** Where the ticks are counted from. */
export function anchorOf({ trigger, scheduledAt, startAt }: DueRule): number {
  return (trigger as { readonly startAt?: number }).startAt ?? startAt ?? scheduledAt;
}

function* grid({ interval, jitter = 0 }: EveryTrigger, rule: DueRule): Generator<Due> {
  const { scheduledAt, until } = rule;
  const anchor = anchorOf(rule);
  // Far from the anchor, it begins shortly before the task.
  for (let k = Math.max(0, Math.floor((scheduledAt - anchor) / interval) - 2); ; k++) {
    const [from, to] = [anchor + k * interval, anchor + k * interval + jitter];
    if (from >= until) return;
    if (to >= scheduledAt) yield { from: Math.max(from, scheduledAt), to, sure: from >= scheduledAt && to < until };
  }
}

function single({ trigger, scheduledAt }: DueRule): number[] {
  return trigger.kind === 'once' ? [trigger.at] : trigger.kind === 'after' ? [scheduledAt + trigger.delay] : [];
}

/** What is too much to count out here is asked of its own rule, tick by tick. */
function* walked(due: DueRule): Generator<number> {
  const { trigger, scheduledAt, startAt } = due;
  if (trigger.kind === 'given') {
    const instants = startAt === undefined ? trigger.instants : trigger.instants.filter((at) => at >= startAt);
    // Of those before the task it may have been the last one that counted.
    yield* instants.slice(Math.max(0, instants.findLastIndex((at) => at < scheduledAt)));
    return;
  }
  const from = Math.max(scheduledAt, anchorOf(due));
  const context = contextOf(trigger, { id: '', anchor: startAt ?? scheduledAt });
  const rule = ruleOf(trigger);
  for (let at = rule.next(trigger, justBefore(from), context); at !== null; at = rule.next(trigger, at, context)) yield at;
}
