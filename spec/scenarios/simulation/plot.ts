// Plots: what a simulation plays, as data. A seed makes one, or a combination of options does.
import type { TaskOptions } from '../../../src/index.js';

/** How the work of a task behaves: what each attempt does is drawn anew. */
export interface Nature {
  /**
   * Whether it returns at once, returns a promise that heeds its abort, is an Observable, returns a promise that is deaf to its abort
   * (`holding` asks by `waitUntil` to keep its slot for as long), or one that heeds it and never ends by itself.
   */
  readonly kind: 'sync' | 'promise' | 'observable' | 'deaf' | 'holding' | 'hanging';
  /** In a thread, which dies where it would fail. */
  readonly inThread: boolean;
  /** An attempt takes up to so long, ms. */
  readonly longest: number;
  /** The share of attempts that fail. */
  readonly failing: number;
}

/** When a task is due. Times in ms. */
export type PlottedTrigger =
  | { readonly kind: 'once'; readonly at: number }
  | { readonly kind: 'after'; readonly delay: number }
  | { readonly kind: 'every' | 'fixedDelay'; readonly interval: number; readonly jitter?: number | undefined }
  /** Completes with the last of `count`. */
  | { readonly kind: 'observable'; readonly period: number; readonly count?: number | undefined }
  /** By the minutes that clocks on the wall show. */
  | { readonly kind: 'wall'; readonly name: string };

/** The options of a task, as far as they are the same in every scheduler. */
export type PlottedOptions = Pick<TaskOptions<[]>,
  'overlap' | 'maxQueued' | 'maxParallel' | 'maxRuns' | 'afterFailure' | 'holdSlot' | 'priority' | 'misfire'> & {
  readonly retry?: number | {
    readonly maxAttempts: number; readonly backoff?: 'fixed' | 'exponential'; readonly delay: number; readonly maxDelay?: number; readonly jitter?: 'none' | 'full' | 'equal';
  } | undefined;
  readonly timeout?: number | undefined;
  readonly deadline?: number | undefined;
  readonly expiresAfter?: number | undefined;
  readonly rateLimit?: { readonly limit: number; readonly per: number } | undefined;
  /** The `concurrencyKey`; as text, or by a function. */
  readonly key?: { readonly is: string; readonly by: 'text' | 'function'; readonly limit: number } | undefined;
};

/** One task of a plot. Instants count from the beginning of the simulation, in ms. */
export interface PlottedTask {
  readonly at: number;
  readonly trigger: PlottedTrigger;
  readonly options: PlottedOptions;
  readonly startAt?: number | undefined;
  readonly until?: number | undefined;
  readonly nature: Nature;
  readonly tag?: string | undefined;
  /** Whoever is told that it has failed, takes it up again at once; so many times. */
  readonly retries?: number | undefined;
}

/** Something that is done at an instant: always between two whole units of time, so that it is no tick's. */
export type Deed = { readonly at: number } & (
  | { readonly do: 'pause' | 'resume' | 'cancel' | 'stop' | 'run' | 'retry'; readonly task: number }
  /** Another trigger, or without one, other arguments; by somebody who has blocked the loop for so long. */
  | { readonly do: 'update'; readonly task: number; readonly trigger: PlottedTrigger | undefined; readonly after: number }
  | { readonly do: 'cancelTagged'; readonly tag: string }
  | { readonly do: 'block' | 'sleep' | 'setForward' | 'setBack'; readonly by: number }
  | { readonly do: 'concurrency'; readonly to: number }
);

export interface Plot {
  readonly seed: number;
  /** The unit of its times, ms: all that is short is a few of them. */
  readonly unit: number;
  /** What the wall clock shows at first. */
  readonly begin: number;
  /** The zone of its wall clocks. */
  readonly timeZone: string;
  readonly concurrency: number;
  /** How many threads there are for the work that is done in some. */
  readonly threads: number;
  readonly tasks: readonly PlottedTask[];
  /** In the order of time. */
  readonly deeds: readonly Deed[];
  /** How long it lasts, ms. */
  readonly length: number;
}

/** Whether a task may have to wait for more than its own runs: for limits that it shares, for runs that somebody asks for, for slots that are held. */
export function isSocial(plot: Plot, index: number): boolean {
  const { options: { key, rateLimit, expiresAfter, holdSlot }, nature } = plot.tasks[index]!;
  const isLimited = plot.concurrency < Infinity || plot.threads < 100 || plot.deeds.some((deed) => deed.do === 'concurrency');
  return isLimited || key !== undefined || rateLimit !== undefined || expiresAfter !== undefined || holdSlot === true || nature.kind === 'holding' || (nature.kind === 'deaf' && nature.inThread)
    || plot.deeds.some((deed) => deed.do === 'run' && deed.task === index);
}
