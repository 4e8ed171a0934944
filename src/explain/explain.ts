// Explain: when a trigger will be due, in words and as data, with what may surprise.
import { WallClock } from '../clock/wall-clock.js';
import { checkBag, countUpTo, refuse } from '../task/check.js';
import { instantMs, type InstantLike } from '../task/instant.js';
import type { Trigger } from '../task/trigger.js';
import { isByDelay } from '../trigger/every.js';
import { contextOf, justBefore, type TriggerContext } from '../trigger/rule.js';
import { checkTimeZone } from '../trigger/time-zone.js';
import { checkTrigger, ruleOf } from '../trigger/trigger.js';
import type { ExplainedTick, Explanation } from './explanation.js';
import { localTime } from './local-time.js';
import { jitterOf, withoutJitter } from './jitter.js';
import { shownZone, triggerWords } from './trigger-words.js';
import { triggerWarnings } from './trigger-warnings.js';

/** What to explain. */
export interface ExplainOptions {
  /** The instant from which on ticks are told. For a trigger by itself, it stands for the call that schedules it. @default now */
  readonly from?: InstantLike | undefined;
  /** How many ticks are told at most: 1 to 1000. @default 5 */
  readonly count?: number | undefined;
  /** The zone in which local times are told, an IANA name. @default the trigger's own, or the machine's */
  readonly timeZone?: string | undefined;
}

/** The options, checked. */
export interface ExplainRequest {
  readonly from: number | undefined;
  readonly count: number;
  readonly timeZone: string | undefined;
}

/** As many ticks as an explanation tells at most. */
export const MOST_TICKS = 1_000;
const CHECKS = {
  from: (value: unknown, field: string) => instantMs(value as InstantLike, field),
  count: countUpTo(MOST_TICKS),
  timeZone: checkTimeZone,
};

/** @throws InvalidArgumentError */
export function checkExplain(options: unknown): ExplainRequest {
  return { from: undefined, count: 5, timeZone: undefined, ...checkBag(options, CHECKS, 'options') };
}

/**
 * When a trigger will be due: in words, as a list of ticks, and with warnings of what may surprise. It schedules nothing.
 *
 * What counts from the call that schedules a task (`after`, `every`, `calendar`), counts from `from` here. Of `every` by fixed delay only the
 * first tick is told, for the others depend on the runs; and how much later jitter makes a tick, depends on the task: see `laterByUpTo`. A tick
 * whose place on the grid is before `from` is not told, though jitter may make it due after that; `scheduler.explain` knows.
 *
 * @throws InvalidArgumentError
 * @example
 * explain(cron('0 9 * * MON-FRI', { timeZone: 'Europe/Berlin' })).words; // At 09:00, Monday to Friday, in Europe/Berlin
 */
export function explain(trigger: Trigger, options?: ExplainOptions): Explanation {
  const checked = checkTrigger(trigger) ?? refuse('trigger', trigger, 'once(), after(), every(), cron(), calendar(), anyOf() or except()');
  const { from: asked, count, timeZone: zone } = checkExplain(options);
  const from = asked ?? new WallClock().now();
  const timeZone = shownZone(zone, checked);
  const grid = withoutJitter(checked);
  const { next, context } = ticksOf(grid, from);
  const jitter = jitterOf(checked);
  const ticks: ExplainedTick[] = [];
  let at = next(justBefore(from));
  for (; at !== null && ticks.length < count; at = next(at)) {
    ticks.push(Object.freeze({ at, local: localTime(at, timeZone), inMs: at - from, ...(jitter > 0 && { laterByUpTo: jitter }) }));
  }
  const further = isByDelay(grid) ? 'unknown' : at === null ? 'none' : 'some';
  return Object.freeze({
    words: triggerWords(checked, timeZone), trigger: checked, timeZone, from, ticks: Object.freeze(ticks), further,
    warnings: Object.freeze(triggerWarnings(grid, { from, timeZone, context, ticks, further })),
  });
}

/** The ticks of a task that would be scheduled at `from`. */
function ticksOf(trigger: Trigger, from: number): { readonly next: (after: number) => number | null; readonly context: TriggerContext } {
  const { anchor } = contextOf(trigger, { id: '', anchor: from });
  // By fixed delay, the first tick is the anchor of the rule.
  const context = { id: '', anchor: isByDelay(trigger) ? Math.max(from, anchor) : anchor };
  return { next: (after) => ruleOf(trigger).next(trigger, Math.max(after, justBefore(Math.min(from, anchor))), context), context };
}
