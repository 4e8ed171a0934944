// Jitter: the part of a trigger that depends on the id of its task, told apart from the rest.
import type { Trigger } from '../task/trigger.js';

/** By how much later, at most, jitter may make a tick of a trigger. */
export function jitterOf(trigger: Trigger): number {
  switch (trigger.kind) {
    case 'every': return trigger.jitter ?? 0;
    case 'anyOf': return Math.max(...trigger.triggers.map(jitterOf));
    case 'except': return jitterOf(trigger.trigger);
    default: return 0;
  }
}

/** The trigger as it would be without. */
export function withoutJitter(trigger: Trigger): Trigger {
  switch (trigger.kind) {
    case 'every': {
      const { jitter: _, ...rest } = trigger;
      return rest;
    }
    case 'anyOf': return { ...trigger, triggers: trigger.triggers.map(withoutJitter) };
    case 'except': return { ...trigger, trigger: withoutJitter(trigger.trigger), ...(trigger.unless && { unless: withoutJitter(trigger.unless) }) };
    default: return trigger;
  }
}
