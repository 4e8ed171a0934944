// Trigger words: any trigger in words.
import type { CalendarTrigger, EveryTrigger, ExceptTrigger, ObservableTrigger, Trigger } from '../task/trigger.js';
import { TimeZone } from '../trigger/time-zone.js';
import { cronWords } from './cron-words.js';
import { localTime } from './local-time.js';
import { and, everySo, lengthOf, several } from './phrases.js';

/** So many exceptions are told one by one. */
const MOST_TOLD = 5;
const DAY_MS = 86_400_000;

/** @param timeZone that instants are shown in */
export function triggerWords(trigger: Trigger | ObservableTrigger, timeZone: string): string {
  switch (trigger.kind) {
    case 'once': return `Once, at ${localTime(trigger.at, timeZone)}`;
    case 'after': return trigger.delay === 0 ? 'Once, as soon as it is scheduled' : `Once, ${lengthOf(trigger.delay)} after it is scheduled`;
    case 'every': return everyWords(trigger, timeZone);
    case 'cron': return cronWords(trigger);
    case 'calendar': return calendarWords(trigger);
    case 'anyOf': return trigger.triggers.length === 1 ? triggerWords(trigger.triggers[0] as Trigger, timeZone)
      : `Whenever one of these is due: ${trigger.triggers.map((one) => `(${triggerWords(one, timeZone)})`).join(', ')}`;
    case 'except': return `${triggerWords(trigger.trigger, timeZone)}; ${exceptions(trigger, timeZone)}`;
    case 'observable': return 'At each emission of an Observable';
  }
}

/** The zone by whose calendar a trigger goes, if it goes by any. */
function zoneOfTrigger(trigger: Trigger | ObservableTrigger): string | undefined {
  switch (trigger.kind) {
    case 'cron':
    case 'calendar': return trigger.timeZone;
    case 'anyOf': return trigger.triggers.map(zoneOfTrigger).find((zone) => zone !== undefined);
    case 'except': return zoneOfTrigger(trigger.trigger) ?? trigger.timeZone;
    default: return undefined;
  }
}

/** The zone that is asked for, or that of the trigger, or the machine's. */
export function shownZone(asked: string | undefined, trigger: Trigger | ObservableTrigger | undefined): string {
  return asked ?? (trigger && zoneOfTrigger(trigger)) ?? TimeZone.system;
}

function everyWords({ interval, mode, startAt, jitter }: EveryTrigger, timeZone: string): string {
  const start = startAt === undefined ? undefined : localTime(startAt, timeZone);
  const later = jitter === undefined ? '' : `, up to ${lengthOf(jitter)} later each time`;
  if (mode === 'fixedDelay') return `${start === undefined ? 'At once' : `At ${start}`}, and ${lengthOf(interval)} after the end of each run${later}`;
  return `Every ${intervalWords(interval)}${start === undefined ? '' : `, counted from ${start}`}${later}`;
}

function intervalWords(ms: number): string {
  if (ms === DAY_MS) return '24 hours';
  const days = ms % DAY_MS === 0 ? ' of 24 hours' : '';
  return lengthOf(ms).replace(/^1 (hour|minute|second)$/, '$1') + days;
}

function calendarWords({ months, days, timeZone, startAt }: CalendarTrigger): string {
  const parts = [
    ...months % 12 === 0 ? part(months / 12, 'year') : part(months, 'month'),
    ...days % 7 === 0 ? part(days / 7, 'week') : part(days, 'day'),
  ];
  const [[n, unit] = [0, '']] = parts;
  const every = parts.length === 1 ? everySo(n, unit) : and(parts.map(([amount, name]) => several(amount, name)));
  return `Every ${every} by the calendar, from ${startAt === undefined ? 'the first tick' : localTime(startAt, timeZone)} on, in ${timeZone}`;
}

function part(amount: number, unit: string): readonly (readonly [number, string])[] {
  return amount === 0 ? [] : [[amount, unit]];
}

function exceptions({ unless, instants = [], days = [], timeZone = '' }: ExceptTrigger, shown: string): string {
  if (unless) return `but not when this is due: (${triggerWords(unless, shown)})`;
  const said = [
    ...days.length === 0 ? [] : [`on ${told(days, 'days')} in ${timeZone}`],
    ...instants.length === 0 ? [] : [`at ${told(instants.map((at) => localTime(at, shown)), 'instants')}`],
  ];
  return said.length === 0 ? 'without exceptions' : `but not ${and(said)}`;
}

function told(items: readonly string[], what: string): string {
  if (items.length <= MOST_TOLD) return and(items);
  return and([...items.slice(0, MOST_TOLD - 1), `${items.length - MOST_TOLD + 1} further ${what}`]);
}
