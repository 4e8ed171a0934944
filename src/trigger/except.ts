// except: due when a trigger is, but for the exceptions.
import { InvalidArgumentError } from '../task/errors.js';
import { instantMs, type InstantLike } from '../task/instant.js';
import { show } from '../task/show.js';
import type { ExceptTrigger, Trigger } from '../task/trigger.js';
import { contextOf, isDueAt, justBefore, ticksBetween, walkBack, type RuleOf, type TriggerContext, type TriggerRule } from './rule.js';
import { TimeZone } from './time-zone.js';

/** A day of the calendar (`'2027-12-25'`), or an instant. */
export type Exception = string | InstantLike;

const DAY_MS = 86_400_000;
/** When so many ticks in a row are excepted, none is taken to follow: one that does would have to be looked for for ever. */
const LONGEST_SEARCH = 200_000;
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

/** A stretch of time without a tick. */
interface Gap {
  readonly from: number;
  /** Its last moment. */
  readonly to: number;
}

/** The rule behind `except`. */
export function exceptRule(ruleOf: RuleOf): TriggerRule<ExceptTrigger> {
  /** Goes on by `step` until a tick is no exception. */
  const search = (trigger: ExceptTrigger, context: TriggerContext, first: number | null, step: (gap: Gap) => number | null): number | null => {
    let at = first;
    for (let looked = 0; at !== null && looked < LONGEST_SEARCH; looked++) {
      const gap = gapAt(trigger, at, context);
      if (!gap) return at;
      at = step(gap);
    }
    return null;
  };
  const gapAt = ({ unless, instants = [], days = [], timeZone = '' }: ExceptTrigger, at: number, context: TriggerContext): Gap | undefined => {
    if (unless ? isDueAt(ruleOf, unless, at, context) : instants.includes(at)) return { from: at, to: at };
    return days.length === 0 ? undefined : gapsOf(dayOf(at, timeZone), days, timeZone).find(({ from, to }) => at >= from && at <= to);
  };
  const last = (trigger: ExceptTrigger, to: number, context: TriggerContext): number | null => {
    const [rule, its] = [ruleOf(trigger.trigger), contextOf(trigger.trigger, context)];
    return search(trigger, context, rule.last(trigger.trigger, to, its), ({ from }) => rule.last(trigger.trigger, justBefore(from), its));
  };
  return {
    recurs: true,
    countsElapsedTime: false,
    last,
    next: (trigger, after, context) => {
      const [rule, its] = [ruleOf(trigger.trigger), contextOf(trigger.trigger, context)];
      return search(trigger, context, rule.next(trigger.trigger, after, its), ({ to }) => rule.next(trigger.trigger, to, its));
    },
    count: ({ trigger, unless, instants = [], days = [], timeZone = '' }, from, to, context) => {
      const [rule, its] = [ruleOf(trigger), contextOf(trigger, context)];
      let count = rule.count(trigger, from, to, its);
      if (unless) {
        // It is enough to look at the ticks of the one that is due less often.
        const isRarer = ruleOf(unless).count(unless, from, to, contextOf(unless, context)) < count;
        const [walked, other] = isRarer ? [unless, trigger] : [trigger, unless];
        for (const at of ticksBetween(ruleOf, walked, from, to, context)) if (isDueAt(ruleOf, other, at, context)) count--;
        return count;
      }
      for (const gap of days.flatMap((day) => gapsOf(day, days, timeZone))) {
        if (gap.from <= to && gap.to >= from) count -= rule.count(trigger, Math.max(from, gap.from), Math.min(to, gap.to), its);
      }
      for (const at of instants) if (at >= from && at <= to && !days.includes(dayOf(at, timeZone))) count -= rule.count(trigger, at, at, its);
      return count;
    },
    back: (trigger, from, ticks, context) => walkBack((to) => last(trigger, to, context), from, ticks),
  };
}

/** The day that the wall shows. */
function dayOf(instant: number, timeZone: string): string {
  return new Date(Math.min(TimeZone.of(timeZone).wallAt(instant), 8.64e15)).toISOString().slice(0, 10);
}

/** While the wall shows this day: two stretches, if clocks are set back across midnight; none, if it is no exception, or is skipped. */
function gapsOf(day: string, days: readonly string[], timeZone: string): readonly Gap[] {
  if (!days.includes(day)) return [];
  const begin = Date.parse(day);
  const gaps: Gap[] = [];
  // No zone is a day off UTC.
  for (const { start, end, offset } of TimeZone.of(timeZone).spansBetween(begin - DAY_MS, begin + 2 * DAY_MS)) {
    const [from, to] = [Math.max(start, begin - offset), justBefore(Math.min(end, begin + DAY_MS - offset))];
    if (from <= to) gaps.push({ from, to });
  }
  return gaps;
}
