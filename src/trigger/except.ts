// except: due when a trigger is, but for the exceptions.
import { InvalidArgumentError } from '../task/errors.js';
import { instantMs, type InstantLike } from '../task/instant.js';
import { show } from '../task/show.js';
import type { ExceptTrigger, Trigger } from '../task/trigger.js';
import { contextOf, justBefore, type RuleOf, type TriggerContext, type TriggerRule } from './rule.js';
import { TimeZone } from './time-zone.js';

/** A day of the calendar (`'2027-12-25'`), or an instant. */
export type Exception = string | InstantLike;

const DAY_MS = 86_400_000;
/** When so many ticks in a row are excepted, none is taken to follow: one that does would have to be looked for for ever. */
const LONGEST_SEARCH = 50_000;
const DAY = /^(\d{4})-(\d\d)-(\d\d)$/;

/** @throws InvalidArgumentError */
export function exceptThese(trigger: Trigger, exceptions: Trigger | readonly unknown[], timeZone: string): ExceptTrigger {
  if (!Array.isArray(exceptions)) return Object.freeze({ kind: 'except', trigger, unless: exceptions as Trigger });
  const days = new Set(exceptions.filter((each) => typeof each === 'string').map((day) => checkDay(day)));
  const instants = new Set(exceptions.filter((each) => typeof each !== 'string').map((each) => instantMs(each as InstantLike, 'except(dates)')));
  return Object.freeze({
    kind: 'except', trigger, instants: Object.freeze([...instants].sort((a, b) => a - b)), days: Object.freeze([...days].sort()), timeZone,
  });
}

function checkDay(text: string): string {
  const [, year, month, day] = DAY.exec(text) ?? [];
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  if (date.getTime() >= 0 && date.toISOString().startsWith(text)) return text;
  throw new InvalidArgumentError('except(dates)', text, `except(dates) needs days of the calendar, as '2027-12-25', 1970 or later, or instants; got ${show(text)}.`);
}

/** The rule behind `except`. */
export function exceptRule(ruleOf: RuleOf): TriggerRule<ExceptTrigger> {
  /** Goes on by `step` until a tick is no exception. */
  const search = (trigger: ExceptTrigger, context: TriggerContext, first: number | null, step: (excepted: number, exception: Span) => number | null): number | null => {
    let at = first;
    for (let looked = 0; at !== null; looked++) {
      const exception = exceptionAt(trigger, at, context);
      if (!exception) return at;
      if (looked === LONGEST_SEARCH) return null;
      at = step(at, exception);
    }
    return null;
  };
  const exceptionAt = ({ unless, instants = [], days = [], timeZone }: ExceptTrigger, at: number, context: TriggerContext): Span | undefined => {
    if (unless) return ruleOf(unless).next(unless, justBefore(at), contextOf(unless, context)) === at ? { from: at, to: at } : undefined;
    if (instants.includes(at)) return { from: at, to: at };
    const day = days.length === 0 ? undefined : dayOf(at, timeZone as string);
    return day && days.includes(day.name) ? day : undefined;
  };
  const rule: TriggerRule<ExceptTrigger> = {
    recurs: true,
    countsElapsedTime: false,
    next: (trigger, after, context) => {
      const [inner, its] = [ruleOf(trigger.trigger), contextOf(trigger.trigger, context)];
      return search(trigger, context, inner.next(trigger.trigger, after, its), (_, { to }) => inner.next(trigger.trigger, to, its));
    },
    last: (trigger, to, context) => {
      const [inner, its] = [ruleOf(trigger.trigger), contextOf(trigger.trigger, context)];
      return search(trigger, context, inner.last(trigger.trigger, to, its), (_, { from }) => inner.last(trigger.trigger, justBefore(from), its));
    },
    count: (trigger, from, to, context) => {
      const { unless, instants = [], days = [], timeZone = '' } = trigger;
      const [inner, its] = [ruleOf(trigger.trigger), contextOf(trigger.trigger, context)];
      if (!unless) {
        const excepted = days.map((day) => dayOf(TimeZone.of(timeZone).instantOf(Date.parse(day)), timeZone));
        const single = instants.filter((at) => at >= from && at <= to && !days.includes(dayOf(at, timeZone).name)).map((at) => ({ from: at, to: at }));
        const within = (span: Span): number => inner.count(trigger.trigger, Math.max(from, span.from), Math.min(to, span.to), its);
        return [...excepted, ...single].reduce((count, span) => (span.from > to || span.to < from ? count : count - within(span)), within({ from, to }));
      }
      let count = 0;
      for (let at = rule.last(trigger, to, context); at !== null && at >= from; at = rule.last(trigger, justBefore(at), context)) count++;
      return count;
    },
    back: (trigger, from, ticks, context) => {
      let at: number | null = from;
      for (let k = 0; k < ticks && at !== null; k++) at = rule.last(trigger, justBefore(at), context);
      return at;
    },
  };
  return rule;
}

interface Span {
  readonly from: number;
  /** Its last moment. */
  readonly to: number;
}

/** The day of the calendar that an instant is in. */
function dayOf(instant: number, timeZone: string): Span & { readonly name: string } {
  const zone = TimeZone.of(timeZone);
  const day = Math.floor(zone.wallAt(instant) / DAY_MS) * DAY_MS;
  return { from: zone.instantOf(day), to: justBefore(zone.instantOf(day + DAY_MS)), name: new Date(day).toISOString().slice(0, 10) };
}
