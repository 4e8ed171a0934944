// When the tasks of a plot are due: each trigger with its instants, counted out by hand, and by none of the code under test.
import { Observable, take, tap, timer, type SchedulerLike } from 'rxjs';
import { after, anyOf, calendar, cron, every, except, once, type Trigger } from '../../../src/index.js';
import { CRON_CASES, scan } from '../../support/cron-scan.js';
import { minutesOf, shown, type WallMinute } from '../../support/wall-clock.js';
import type { Plot, PlottedTask } from './plot.js';

/** A trigger, and what is known of its ticks. */
export interface Due {
  readonly trigger: Trigger | Observable<number>;
  /** Whether its ticks count elapsed time, follow the wall clock, come so long after the end of a run, or by themselves. */
  readonly by: 'elapsed' | 'wall' | 'end' | 'itself';
  /** When its ticks are due, by that time; none of what comes by itself, and of what comes after the end of a run the first. */
  readonly instants: (n: number) => number | undefined;
  /** Each of them may be due up to so much later. */
  readonly jitter: number;
  /** How long after the end of a run. */
  readonly delay: number;
  /** What was wrong with how it was subscribed to. */
  readonly flaws: readonly string[];
}

/** By what clocks on the wall show: a trigger for a zone, and those of the minutes that it is due at. */
interface WallTrigger {
  readonly make: (timeZone: string, from: number) => Trigger;
  readonly due: (minutes: readonly WallMinute[], timeZone: string, from: number) => readonly number[];
}

const casesOf = (...expressions: readonly string[]) => expressions.map((expression) => CRON_CASES.find((each) => each.expression === expression)!);
const [often, seldom, nightly] = casesOf('*/20 * * * *', '15,45 0-3 * * *', '10 2 * * *') as [typeof CRON_CASES[number], typeof CRON_CASES[number], typeof CRON_CASES[number]];

export const WALL_TRIGGERS: Readonly<Record<string, WallTrigger>> = {
  ...Object.fromEntries(CRON_CASES.slice(1).map((each): [string, WallTrigger] => [each.expression, {
    make: (timeZone) => cron(each.expression, { timeZone }),
    due: (minutes) => scan(minutes, each),
  }])),
  daily: {
    make: (timeZone) => calendar({ days: 1 }, { timeZone }),
    due: (minutes, timeZone, from) => {
      const [start] = minutesOf(timeZone, from, from + 1) as [WallMinute];
      // It begins with the call, though the wall may have shown that time a little before, too.
      return [from, ...scan(minutes, { once: true, matches: ({ hour, minute }) => hour === start.hour && minute === start.minute }).filter((at) => at > from)];
    },
  },
  'any of two': {
    make: (timeZone) => anyOf(cron(seldom.expression, { timeZone }), cron(nightly.expression, { timeZone })),
    due: (minutes) => [...new Set([...scan(minutes, seldom), ...scan(minutes, nightly)])].sort((a, b) => a - b),
  },
  'one except another': {
    make: (timeZone) => except(cron(often.expression, { timeZone }), cron('* 2-5 * * *', { timeZone })),
    due: (minutes) => scan(minutes.filter(({ hour }) => hour < 2 || hour > 5), often),
  },
  'except a day': {
    make: (timeZone, from) => except(cron(often.expression, { timeZone }), [dayAfter(timeZone, from)], { timeZone }),
    due: (minutes, timeZone, from) => scan(minutes.filter((wall) => shown(wall).slice(0, 10) !== dayAfter(timeZone, from)), often),
  },
};

function dayAfter(timeZone: string, from: number): string {
  return shown(minutesOf(timeZone, from + 86_400_000, from + 86_400_001)[0]!).slice(0, 10);
}

/** It is slow to ask what clocks show, and always the same. */
const known = new Map<string, readonly WallMinute[]>();

/** The minutes of a plot, and of the days around it, for the wall clock may be set. */
function minutesAround({ timeZone, begin, length, unit }: Plot): readonly WallMinute[] {
  const name = `${timeZone} ${begin}`;
  const minutes = known.get(name) ?? minutesOf(timeZone, begin - 8 * 400 * unit, begin + length + 8 * 400 * unit);
  known.set(name, minutes);
  return minutes;
}

/** Emits again and again, and takes note when it is subscribed to twice at once, or though it has told all. */
function observableOf({ period, count = Infinity }: { readonly period: number; readonly count?: number | undefined }, clock: SchedulerLike, flaws: string[]): Observable<number> {
  let isComplete = false;
  let open = 0;
  return new Observable((subscriber) => {
    if (isComplete) flaws.push('is subscribed to again, and has told all');
    if (++open > 1) flaws.push(`has ${open} subscribers`);
    subscriber.add(() => { open--; });
    subscriber.add(timer(period, period, clock).pipe(take(count), tap({ complete: () => { isComplete = true; } })).subscribe(subscriber));
  });
}

/** @param wall what the wall clock shows as the task is scheduled @param elapsed how late it is then, without its jumps back */
export function dueOf(plot: Plot, { trigger, startAt, until = Infinity }: PlottedTask, wall: number, elapsed: number, clock: SchedulerLike): Due {
  const plain = { jitter: 0, delay: 0, flaws: [] };
  switch (trigger.kind) {
    case 'once': {
      const at = wall + trigger.at - (elapsed - plot.begin);
      return { ...plain, trigger: once(at), by: 'wall', instants: (n) => (n === 0 ? at : undefined) };
    }
    case 'after': return { ...plain, trigger: after(trigger.delay), by: 'elapsed', instants: (n) => (n === 0 ? elapsed + trigger.delay : undefined) };
    case 'every': {
      const { interval, jitter } = trigger;
      const anchor = startAt === undefined ? elapsed : plot.begin + startAt;
      const first = Math.max(0, Math.ceil((elapsed - anchor) / interval));
      const instant = (n: number): number => anchor + (first + n) * interval;
      return { ...plain, trigger: every(interval, jitter === undefined ? undefined : { jitter }), by: 'elapsed', jitter: jitter ?? 0, instants: (n) => (instant(n) < plot.begin + until ? instant(n) : undefined) };
    }
    case 'fixedDelay': {
      const { interval, jitter } = trigger;
      return { trigger: every(interval, { mode: 'fixedDelay', ...(jitter !== undefined && { jitter }) }), by: 'end', jitter: jitter ?? 0, delay: interval, flaws: [], instants: (n) => (n === 0 ? elapsed : undefined) };
    }
    case 'observable': {
      const flaws: string[] = [];
      return { ...plain, flaws, trigger: observableOf(trigger, clock, flaws), by: 'itself', instants: () => undefined };
    }
    case 'wall': {
      if (trigger.name === 'each second') return { ...plain, trigger: cron('* * * * * *'), by: 'wall', instants: (n) => (Math.ceil(wall / 1_000) + n) * 1_000 };
      const { make, due } = WALL_TRIGGERS[trigger.name]!;
      const instants = due(minutesAround(plot), plot.timeZone, wall).filter((at) => at >= wall);
      return { ...plain, trigger: make(plot.timeZone, wall), by: 'wall', instants: (n) => instants[n] };
    }
  }
}
