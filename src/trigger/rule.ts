// What a rule is: when a trigger of one kind is due, as pure functions from instants to instants.
import type { Trigger } from '../task/trigger.js';

/** What a rule may know besides the trigger itself. */
export interface TriggerContext {
  /** The id of the task. */
  readonly id: string;
  /** The instant of the call that scheduled the task, or its `startAt`, or the trigger's own. */
  readonly anchor: number;
}

/**
 * When a trigger of one kind is due.
 *
 * Laws:
 * 1. `next` is the first instant strictly after `after`, or null when nothing follows.
 * 2. `count` is how many instants `next` would walk from `from` to `to`, both included.
 * 3. `last` is the latest instant that is not after `to`, or null when there is none.
 * 4. `back` is where `last` comes to when it walks back from the instant `from` for `ticks` ticks, or null when there are fewer.
 * 5. All of them depend on their arguments alone.
 */
export interface TriggerRule<T> {
  /** Whether it is due again and again; else a tick that can't be handled in time is waited for, or makes the task fail. */
  readonly recurs: boolean;
  /** Whether its ticks count elapsed time, and so move along when the wall clock is set back; else they wait for the wall clock. */
  readonly countsElapsedTime: boolean;
  next(trigger: T, after: number, context: TriggerContext): number | null;
  count(trigger: T, from: number, to: number, context: TriggerContext): number;
  last(trigger: T, to: number, context: TriggerContext): number | null;
  back(trigger: T, from: number, ticks: number, context: TriggerContext): number | null;
}

/** Finds the rule of a trigger, for the rules of triggers that hold others. */
export type RuleOf = (trigger: Trigger) => TriggerRule<Trigger>;

/** What the rule of a trigger that stands alone, or in another, is to know: its own `startAt` goes first. */
export function contextOf(trigger: Trigger, context: TriggerContext): TriggerContext {
  const { startAt } = trigger as { readonly startAt?: number };
  return startAt === undefined ? context : { id: context.id, anchor: startAt };
}

/** A moment before the instant: a microsecond, which Dates hold no fraction of, or as little as a number of that size can tell. */
export function justBefore(instant: number): number {
  return instant - Math.max(0.001, instant * Number.EPSILON);
}

/** Whether a trigger is due at an instant. */
export function isDueAt(ruleOf: RuleOf, trigger: Trigger, instant: number, context: TriggerContext): boolean {
  return ruleOf(trigger).last(trigger, instant, contextOf(trigger, context)) === instant;
}

/** The ticks of a trigger from one instant to another, both included. */
export function* ticksBetween(ruleOf: RuleOf, trigger: Trigger, from: number, to: number, context: TriggerContext): Generator<number> {
  const [rule, its] = [ruleOf(trigger), contextOf(trigger, context)];
  for (let at = rule.next(trigger, justBefore(from), its); at !== null && at <= to; at = rule.next(trigger, at, its)) yield at;
}

/** Law 4, one tick after the other: for rules that know no shorter way. */
export function walkBack(last: (to: number) => number | null, from: number, ticks: number): number | null {
  let at: number | null = from;
  for (let k = 0; k < ticks && at !== null; k++) at = last(justBefore(at));
  return at;
}
