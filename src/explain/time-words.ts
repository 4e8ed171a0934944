// Time words: the times of day that a cron expression names, in words.
import type { CronFields } from './cron-fields.js';
import { and, everySo, ordinal } from './phrases.js';
import { listOf, shapeOf, type Shape } from './shape.js';

/** So many times of day are rather listed than described. */
const MOST_LISTED = 6;
/** So many stretches of a day are told one by one. */
const MOST_STRETCHES = 3;

/** When, on each of its days, an expression is due. */
export function timeWords({ seconds, minutes, hours }: Pick<CronFields, 'seconds' | 'minutes' | 'hours'>): string {
  const times = seconds.length * minutes.length * hours.length;
  if (times > MOST_LISTED || (times > 3 && times === hours.length && shapeOf(hours, 24).kind === 'step')) {
    return progression(seconds, minutes, hours) ?? byFields(shapeOf(seconds, 60), shapeOf(minutes, 60), shapeOf(hours, 24));
  }
  return `At ${and(hours.flatMap((hour) => minutes.flatMap((minute) => seconds.map((second) => timeOf(hour, minute, second)))))}`;
}

/** Times at one distance, as `Every 15 minutes from 09:00 to 17:45`; undefined when there is no saying it so. */
function progression(seconds: readonly number[], minutes: readonly number[], hours: readonly number[]): string | undefined {
  const [second, minute, hour] = [shapeOf(seconds, 60), shapeOf(minutes, 60), shapeOf(hours, 24)];
  if (second.kind === 'one' && minute.kind === 'one') return hourly(hour, (each) => timeOf(each, minute.value, second.value));
  if (second.kind === 'one') {
    const [first, last] = [minutes[0] as number, minutes.at(-1) as number];
    return spread(minute, 'minute', hour, second.value + first > 0, (from, to) => [timeOf(from, first, second.value), timeOf(to, last, second.value)]);
  }
  const [first, last] = [seconds[0] as number, seconds.at(-1) as number];
  if (minute.kind === 'all') return spread(second, 'second', hour, first > 0, (from, to) => [timeOf(from, 0, first, true), timeOf(to, 59, last, true)]);
  if (minute.kind !== 'one' || hour.kind !== 'one') return undefined;
  return spread(second, 'second', hour, true, () => [timeOf(hour.value, minute.value, first, true), timeOf(hour.value, minute.value, last, true)]);
}

function hourly(hour: Shape, say: (hour: number) => string): string | undefined {
  switch (hour.kind) {
    case 'all': return say(0) === '00:00' ? 'Every hour' : undefined;
    case 'step': return `Every ${everySo(hour.step, 'hour')} from ${say(hour.first)} to ${say(hour.last)}`;
    case 'runs': {
      const [[from, to] = [0, 0], ...others] = hour.runs;
      return others.length === 0 ? `Every hour from ${say(from)} to ${say(to)}` : undefined;
    }
    case 'one': return undefined;
  }
}

/** @param isLate whether the first time of a whole day is later than its midnight */
function spread(shape: Shape, unit: string, hour: Shape, isLate: boolean, ends: (from: number, to: number) => readonly [string, string]): string | undefined {
  if (shape.kind !== 'all' && !(shape.kind === 'step' && shape.goesRound)) return undefined;
  const every = `Every ${everySo(shape.kind === 'all' ? 1 : shape.step, unit)}`;
  if (hour.kind === 'step') return isLate ? undefined : `${every} of ${inner(hour, 'hour')}`;
  if (hour.kind === 'all' && !isLate) return every;
  // "At second 30 of every minute" is shorter.
  if (hour.kind === 'all' && shape.kind === 'all') return undefined;
  const runs = hour.kind === 'all' ? [[0, 23] as const] : hour.kind === 'one' ? [[hour.value, hour.value] as const] : hour.runs;
  if (runs.length > MOST_STRETCHES) return undefined;
  return `${every} from ${and(runs.map(([from, to]) => ends(from, to).join(' to ')), 'and from')}`;
}

/** What holds for any fields: each by itself, from the finest on. */
function byFields(second: Shape, minute: Shape, hour: Shape): string {
  const fromMinute = `${inner(minute, 'minute')} of ${inner(hour, 'hour')}`;
  if (second.kind === 'one' && second.value === 0) return `${leading(minute, 'minute')} of ${inner(hour, 'hour')}`;
  const isAllDay = minute.kind === 'all' && hour.kind === 'all';
  return `${leading(second, 'second')} of ${isAllDay ? 'every minute' : fromMinute}`;
}

function leading(shape: Shape, unit: string): string {
  switch (shape.kind) {
    case 'all': return `Every ${unit}`;
    case 'one': return `At ${unit} ${shape.value}`;
    case 'step': return `Every ${everySo(shape.step, unit)} from ${unit} ${shape.first} to ${shape.last}`;
    case 'runs': {
      const [[from, to] = [0, 0], ...others] = shape.runs;
      return others.length === 0 && to - from > 1 ? `Every ${unit} from ${unit} ${from} to ${to}` : `At ${unit}s ${listOf(shape.runs, String)}`;
    }
  }
}

function inner(shape: Shape, unit: string): string {
  switch (shape.kind) {
    case 'all': return `every ${unit}`;
    case 'one': return `${unit} ${shape.value}`;
    case 'step': return `every ${ordinal(shape.step)} ${unit} from ${unit} ${shape.first} to ${shape.last}`;
    case 'runs': return `${unit}s ${listOf(shape.runs, String)}`;
  }
}

function timeOf(hour: number, minute: number, second: number, withSeconds = second !== 0): string {
  return (withSeconds ? [hour, minute, second] : [hour, minute]).map((part) => String(part).padStart(2, '0')).join(':');
}
