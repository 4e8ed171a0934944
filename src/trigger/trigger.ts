// The rule of each kind of trigger, found by its kind: pure functions from instants to instants.
import type { Trigger } from '../task/trigger.js';
import { after, afterRule } from './after.js';
import { every, everyRule } from './every.js';
import { once, onceRule } from './once.js';

/** What a rule may know besides the trigger itself. */
export interface TriggerContext {
  /** The instant of the call that scheduled the task, or its `startAt`. */
  readonly anchor: number;
}

/**
 * When a trigger of one kind is due.
 *
 * Laws:
 * 1. `next` is the first instant strictly after `after`, or null when nothing follows.
 * 2. `count` is how many instants `next` would walk from `from` to `to`, both included.
 * 3. `last` is the latest instant that is not after `to`, or null when there is none.
 * 4. `advance` is where `next` comes to when it walks on from the instant `from` for `ticks` ticks.
 * 5. All of them depend on their arguments alone.
 */
export interface TriggerRule<T> {
  next(trigger: T, after: number, context: TriggerContext): number | null;
  count(trigger: T, from: number, to: number, context: TriggerContext): number;
  last(trigger: T, to: number, context: TriggerContext): number | null;
  advance(trigger: T, from: number, ticks: number, context: TriggerContext): number | null;
}

const RULES: { readonly [K in Trigger['kind']]: TriggerRule<Extract<Trigger, { kind: K }>> } = {
  once: onceRule,
  after: afterRule,
  every: everyRule,
};

/** The rule of a trigger. */
export function ruleOf<T extends Trigger>(trigger: T): TriggerRule<T> {
  return RULES[trigger.kind] as unknown as TriggerRule<T>;
}

/** Whether a trigger's ticks count elapsed time, and so move along when the wall clock is set back. */
export function countsElapsedTime(trigger: Trigger): boolean {
  return trigger.kind !== 'once';
}

/**
 * A trigger that a user gave: made anew, for plain data can be written by hand, and changed later.
 *
 * @returns undefined when `value` is no trigger at all
 * @throws InvalidArgumentError when it is one that its own function would refuse
 */
export function checkTrigger(value: unknown): Trigger | undefined {
  const trigger = value as Trigger | null | undefined;
  switch (trigger?.kind) {
    case 'once': return once(trigger.at);
    case 'after': return after(trigger.delay);
    case 'every': return every(trigger.interval);
    default: return undefined;
  }
}

/** Whether two triggers are the same rule. */
export function sameTrigger(a: Trigger, b: Trigger): boolean {
  const fieldsOfA = Object.entries(a);
  return fieldsOfA.length === Object.keys(b).length && fieldsOfA.every(([field, value]) => b[field as keyof Trigger] === value);
}
