// Coming ticks: when a trigger is due next, as instants and as people read them.
import type { Trigger } from '../index.js';
import { contextOf, justBefore } from '../trigger/rule.js';
import { TimeZone } from '../trigger/time-zone.js';
import { ruleOf } from '../trigger/trigger.js';

/** The next ticks of a trigger that is scheduled at `from`, one that is due right then included; fewer when no more will follow. */
export function comingTicks(trigger: Trigger, from: number, most: number): number[] {
  const context = contextOf(trigger, { id: '', anchor: from });
  const rule = ruleOf(trigger);
  const ticks: number[] = [];
  for (let at = rule.next(trigger, justBefore(from), context); at !== null && ticks.length < most; at = rule.next(trigger, at, context)) ticks.push(at);
  return ticks;
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** An instant as the clocks of a zone show it: `2026-11-26T09:00:00+01:00`. */
export function localIso(instant: number, timeZone: string): string {
  const wall = TimeZone.of(timeZone).wallAt(instant);
  const minutes = Math.round((wall - instant) / 60_000);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const iso = new Date(wall).toISOString().replace(/\.000Z$|Z$/, '');
  return `${iso}${minutes < 0 ? '-' : '+'}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
}

/** The same for people: `Thu 2026-11-26 09:00:00 +01:00`. */
export function localTime(instant: number, timeZone: string): string {
  const [, date = '', time = '', offset = ''] = /^(.+)T([^+-]+)(.+)$/.exec(localIso(instant, timeZone)) ?? [];
  return `${WEEKDAYS[new Date(TimeZone.of(timeZone).wallAt(instant)).getUTCDay()] ?? ''} ${date} ${time} ${offset}`;
}
