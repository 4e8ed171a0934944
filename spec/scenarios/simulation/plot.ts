// Plots: what a seed makes of a simulation. A later policy, fault or trigger is a line here, and one in the checker's rules.
import { after, every, once, type AfterTrigger, type EveryTrigger, type OnceTrigger } from '../../../src/index.js';
import type { CheckedSchedule } from '../../../src/testing/index.js';
import { chanceOf } from './random.js';

/** How the work of a task behaves: what each run does is drawn anew. */
export interface Nature {
  /** Whether it returns at once, returns a promise, or is an Observable; or returns a promise in a thread that may die under it. */
  readonly kind: 'sync' | 'promise' | 'observable' | 'thread';
  /** A run takes up to so long, ms. */
  readonly longest: number;
  /** The share of runs that fail. */
  readonly failing: number;
}

/** One task of a plot. Instants count from the beginning of the simulation. */
export interface PlottedTask {
  readonly at: number;
  readonly trigger: (from: number) => OnceTrigger | AfterTrigger | EveryTrigger;
  readonly options: Pick<CheckedSchedule, 'maxRuns' | 'overlap' | 'maxQueued' | 'maxParallel' | 'afterFailure'>;
  /** From the beginning. */
  readonly startAt: number | undefined;
  readonly until: number | undefined;
  readonly nature: Nature;
}

/** Something that is done at an instant: always between two whole milliseconds, so that it is no tick's. */
export type Deed = { readonly at: number } & (
  | { readonly do: 'pause' | 'resume' | 'cancel' | 'stop'; readonly task: number }
  | { readonly do: 'block' | 'sleep' | 'setForward' | 'setBack'; readonly by: number }
);

export interface Plot {
  readonly seed: number;
  readonly tasks: readonly PlottedTask[];
  /** In the order of time. */
  readonly deeds: readonly Deed[];
  /** How long it lasts, ms. */
  readonly length: number;
}

/** The same, with all that waits in threads. */
export function inThreads(plot: Plot): Plot {
  return { ...plot, tasks: plot.tasks.map((task) => (task.nature.kind === 'promise' ? { ...task, nature: { ...task.nature, kind: 'thread' } } : task)) };
}

export function plotOf(seed: number): Plot {
  const chance = chanceOf(seed);
  const length = 3_000;
  // An `until` is an instant of the wall clock, so a jump of it changes which ticks come first.
  const jumps = chance.is(0.4);
  const tasks = Array.from({ length: chance.whole(2, 6) }, (): PlottedTask => {
    const at = chance.is(0.5) ? 0 : chance.whole(0, 800);
    const interval = chance.oneOf([20, 50, 75, 100, 250, 333]);
    const kind = chance.oneOf(['every', 'every', 'every', 'once', 'after'] as const);
    const due = chance.whole(0, length);
    return {
      at,
      trigger: (from) => (kind === 'every' ? every(interval) : kind === 'once' ? once(from + due) : after(due)),
      options: {
        overlap: chance.oneOf(['skip', 'queue', 'replace', 'parallel']),
        maxRuns: chance.is(0.3) ? chance.whole(1, 12) : undefined,
        afterFailure: chance.is(0.3) ? 'stop' : undefined,
      },
      startAt: kind === 'every' && chance.is(0.3) ? chance.whole(0, 1_500) : undefined,
      until: !jumps && kind === 'every' && chance.is(0.3) ? chance.whole(1_600, length) : undefined,
      nature: {
        kind: chance.oneOf(['sync', 'promise', 'promise', 'observable']),
        longest: chance.oneOf([0, Math.floor(interval / 2), interval, 2 * interval, 4 * interval]),
        failing: chance.oneOf([0, 0, 0.1, 0.5]),
      },
    };
  }).map((task) => {
    const { overlap } = task.options;
    const limits = overlap === 'queue' ? { maxQueued: chance.whole(1, 3) } : overlap === 'parallel' ? { maxParallel: chance.whole(1, 4) } : {};
    return { ...task, options: { ...task.options, ...limits } };
  });
  const deeds = Array.from({ length: chance.whole(0, 8) }, (): Deed => {
    const at = chance.whole(1, length - 1) + 0.5;
    if (chance.is(0.6)) return { at, do: chance.oneOf(['pause', 'pause', 'resume', 'resume', 'resume', 'cancel', 'stop'] as const), task: chance.whole(0, tasks.length - 1) };
    return { at, do: chance.oneOf(jumps ? ['block', 'sleep', 'setForward', 'setBack'] as const : ['block', 'sleep'] as const), by: chance.whole(1, 400) };
  });
  return { seed, tasks, deeds: deeds.sort((a, b) => a.at - b.at), length };
}
