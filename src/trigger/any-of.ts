// anyOf: due whenever one of several triggers is.
import { InvalidArgumentError } from '../task/errors.js';
import type { AnyOfTrigger, Trigger } from '../task/trigger.js';
import { contextOf, justBefore, type RuleOf, type TriggerContext, type TriggerRule } from './rule.js';

/** A trigger that is due whenever one of these is. @throws InvalidArgumentError when there is none */
export function anyOfThese(triggers: readonly Trigger[]): AnyOfTrigger {
  if (triggers.length === 0) throw new InvalidArgumentError('anyOf(triggers)', triggers, 'anyOf() needs at least one trigger; got none.');
  return Object.freeze({ kind: 'anyOf', triggers: Object.freeze([...triggers]) });
}

/** The rule behind `anyOf`: two ticks at one instant are one, so they are counted one by one. */
export function anyOfRule(ruleOf: RuleOf): TriggerRule<AnyOfTrigger> {
  const each = ({ triggers }: AnyOfTrigger, context: TriggerContext, ask: (rule: TriggerRule<Trigger>, trigger: Trigger, context: TriggerContext) => number | null): number[] =>
    triggers.map((trigger) => ask(ruleOf(trigger), trigger, contextOf(trigger, context))).filter((instant) => instant !== null);
  const next = (trigger: AnyOfTrigger, after: number, context: TriggerContext): number | null =>
    leastOf(each(trigger, context, (rule, one, its) => rule.next(one, after, its)));
  const last = (trigger: AnyOfTrigger, to: number, context: TriggerContext): number | null =>
    greatestOf(each(trigger, context, (rule, one, its) => rule.last(one, to, its)));
  return {
    recurs: true,
    countsElapsedTime: false,
    next,
    last,
    count: (trigger, from, to, context) => {
      const [only, ...others] = trigger.triggers;
      if (only && others.length === 0) return ruleOf(only).count(only, from, to, contextOf(only, context));
      let count = 0;
      for (let at = last(trigger, to, context); at !== null && at >= from; at = last(trigger, justBefore(at), context)) count++;
      return count;
    },
    back: (trigger, from, ticks, context) => {
      let at: number | null = from;
      for (let k = 0; k < ticks && at !== null; k++) at = last(trigger, justBefore(at), context);
      return at;
    },
  };
}

function leastOf(instants: readonly number[]): number | null {
  return instants.length === 0 ? null : Math.min(...instants);
}

function greatestOf(instants: readonly number[]): number | null {
  return instants.length === 0 ? null : Math.max(...instants);
}
