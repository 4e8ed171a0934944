// Triggers of all kinds: the rule of each, the functions that make one of others, and the check of one that a user gave.
import { refuse } from '../task/check.js';
import { InvalidArgumentError } from '../task/errors.js';
import { show } from '../task/show.js';
import type { AnyOfTrigger, ExceptTrigger, Trigger } from '../task/trigger.js';
import { after, afterRule } from './after.js';
import { anyOfRule, anyOfThese } from './any-of.js';
import { calendar, calendarRule } from './calendar.js';
import { cron, cronRule } from './cron.js';
import { byDelayRule, every, everyRule, isByDelay } from './every.js';
import { exceptRule, exceptThese, type Exception } from './except.js';
import { once, onceRule } from './once.js';
import type { TriggerRule } from './rule.js';
import { zoneOf, type ZoneOptions } from './time-zone.js';

const RULES: { readonly [K in Trigger['kind']]: TriggerRule<Extract<Trigger, { kind: K }>> } = {
  once: onceRule,
  after: afterRule,
  every: everyRule,
  cron: cronRule,
  calendar: calendarRule,
  anyOf: anyOfRule(ruleOf),
  except: exceptRule(ruleOf),
};

/** The rule of a trigger. */
export function ruleOf<T extends Trigger>(trigger: T): TriggerRule<T> {
  return (isByDelay(trigger) ? byDelayRule : RULES[trigger.kind]) as unknown as TriggerRule<T>;
}

/**
 * Due whenever one of several triggers is; once, where they agree. Its ticks follow the wall clock, those of `every` too.
 *
 * @throws InvalidArgumentError unless each of them is a trigger by time
 * @example
 * scheduler.schedule(backUp, anyOf(cron('0 3 * * *'), cron('0 12 * * SUN')));
 */
export function anyOf(...triggers: readonly Trigger[]): AnyOfTrigger {
  return anyOfThese(triggers.map((trigger, i) => part(trigger, `anyOf(triggers[${i}])`, 0)));
}

/**
 * Due when `trigger` is, but not on these days of the calendar, nor at these instants; or not when another trigger is due, too.
 * Its ticks follow the wall clock, those of `every` too.
 *
 * To leave out hours, rather name the others in the cron expression: it looks from tick to tick, and when 200,000 in a row are
 * excepted, it takes none to follow.
 *
 * @param exceptions days (`'2027-12-25'`) and instants, or a trigger
 * @param options the zone of the days; by default that of the trigger, if it has one, else the machine's
 * @throws InvalidArgumentError when a date is none, or there is no such zone
 * @example
 * scheduler.schedule(sendReport, except(cron('0 9 * * MON-FRI'), ['2027-12-24', '2027-12-31'], { timeZone: 'Europe/Berlin' }));
 */
export function except(trigger: Trigger, exceptions: readonly Exception[] | Trigger, options?: ZoneOptions): ExceptTrigger {
  return exceptAll(trigger, exceptions, options, 0);
}

/**
 * A trigger that a user gave: made anew, for plain data can be written by hand, and changed later.
 *
 * @returns undefined when `value` is no trigger at all
 * @throws InvalidArgumentError when it is one that its own function would refuse
 */
export function checkTrigger(value: unknown, depth = 0): Trigger | undefined {
  const trigger = value as Trigger | null | undefined;
  switch (trigger?.kind) {
    case 'once': return once(trigger.at);
    case 'after': return after(trigger.delay);
    case 'every': return every(trigger.interval, isPlainEvery(trigger) ? undefined : { mode: trigger.mode, startAt: trigger.startAt, jitter: trigger.jitter });
    case 'cron': return cron(trigger.expression, { timeZone: trigger.timeZone });
    case 'calendar': return calendar({ months: trigger.months, days: trigger.days }, { timeZone: trigger.timeZone, startAt: trigger.startAt });
    case 'anyOf': return anyOfThese(listOf(trigger.triggers, 'anyOf(triggers)').map((one, i) => part(one, `anyOf(triggers[${i}])`, depth)));
    case 'except': {
      const { unless, days, instants, timeZone } = trigger;
      return exceptAll(trigger.trigger, unless ?? [...listOf(days, 'except(dates)'), ...listOf(instants, 'except(dates)')], { timeZone }, depth);
    }
    default: return undefined;
  }
}

/** Whether two triggers are the same rule. */
export function sameTrigger(a: Trigger, b: Trigger): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function exceptAll(trigger: unknown, exceptions: unknown, options: unknown, depth: number): ExceptTrigger {
  const whole = part(trigger, 'except(trigger)', depth);
  const timeZone = zoneOf(options, 'except(options)', ownZone(whole));
  return exceptThese(whole, Array.isArray(exceptions) ? exceptions : part(exceptions, 'except(exceptions)', depth), timeZone);
}

/** The zone that a trigger follows, when it is one and the same in all its parts. */
function ownZone(trigger: Trigger): string | undefined {
  switch (trigger.kind) {
    case 'cron': case 'calendar': return trigger.timeZone;
    case 'except': return ownZone(trigger.trigger);
    case 'anyOf': {
      const [zone, ...others] = new Set(trigger.triggers.map(ownZone));
      return others.length === 0 ? zone : undefined;
    }
    default: return undefined;
  }
}

function listOf<T>(value: readonly T[] | undefined, field: string): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value as readonly T[] : refuse(field, value, 'an array');
}

function isPlainEvery({ mode, startAt, jitter }: Extract<Trigger, { kind: 'every' }>): boolean {
  return mode === undefined && startAt === undefined && jitter === undefined;
}

/** Triggers within triggers; what is deeper was hardly meant, and may hold itself. */
const DEEPEST = 50;

/** A trigger that another one holds. */
function part(value: unknown, field: string, depth: number): Trigger {
  if (depth === DEEPEST) throw new InvalidArgumentError(field, value, `${field} is the ${DEEPEST}th trigger within another, which is too deep.`);
  const trigger = checkTrigger(value, depth + 1);
  if (!trigger) throw new InvalidArgumentError(field, value, `${field} needs a trigger by time, as every() or cron(); got ${show(value)}.`);
  if (trigger.kind === 'after' || isByDelay(trigger)) {
    throw new InvalidArgumentError(field, value, `${field} needs a trigger that is due by the wall clock; ${trigger.kind === 'after' ? 'after()' : "every() in the mode 'fixedDelay'"} counts from a call, or the end of a run.`);
  }
  return trigger;
}
