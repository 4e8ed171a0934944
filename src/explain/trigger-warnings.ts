// Trigger warnings: what may surprise whoever reads a trigger, as far as that can be told without a task.
import type { CronTrigger, EveryTrigger, Trigger } from '../task/trigger.js';
import { contextOf, type TriggerContext } from '../trigger/rule.js';
import { clockChanges, dayIntervals } from './clock-changes.js';
import { cronWarnings } from './cron-warnings.js';
import type { ExplainedTick, Explanation, ExplanationWarning } from './explanation.js';
import { localTime } from './local-time.js';
import { lengthOf } from './phrases.js';

/** What is known besides the trigger. */
export interface Told {
  readonly from: number;
  readonly timeZone: string;
  readonly context: TriggerContext;
  readonly ticks: readonly ExplainedTick[];
  readonly further: Explanation['further'];
  /** Nothing is due before, by the options of a task. */
  readonly begins?: number | undefined;
  /** Nothing is due after that, by the options of a task. */
  readonly ends?: number | undefined;
}

const DAY_MS = 86_400_000;
/** Changes of clocks are looked for within so much time, or until the last tick that is told; but no farther than that. */
const YEAR_MS = 365 * DAY_MS;
const FARTHEST_MS = 10 * YEAR_MS;
/** So many changes of clocks are told of. */
const MOST_CHANGES = 4;
/** What is due at a shorter interval was hardly meant in milliseconds. */
const SHORT_MS = 100;

/** What is to be known before a task is scheduled with it. */
export function triggerWarnings(trigger: Trigger, told: Told): readonly ExplanationWarning[] {
  return [...noTicks(trigger, told), ...surprises(trigger, told)];
}

/** What may be read into a trigger, and is otherwise. */
export function surprises(trigger: Trigger, told: Told): readonly ExplanationWarning[] {
  return [...everysOf(trigger).flatMap(veryOften), ...cronsOf(trigger).flatMap((cron) => cronWarnings(cron, told.from)), ...changes(trigger, told)].map((warning) => Object.freeze(warning));
}

function noTicks(trigger: Trigger, { from, ticks, timeZone, further }: Told): readonly ExplanationWarning[] {
  if (ticks.length > 0 || further === 'unknown') return [];
  const at = localTime(from, timeZone);
  if (trigger.kind === 'once') return [{ code: 'past', at: trigger.at, message: `The instant is past already: a task that is scheduled at ${at} runs at once, and then no more.` }];
  return [{ code: 'never', message: `From ${at} on it is never due.` }];
}

function veryOften(trigger: EveryTrigger): readonly ExplanationWarning[] {
  if (trigger.interval >= SHORT_MS || trigger.mode === 'fixedDelay') return [];
  return [{ code: 'veryOften', message: `It is due every ${lengthOf(trigger.interval)}, more than ten times a second. A bare number is milliseconds: for seconds, write every('${trigger.interval}s').` }];
}

function changes(trigger: Trigger, { from: asked, ticks, timeZone, context, further, begins = asked, ends = Infinity }: Told): readonly ExplanationWarning[] {
  const last = ticks.at(-1);
  if (!last) return [];
  const from = Math.max(asked, begins);
  const to = further === 'none' ? last.at : Math.min(ends, from + FARTHEST_MS, Math.max(from + YEAR_MS, last.at));
  const found: ExplanationWarning[] = everysOf(trigger)
    .flatMap((every) => [...dayIntervals(every, timeZone, Math.max(from, contextOf(every, context).anchor), to)]).slice(0, MOST_CHANGES);
  for (const change of clockChanges(trigger, from, to, context)) {
    if (found.length === MOST_CHANGES) break;
    if (!found.some(({ message }) => message === change.message)) found.push(change);
  }
  return found;
}

/** The intervals of a trigger; not those of its exceptions, at which nothing is due. */
function everysOf(trigger: Trigger): readonly EveryTrigger[] {
  switch (trigger.kind) {
    case 'every': return [trigger];
    case 'anyOf': return trigger.triggers.flatMap(everysOf);
    case 'except': return everysOf(trigger.trigger);
    default: return [];
  }
}

/** The cron expressions of a trigger, those of its exceptions too. */
function cronsOf(trigger: Trigger): readonly CronTrigger[] {
  switch (trigger.kind) {
    case 'cron': return [trigger];
    case 'anyOf': return trigger.triggers.flatMap(cronsOf);
    case 'except': return [...cronsOf(trigger.trigger), ...trigger.unless ? cronsOf(trigger.unless) : []];
    default: return [];
  }
}
