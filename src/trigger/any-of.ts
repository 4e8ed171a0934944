// anyOf: due whenever one of several triggers is.
import { InvalidArgumentError } from '../task/errors.js';
import type { AnyOfTrigger, Trigger } from '../task/trigger.js';
import { contextOf, isDueAt, ticksBetween, walkBack, type RuleOf, type TriggerContext, type TriggerRule } from './rule.js';

/** A trigger that is due whenever one of these is. @throws InvalidArgumentError when there is none */
export function anyOfThese(triggers: readonly Trigger[]): AnyOfTrigger {
  if (triggers.length === 0) throw new InvalidArgumentError('anyOf(triggers)', triggers, 'anyOf() needs at least one trigger; got none.');
  return Object.freeze({ kind: 'anyOf', triggers: Object.freeze([...triggers]) });
}

/** The rule behind `anyOf`: two ticks at one instant are one. */
export function anyOfRule(ruleOf: RuleOf): TriggerRule<AnyOfTrigger> {
  const each = ({ triggers }: AnyOfTrigger, context: TriggerContext, ask: (rule: TriggerRule<Trigger>, trigger: Trigger, context: TriggerContext) => number | null): number[] =>
    triggers.map((trigger) => ask(ruleOf(trigger), trigger, contextOf(trigger, context))).filter((instant) => instant !== null);
  const last = (trigger: AnyOfTrigger, to: number, context: TriggerContext): number | null => {
    const instants = each(trigger, context, (rule, one, its) => rule.last(one, to, its));
    return instants.length === 0 ? null : Math.max(...instants);
  };
  return {
    recurs: true,
    countsElapsedTime: false,
    last,
    next: (trigger, after, context) => {
      const instants = each(trigger, context, (rule, one, its) => rule.next(one, after, its));
      return instants.length === 0 ? null : Math.min(...instants);
    },
    count: ({ triggers }, from, to, context) => {
      const counts = new Map(triggers.map((trigger) => [trigger, ruleOf(trigger).count(trigger, from, to, contextOf(trigger, context))]));
      // The one that is due most often is counted by its own arithmetic, and of the others only what those before them have not.
      const byCount = [...counts].sort(([, a], [, b]) => b - a).map(([trigger]) => trigger);
      let count = 0;
      for (const [i, trigger] of byCount.entries()) {
        count += counts.get(trigger) as number;
        if (i === 0) continue;
        for (const at of ticksBetween(ruleOf, trigger, from, to, context)) if (byCount.slice(0, i).some((other) => isDueAt(ruleOf, other, at, context))) count--;
      }
      return count;
    },
    back: (trigger, from, ticks, context) => walkBack((to) => last(trigger, to, context), from, ticks),
  };
}
